package zebra

import (
	"strconv"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/rfid"
)

// pcToggle in the PC word says that the tag holds an ISO application family and no EPC (Gen2 6.3.2.1.2.2).
const pcToggle = 0x0100

// maxReads is far above what one message stands for.
const maxReads = 1e6

// fields are what a tag's object says, before it is known whether it is a tag's.
type fields struct {
	epc           gs1.EPC
	antenna       int
	peak, rssi    devices.RSSI
	reads         int
	mac, hostName []byte
	notEPC        bool
	// A field that must be right is not.
	badEPC, badAntenna bool
}

func noFields() fields {
	return fields{antenna: 1, peak: devices.UnknownRSSI, rssi: devices.UnknownRSSI, reads: 1}
}

// read reads the value of one field of a tag.
func (f *fields) read(s *rfid.Scanner, key []byte) error {
	switch string(key) {
	case "idHex", "EPC":
		text, err := s.TextOf()
		epc, bad := gs1.ParseEPC(string(text))
		f.epc, f.badEPC = epc, bad != nil
		return err
	case "antenna":
		n, ok, err := s.AntennaOf()
		f.antenna, f.badAntenna = n, !ok
		return err
	case "peakRssi":
		v, _, err := s.NumberOf()
		f.peak = rfid.Strength(v, 1)
		return err
	case "rssi":
		v, _, err := s.NumberOf()
		f.rssi = rfid.Strength(v, 1)
		return err
	case "reads", "seenCount":
		v, ok, err := s.NumberOf()
		f.reads = 1
		if ok && v >= 1 && v <= maxReads {
			f.reads = int(v)
		}
		return err
	case "MAC":
		return textInto(s, &f.mac)
	case "hostName":
		return textInto(s, &f.hostName)
	case "PC":
		text, err := s.TextOf()
		pc, bad := strconv.ParseUint(string(text), 16, 16)
		f.notEPC = bad == nil && pc&pcToggle != 0
		return err
	}
	_, err := s.Skip()
	return err
}

func textInto(s *rfid.Scanner, into *[]byte) (err error) {
	*into, err = s.TextOf()
	return err
}

func (f *fields) broken() bool { return f.badEPC || f.badAntenna }

// settle fills in what follows from the fields once all have been read.
func (o *Object) settle(f *fields, name []byte) {
	o.Tag = !f.epc.IsZero() && !f.broken()
	o.EPC, o.Antenna, o.RSSI, o.Reads, o.NotEPC = f.epc, f.antenna, f.peak, f.reads, f.notEPC
	if !o.RSSI.Known() {
		o.RSSI = f.rssi
	}
	for _, reader := range [][]byte{f.mac, name, f.hostName} {
		if len(reader) > 0 {
			o.Reader = reader
			return
		}
	}
}
