package llrp_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/rfid/llrp"
	"showroom/devices/sim/llrpsim"
)

const (
	damagedMessages = 10_000
	damagedByte     = 100 // one in so many is another one
	lengthEnds      = 6   // bytes of a header up to the end of the length
	headerSize      = 10
)

// sent is a message on a bad line.
type sent struct {
	wire  []byte // as it arrives
	tags  int
	sound bool // none of its bytes was damaged
	lost  bool // its first bytes, which say that it is LLRP and how long, were
}

// badLine is ten thousand reports and keep-alives of which one byte in a hundred is damaged, in the bodies or anywhere.
func badLine(random *rand.Rand, anywhere bool) (all []sent) {
	for id := range uint32(damagedMessages) {
		m := llrp.Message{Type: llrp.KeepAlive, ID: id}
		reads := make([]devices.TagRead, random.IntN(4))
		for i := range reads {
			e := make([]byte, 12+14*random.IntN(2))
			for j := range e {
				e[j] = byte(random.Uint32())
			}
			epc, err := gs1.EPCFromBytes(e)
			if err != nil {
				panic(err)
			}
			reads[i] = devices.TagRead{Antenna: 1 + random.IntN(4), EPC: epc, RSSI: devices.DBm(-50)}
		}
		if len(reads) > 0 {
			m.Type, m.Body = llrp.ROAccessReport, llrpsim.Report(reads)
		}
		s := sent{wire: m.Append(nil), tags: len(reads), sound: true}
		for i := range s.wire {
			if (anywhere || i >= headerSize) && random.IntN(damagedByte) == 0 {
				s.wire[i] ^= byte(1 + random.IntN(255))
				s.sound, s.lost = false, s.lost || i < lengthEnds
			}
		}
		all = append(all, s)
	}
	return all
}

// deliver is what a Decoder makes of a line that is cut anyhow.
func deliver(random *rand.Rand, line []sent) (all []llrp.Message, err error) {
	var bytesOf []byte
	for _, s := range line {
		bytesOf = append(bytesOf, s.wire...)
	}
	var d llrp.Decoder
	for len(bytesOf) > 0 {
		n := min(1+random.IntN(600), len(bytesOf))
		d.Feed(bytesOf[:n])
		bytesOf = bytesOf[n:]
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			m.Body = bytes.Clone(m.Body)
			all = append(all, m)
		}
	}
	return all, d.Err()
}

// TestDamagedReports: what is wrong inside of messages costs no other message, and of a sound one no tag.
func TestDamagedReports(t *testing.T) {
	for seed := range uint64(5) {
		random := rand.New(rand.NewPCG(seed, 1))
		line := badLine(random, false)
		got, err := deliver(random, line)
		if err != nil || len(got) != len(line) {
			t.Fatalf("seed %d: %d messages of %d, %v", seed, len(got), len(line), err)
		}
		for i, m := range got {
			tags := llrp.NewTags(m.Body)
			n := 0
			for _, ok := tags.Next(); ok; _, ok = tags.Next() {
				n++
			}
			if s := line[i]; s.sound && (n != s.tags || tags.Bad() > 0 || !bytes.Equal(m.Append(nil), s.wire)) {
				t.Fatalf("seed %d: sound message %d has %d tags of %d, %d bad", seed, i, n, s.tags, tags.Bad())
			}
		}
	}
}

// TestDamagedHeaderEndsTheConnection: TCP damages nothing, so whoever says what cannot be is no reader. Every message before it has
// come, and nothing is guessed of what follows: the driver connects anew.
func TestDamagedHeaderEndsTheConnection(t *testing.T) {
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 2))
		line := badLine(random, true)
		got, err := deliver(random, line)
		first := 0
		for !line[first].lost {
			first++
		}
		if len(got) < first {
			t.Fatalf("seed %d: %d messages, and the first %d are sound or damaged only inside", seed, len(got), first)
		}
		for i, s := range line[:first] {
			if !bytes.Equal(got[i].Append(nil), s.wire) && s.sound {
				t.Fatalf("seed %d: message %d is %X, want %X", seed, i, got[i].Append(nil), s.wire)
			}
		}
		// What the damaged one seems to be may still be a message, and what stands behind a wrong length look like one.
		const few = 3
		if err == nil || len(got) > first+few && !sound(line[first:], got[first:]) {
			t.Errorf("seed %d: %d messages behind the damaged header, %v", seed, len(got)-first, err)
		}
	}
}

// sound says whether messages behind damaged headers are in step with what was sent: only the type was another one.
func sound(line []sent, got []llrp.Message) bool {
	for i, m := range got[:len(got)-1] {
		if len(m.Body)+headerSize != len(line[i].wire) {
			return false
		}
	}
	return true
}
