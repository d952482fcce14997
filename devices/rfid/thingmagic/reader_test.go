package thingmagic_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/rfid/thingmagic"
)

// module is a reader module in memory. It lives in the time of the test's bubble.
type module struct {
	conn net.Conn

	mu      sync.Mutex
	heard   []thingmagic.Opcode
	refuses map[thingmagic.Opcode]thingmagic.Status
	mute    bool
}

func (m *module) run() {
	d := thingmagic.Decoder{From: thingmagic.FromHost}
	buf := make([]byte, 64)
	for {
		n, err := m.conn.Read(buf)
		if err != nil {
			return
		}
		d.Feed(buf[:n])
		for f, ok := d.Next(); ok; f, ok = d.Next() {
			m.answer(f)
		}
	}
}

func (m *module) answer(f thingmagic.Frame) {
	m.mu.Lock()
	m.heard = append(m.heard, f.Opcode)
	a := thingmagic.Frame{Opcode: f.Opcode, Status: m.refuses[f.Opcode]}
	mute := m.mute
	m.mu.Unlock()
	if f.Opcode == thingmagic.OpVersion {
		a.Data = []byte{0x14, 0x06, 0x26, 0x00, 0x30, 0, 0, 2, 0x20, 0x15, 0x10, 0x15, 1, 5, 3, 0x21, 0, 0, 0, 0x10}
	}
	if !mute {
		m.say(a)
	}
}

func (m *module) say(frames ...thingmagic.Frame) {
	var p []byte
	for _, f := range frames {
		p = f.Append(p)
	}
	_, _ = m.conn.Write(p) // the reader may have gone
}

func (m *module) commands() []thingmagic.Opcode {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.heard)
}

func (m *module) set(change func(*module)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(m)
}

type scene struct {
	module *module
	feed   *devicetest.Feed
	stop   func() error // cancels the driver and answers what it returned
}

// play runs a story in a bubble: a driver with a module on the other end of its line.
func play(t *testing.T, story func(t *testing.T, s scene), from ...func(*module)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		near, far := devicetest.Pipe(t)
		s := scene{module: &module{conn: far, refuses: map[thingmagic.Opcode]thingmagic.Status{}}, feed: &devicetest.Feed{}}
		for _, f := range from { // before the driver says its first word
			f(s.module)
		}
		go s.module.run()
		reader := thingmagic.New(thingmagic.Options{
			Device: "r1", Power: 2300, SilentAfter: 4 * time.Second,
			Own: func(e gs1.EPC) bool { return e == epc(t, ownEPC) },
		})
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- reader.Run(ctx, near, s.feed) }()
		s.stop = sync.OnceValue(func() error { cancel(); return <-done })
		defer s.stop()
		story(t, s)
	})
}

// pass lets time pass in the bubble.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

var setup = []thingmagic.Opcode{
	thingmagic.OpContinuous, thingmagic.OpVersion, thingmagic.OpSetProtocol, thingmagic.OpSetAntennas,
	thingmagic.OpSetRegion, thingmagic.OpSetPower, thingmagic.OpSetOption, thingmagic.OpContinuous,
}

func complaint(status thingmagic.Status) thingmagic.Frame {
	return thingmagic.Frame{Opcode: thingmagic.OpRead, Status: status}
}

func ownTag(t testing.TB) thingmagic.Frame { return thingmagic.TagFrame(tagOf(epc(t, ownEPC))) }

func TestInventory(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		pass(time.Second)
		if diff := cmp.Diff(setup, s.module.commands()); diff != "" {
			t.Errorf("commands (-want +got):\n%s", diff)
		}
		second := tagOf(epc(t, ownEPC))
		second.TX, second.RX = 2, 2
		library := tagOf(epc(t, ownEPC))
		library.PC |= 0x01A9
		s.module.say(keepAlive, thingmagic.TagFrame(second), thingmagic.TagFrame(tagOf(epc(t, "E280699500005009F1286992"))),
			thingmagic.TagFrame(library))
		pass(1500 * time.Millisecond)
		tags := s.feed.Tags()
		if len(tags) != 1 {
			t.Fatalf("%d reads, want the shop's one", len(tags))
		}
		want := devices.TagRead{Reader: "r1", Antenna: 2, EPC: epc(t, ownEPC), RSSI: -5200, At: tags[0].At}
		if diff := cmp.Diff(want, tags[0], cmp.Comparer(func(a, b gs1.EPC) bool { return a == b })); diff != "" {
			t.Errorf("read (-want +got):\n%s", diff)
		}
		last := s.feed.Last()
		if last.State != devices.Up || last.Frames.Foreign != 2 || last.Frames.Good != 12 || last.Frames.Bad != 0 {
			t.Errorf("status %+v, want up with 12 good frames and 2 foreign tags", last)
		}
		if err := s.stop(); !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v", err)
		}
		synctest.Wait()
		if c := s.module.commands(); len(c) != len(setup)+1 || c[len(c)-1] != thingmagic.OpContinuous {
			t.Errorf("commands %X, want a stop behind the setup", c)
		}
	})
}

func TestRefusedRegionKeepsTheRadioOff(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		pass(20 * time.Second)
		if slices.Contains(s.module.commands(), thingmagic.OpSetPower) {
			t.Error("the setup went on under an unknown region")
		}
		if n := len(s.feed.Statuses()); n == 0 || s.feed.Last().State != devices.Fault ||
			s.feed.Last().Reason != "region refused: invalid value" || s.feed.Last().Advice == "" {
			t.Errorf("status %+v, want a fault with its reason", s.feed.Last())
		}
		for _, st := range s.feed.Statuses() {
			if st.State == devices.Silent {
				t.Errorf("it wavers: %+v", st)
			}
		}
		s.module.set(func(m *module) { delete(m.refuses, thingmagic.OpSetRegion) })
		pass(3 * time.Second)
		s.module.say(keepAlive)
		pass(time.Second)
		if last := s.feed.Last(); last.State != devices.Up {
			t.Errorf("status %+v after the region was taken, want up", last)
		}
	}, func(m *module) { m.refuses[thingmagic.OpSetRegion] = thingmagic.StatusInvalidValue })
}

func TestOtherRefusalsStillRead(t *testing.T) {
	for op, want := range map[thingmagic.Opcode]string{
		thingmagic.OpSetPower:    "power refused: power too high",
		thingmagic.OpSetOption:   "read filter refused: power too high",
		thingmagic.OpSetAntennas: "antennas refused: power too high",
		thingmagic.OpSetProtocol: "Gen2 refused: power too high",
		thingmagic.OpContinuous:  "inventory refused: power too high",
	} {
		play(t, func(t *testing.T, s scene) {
			pass(time.Second)
			s.module.say(ownTag(t))
			pass(time.Second)
			if last := s.feed.Last(); s.feed.Reads() != 1 || last.State != devices.Fault || last.Reason != want || last.Advice == "" {
				t.Errorf("%d reads and status %+v, want one read and the fault %q", s.feed.Reads(), last, want)
			}
		}, func(m *module) { m.refuses[op] = thingmagic.StatusPowerTooHigh })
	}
}

// TestComplaintsAreAFaultThatReads: a hot reader reads on and misses tags, until it has cooled down.
func TestComplaintsAreAFaultThatReads(t *testing.T) {
	for _, status := range []thingmagic.Status{thingmagic.StatusTemperature, thingmagic.StatusReturnLoss} {
		play(t, func(t *testing.T, s scene) {
			pass(time.Second)
			s.module.say(keepAlive)
			pass(time.Second)
			const seconds = 20
			for range seconds {
				s.module.say(complaint(status), ownTag(t))
				pass(time.Second)
				if last := s.feed.Last(); last.State != devices.Fault || last.Reason != status.String() || last.Advice == "" {
					t.Fatalf("status %+v, want the fault", last)
				}
			}
			if n := s.feed.Reads(); n != seconds {
				t.Errorf("%d reads of %d", n, seconds)
			}
			if diff := cmp.Diff(setup, s.module.commands()); diff != "" {
				t.Errorf("a read that runs was started again (-want +got):\n%s", diff)
			}
			for range 3 {
				s.module.say(keepAlive)
				pass(time.Second)
			}
			if st := s.feed.Last().State; st != devices.Fault {
				t.Errorf("state %v three seconds after the last complaint, want fault still", st)
			}
			for range 3 {
				s.module.say(keepAlive)
				pass(time.Second)
			}
			if last := s.feed.Last(); last.State != devices.Up || last.Reason != "" {
				t.Errorf("status %+v after it has cooled down, want up", last)
			}
		})
	}
}

// TestFailuresOfSingleTagsAreNoTrouble: a tag that does not let itself be read says nothing of the reader.
func TestFailuresOfSingleTagsAreNoTrouble(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		pass(time.Second)
		s.module.say(keepAlive, complaint(0x040A), complaint(0x0423))
		pass(time.Second)
		if last := s.feed.Last(); last.State != devices.Up {
			t.Errorf("status %+v, want up", last)
		}
	})
}

func TestMissingKeepAlivesStartTheReadAgain(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		pass(time.Second)
		for range 10 {
			s.module.say(keepAlive)
			pass(time.Second)
		}
		if diff := cmp.Diff(setup, s.module.commands()); diff != "" {
			t.Errorf("a read that runs was started again (-want +got):\n%s", diff)
		}
		pass(2 * time.Second)
		if diff := cmp.Diff(slices.Concat(setup, setup), s.module.commands()); diff != "" {
			t.Errorf("commands after the read ended (-want +got):\n%s", diff)
		}
		if st := s.feed.Last().State; st != devices.Up {
			t.Errorf("state %v, want up: the module answered", st)
		}
	})
}

// TestAModuleThatDoesNotSearchIsAtFault: it answers commands and shows no sign of looking, so its room is not empty.
func TestAModuleThatDoesNotSearchIsAtFault(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		pass(time.Minute)
		if last := s.feed.Last(); last.State != devices.Fault || last.Reason != "no inventory" || last.Advice == "" {
			t.Errorf("status %+v, want the fault", last)
		}
		faults := 0
		for _, st := range s.feed.Statuses() {
			if st.State == devices.Silent || faults > 0 && st.State != devices.Fault {
				t.Fatalf("it wavers: %+v", st)
			}
			if st.State == devices.Fault {
				faults++
			}
		}
		s.module.say(keepAlive)
		pass(time.Second)
		if st := s.feed.Last().State; st != devices.Up {
			t.Errorf("state %v after a keep-alive, want up", st)
		}
	})
}

func TestSilentModuleIsTriedForever(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		pass(time.Minute)
		if last := s.feed.Last(); last.State != devices.Silent || !last.LastData.IsZero() || last.Advice == "" {
			t.Errorf("status %+v, want silent without data", last)
		}
		if n := len(s.feed.Statuses()); n != 1 {
			t.Errorf("%d statuses for one change", n)
		}
		if slices.Contains(s.module.commands(), thingmagic.OpSetRegion) {
			t.Error("the setup went on without an answer")
		}
		s.module.set(func(m *module) { m.mute = false })
		pass(5 * time.Second)
		if c := s.module.commands(); !slices.Equal(c[len(c)-len(setup):], setup) {
			t.Errorf("commands %X, want the setup once the module answers", c)
		}
		if st := s.feed.Last().State; st != devices.Up {
			t.Errorf("state %v, want up once the module answers", st)
		}
	}, func(m *module) { m.mute = true })
}

// TestSilenceFreesWhatADamagedLengthHeldBack: the broken header promises more bytes than will come.
func TestSilenceFreesWhatADamagedLengthHeldBack(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		pass(time.Second)
		_, _ = s.module.conn.Write([]byte{0xFF, 0xE0, 0x22, 0x00, 0x00})
		s.module.say(ownTag(t))
		pass(time.Second)
		if n := s.feed.Reads(); n != 1 {
			t.Errorf("%d reads, want the one behind the broken header", n)
		}
		if f := s.feed.Last().Frames; f.Bad != 1 || f.Skipped != 5 {
			t.Errorf("counted %+v, want one bad frame and five skipped bytes", f)
		}
	})
}

// Between the noise the module's answers are sound, and a sign of life now and then: neither makes the line well.
func TestNoiseIsToldCalmly(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		pieces := 0
		devicetest.Disturb(t, s.feed, func(p []byte) {
			if pieces++; pieces%70 == 0 {
				p = keepAlive.Append(p)
			}
			_, _ = s.module.conn.Write(p)
		})
		for range 10 {
			s.module.say(keepAlive)
			pass(time.Second)
		}
		if last := s.feed.Last(); last.State != devices.Up {
			t.Errorf("status %+v after steady signs of life, want up", last)
		}
	})
}
