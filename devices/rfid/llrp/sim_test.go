package llrp_test

import (
	"net"
	"testing"

	"showroom/devices/rfid/llrp"
	"showroom/devices/sim/llrpsim"
)

// sim is a simulated reader and the one connection to it.
type sim struct {
	*llrpsim.Reader
	*llrpsim.Session
}

func newSim(t testing.TB, conn net.Conn) sim {
	r := llrpsim.New(4)
	s := sim{r, r.Connect(conn, nil)}
	t.Cleanup(s.Close)
	return s
}

// hopTableRefused is what a reader says of an RFTransmitter whose HopTableID, field 0, it does not have.
func hopTableRefused() []byte {
	field := tlv(288, []byte{0, 0, 0x01, 0x2D})
	inner := tlv(289, []byte{0, 224, 0, 201}, field)
	return tlv(289, []byte{0, 222, 0, 200}, inner)
}

func event(p []byte) []byte { return llrpsim.Event(p) }

func refusal(status uint16, words string, details ...[]byte) []byte {
	return llrpsim.Refusal(status, words, details...)
}

func greets(s sim) { s.Say(llrp.ReaderEventNotification, llrpsim.Greeting(llrpsim.Connected)) }

func tlv(kind uint16, parts ...[]byte) []byte { return llrpsim.TLV(kind, parts...) }

func tv(kind byte, value ...byte) []byte { return llrpsim.TV(kind, value...) }
