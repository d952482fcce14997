package sim

import (
	"testing"
	"time"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/rfid/r200"
)

// crowd is a round that hears n tags.
func crowd(t testing.TB, n int, at time.Time) Round {
	t.Helper()
	r := Round{Reader: "fr2", Antenna: 1, At: at}
	for i := range n {
		item, err := gs1.NewSGTIN96("00614141000036", 7, 1, uint64(i+1))
		if err != nil {
			t.Fatal(err)
		}
		epc, err := item.Encode()
		if err != nil {
			t.Fatal(err)
		}
		r.Reads = append(r.Reads, devices.TagRead{Reader: "fr2", Antenna: 1, EPC: epc, RSSI: devices.DBm(-50), At: at})
	}
	return r
}

// TestLineIsNeverOverfilled: a crowd of tags gets what 115200 baud carry and no more, and each of them gets its turn.
func TestLineIsNeverOverfilled(t *testing.T) {
	m := &module{mood: &mood{}}
	m.answer(r200.Frame{Framing: r200.FramingBB, Code: r200.CodeMultiPoll, Params: []byte{0x22, 0xFF, 0xFF}})
	var d r200.Decoder
	heard := map[gs1.EPC]int{}
	total := 0
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	const seconds = 10
	for range seconds * 20 {
		p := m.tell(nil, crowd(t, 200, at))
		total += len(p)
		d.Feed(p)
		for f, ok := d.Next(); ok; f, ok = d.Next() {
			tag, ok := f.Tag()
			if !ok {
				t.Fatalf("frame %+v is no tag", f)
			}
			heard[tag.EPC]++
		}
		at = at.Add(50 * time.Millisecond)
	}
	if limit := seconds*perSecond + buffered; total > limit || total < limit*9/10 {
		t.Errorf("%d bytes in %d s, want nearly %d and not more", total, seconds, limit)
	}
	if s := d.Stats(); s.Bad+s.Skipped != 0 || d.Waiting() != 0 {
		t.Errorf("damaged frames: %+v, %d bytes wait", s, d.Waiting())
	}
	for i, n := range heard {
		if n < 10 {
			t.Errorf("tag %v was heard %d times", i, n)
		}
	}
	if len(heard) != 200 {
		t.Errorf("%d of 200 tags were heard", len(heard))
	}
}

// hears answers what a module says to a command, the zero frame for nothing.
func hears(t *testing.T, m *module, c r200.Command) r200.Frame {
	t.Helper()
	f, err := r200.ParseFrame(c.Append(nil, r200.FramingBB))
	if err != nil {
		t.Fatal(err)
	}
	p := m.answer(f)
	if len(p) == 0 {
		return r200.Frame{}
	}
	if f, err = r200.ParseFrame(p); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestModuleGoesItsRounds(t *testing.T) {
	m := &module{mood: &mood{}}
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	say := func(c r200.Command) r200.Frame { return hears(t, m, c) }
	rounds := func() (n int) {
		for range 10 {
			at = at.Add(50 * time.Millisecond)
			if p := m.tell(nil, Round{At: at}); len(p) > 0 {
				f, err := r200.ParseFrame(p)
				if code, ok := f.Refused(); err != nil || !ok || code != r200.ErrorInventory {
					t.Fatalf("an empty round says %x", p)
				}
				n++
			}
		}
		return n
	}
	if n := rounds(); n != 0 {
		t.Errorf("%d rounds before any was asked for", n)
	}
	say(r200.MultiPoll(3))
	if n := rounds(); n != 3 {
		t.Errorf("%d rounds, want the 3 that were asked for", n)
	}
	say(r200.MultiPoll(65535))
	say(r200.Stop())
	if n := rounds(); n != 0 {
		t.Errorf("%d rounds after stop", n)
	}
	say(r200.SinglePoll())
	if n := rounds(); n != 1 {
		t.Errorf("%d rounds, want one", n)
	}
}

func TestModuleAnswersWhatItKnows(t *testing.T) {
	m := &module{mood: &mood{}}
	say := func(c r200.Command) r200.Frame { return hears(t, m, c) }
	if v, ok := say(r200.HardwareVersion()).Version(); !ok || v != "M100 V1.00" {
		t.Errorf("version %q", v)
	}
	for _, c := range []r200.Command{r200.SetRegion(r200.RegionEU), r200.SetPower(2000), r200.Stop()} {
		if f := say(c); !f.OK() || f.Code != c.Code() {
			t.Errorf("command %02X is answered by %+v", byte(c.Code()), f)
		}
	}
	bad := r200.Frame{Framing: r200.FramingBB, Code: 0x77}
	f, err := r200.ParseFrame(m.answer(bad))
	if code, ok := f.Refused(); err != nil || !ok || code != r200.ErrorCommand {
		t.Errorf("an unknown command is answered by %+v, %v", f, err)
	}
	bad.Framing = r200.FramingAA
	if p := m.answer(bad); p != nil {
		t.Errorf("the other firmware's command is answered by %x", p)
	}
}
