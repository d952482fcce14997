package r200_test

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
	"showroom/devices/rfid/r200"
)

// module is a reader module in memory. It lives in the time of the test's bubble.
type module struct {
	conn    net.Conn
	framing r200.Framing

	mu      sync.Mutex
	heard   []r200.Code
	refuses map[r200.Code]r200.ErrorCode
	mute    bool
}

func (m *module) run() {
	var d r200.Decoder
	buf := make([]byte, 64)
	for {
		n, err := m.conn.Read(buf)
		if err != nil {
			return
		}
		d.Feed(buf[:n])
		for f, ok := d.Next(); ok; f, ok = d.Next() {
			if f.Framing == m.framing {
				m.answer(f)
			}
		}
	}
}

func (m *module) answer(f r200.Frame) {
	m.mu.Lock()
	m.heard = append(m.heard, f.Code)
	code, refused := m.refuses[f.Code]
	mute := m.mute
	m.mu.Unlock()
	a := r200.Frame{Framing: m.framing, Type: r200.TypeResponse, Code: f.Code, Params: []byte{0}}
	switch {
	case mute, f.Code == r200.CodeMultiPoll:
		return
	case refused:
		a.Code, a.Params = r200.CodeError, []byte{byte(code)}
	case f.Code == r200.CodeHardwareVersion:
		a.Params = []byte("\x00M100 V1.00")
	}
	m.say(a)
}

func (m *module) say(frames ...r200.Frame) {
	var p []byte
	for _, f := range frames {
		p = f.Append(p)
	}
	_, _ = m.conn.Write(p) // the reader may have gone
}

func (m *module) commands() []r200.Code {
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
func play(t *testing.T, framing r200.Framing, story func(t *testing.T, s scene), from ...func(*module)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		port, far := devicetest.Pipe(t)
		s := scene{module: &module{conn: far, framing: framing, refuses: map[r200.Code]r200.ErrorCode{}}, feed: &devicetest.Feed{}}
		for _, f := range from { // before the driver says its first word
			f(s.module)
		}
		go s.module.run()
		reader := r200.New(r200.Options{
			Device: "r1", Power: 2300, SilentAfter: 4 * time.Second,
			Own: func(e gs1.EPC) bool { return e == epc(t, ownEPC) },
		})
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- reader.Run(ctx, port, s.feed) }()
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

var setup = []r200.Code{r200.CodeStop, r200.CodeHardwareVersion, r200.CodeSetRegion, r200.CodeSetPower, r200.CodeMultiPoll}

func tagOf(t testing.TB, framing r200.Framing, id string) r200.Frame {
	return r200.TagFrame(framing, -52, r200.PC(epc(t, id)), epc(t, id))
}

func TestInventory(t *testing.T) {
	play(t, r200.FramingBB, func(t *testing.T, s scene) {
		pass(time.Second)
		if diff := cmp.Diff(setup, s.module.commands()); diff != "" {
			t.Errorf("commands (-want +got):\n%s", diff)
		}
		s.module.say(noTag, tagOf(t, r200.FramingBB, ownEPC), tagOf(t, r200.FramingBB, "E280699500005009F1286992"),
			r200.TagFrame(r200.FramingBB, -40, r200.PC(epc(t, ownEPC))|0x01A9, epc(t, ownEPC)))
		pass(1500 * time.Millisecond)
		tags := s.feed.Tags()
		if len(tags) != 1 {
			t.Fatalf("%d reads, want the shop's one", len(tags))
		}
		want := devices.TagRead{Reader: "r1", Antenna: 1, EPC: epc(t, ownEPC), RSSI: -5200, At: tags[0].At}
		if diff := cmp.Diff(want, tags[0], cmp.Comparer(func(a, b gs1.EPC) bool { return a == b })); diff != "" {
			t.Errorf("read (-want +got):\n%s", diff)
		}
		last := s.feed.Last()
		if last.State != devices.Up || last.Frames.Foreign != 2 || last.Frames.Good != 8 || last.Frames.Bad != 0 {
			t.Errorf("status %+v, want up with 8 good frames and 2 foreign tags", last)
		}
		if err := s.stop(); !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v", err)
		}
		synctest.Wait()
		if c := s.module.commands(); c[len(c)-1] != r200.CodeStop {
			t.Errorf("the last command is %02X, want stop", byte(c[len(c)-1]))
		}
	})
}

func TestRefusedRegionKeepsTheRadioOff(t *testing.T) {
	play(t, r200.FramingBB, func(t *testing.T, s scene) {
		pass(10 * time.Second)
		if slices.Contains(s.module.commands(), r200.CodeMultiPoll) {
			t.Error("the inventory was started under an unknown region")
		}
		last := s.feed.Last()
		if last.State != devices.Fault || last.Reason != "region refused: command refused" || last.Advice == "" {
			t.Errorf("status %+v, want a fault with its reason", last)
		}
		s.module.set(func(m *module) { delete(m.refuses, r200.CodeSetRegion) })
		pass(5 * time.Second)
		s.module.say(noTag)
		pass(time.Second)
		if last := s.feed.Last(); last.State != devices.Up {
			t.Errorf("status %+v after the region was taken, want up", last)
		}
	}, func(m *module) { m.refuses[r200.CodeSetRegion] = r200.ErrorCommand })
}

func TestRefusedPowerStillReads(t *testing.T) {
	play(t, r200.FramingBB, func(t *testing.T, s scene) {
		pass(time.Second)
		s.module.say(tagOf(t, r200.FramingBB, ownEPC))
		pass(time.Second)
		if s.feed.Reads() != 1 || s.feed.Last().State != devices.Fault || s.feed.Last().Reason != "power refused: command refused" {
			t.Errorf("%d reads and status %+v, want one read and a fault", s.feed.Reads(), s.feed.Last())
		}
	}, func(m *module) { m.refuses[r200.CodeSetPower] = r200.ErrorCommand })
}

func TestEndedInventoryStartsAgain(t *testing.T) {
	play(t, r200.FramingBB, func(t *testing.T, s scene) {
		pass(time.Second)
		for range 10 {
			s.module.say(noTag)
			pass(time.Second)
		}
		if diff := cmp.Diff(setup, s.module.commands()); diff != "" {
			t.Errorf("an inventory that runs was started again (-want +got):\n%s", diff)
		}
		pass(2500 * time.Millisecond)
		if diff := cmp.Diff(slices.Concat(setup, setup), s.module.commands()); diff != "" {
			t.Errorf("commands after the inventory ended (-want +got):\n%s", diff)
		}
		if st := s.feed.Last().State; st != devices.Up {
			t.Errorf("state %v, want up: the module answered", st)
		}
	})
}

func TestSilentModuleIsTriedForever(t *testing.T) {
	play(t, r200.FramingBB, func(t *testing.T, s scene) {
		pass(time.Minute)
		if last := s.feed.Last(); last.State != devices.Silent || !last.LastData.IsZero() || last.Advice == "" {
			t.Errorf("status %+v, want silent without data", last)
		}
		if n := len(s.feed.Statuses()); n != 1 {
			t.Errorf("%d statuses for one change", n)
		}
		s.module.set(func(m *module) { m.mute = false })
		pass(10 * time.Second)
		states := s.feed.Statuses()
		if len(states) < 2 || states[1].State != devices.Up {
			t.Errorf("statuses %+v, want up once the module answers", states)
		}
	}, func(m *module) { m.mute = true })
}

func TestOtherFramingIsFound(t *testing.T) {
	play(t, r200.FramingAA, func(t *testing.T, s scene) {
		pass(4 * time.Second)
		if diff := cmp.Diff(setup, s.module.commands()); diff != "" {
			t.Errorf("commands (-want +got):\n%s", diff)
		}
		s.module.say(tagOf(t, r200.FramingAA, ownEPC))
		pass(time.Second)
		if s.feed.Reads() != 1 || s.feed.Last().State != devices.Up {
			t.Errorf("%d reads, status %+v", s.feed.Reads(), s.feed.Last())
		}
	})
}

// TestSilenceFreesWhatADamagedLengthHeldBack: the broken header promises more bytes than will come.
func TestSilenceFreesWhatADamagedLengthHeldBack(t *testing.T) {
	play(t, r200.FramingBB, func(t *testing.T, s scene) {
		pass(time.Second)
		_, _ = s.module.conn.Write([]byte{0xBB, 0x02, 0x22, 0x00, 0x60})
		s.module.say(tagOf(t, r200.FramingBB, ownEPC))
		pass(time.Second)
		if n := s.feed.Reads(); n != 1 {
			t.Errorf("%d reads, want the one behind the broken header", n)
		}
		if f := s.feed.Last().Frames; f.Bad != 1 || f.Skipped != 5 {
			t.Errorf("counted %+v, want one bad frame and five skipped bytes", f)
		}
	})
}

func TestErrorsInARowAreAFault(t *testing.T) {
	busy := noTag
	busy.Params = []byte{byte(r200.ErrorFHSS)}
	play(t, r200.FramingBB, func(t *testing.T, s scene) {
		pass(time.Second)
		s.module.say(busy, busy, noTag, busy)
		pass(time.Second)
		if st := s.feed.Last().State; st != devices.Up {
			t.Errorf("state %v after single errors, want up", st)
		}
		s.module.say(busy, busy)
		pass(time.Second)
		if last := s.feed.Last(); last.State != devices.Fault || last.Reason != "radio channel busy" {
			t.Errorf("status %+v, want the fault", last)
		}
		s.module.say(noTag)
		pass(time.Second)
		if st := s.feed.Last().State; st != devices.Up {
			t.Errorf("state %v after a round, want up", st)
		}
	})
}

// A module that answers commands and finds nothing, not even "no tag", does not look: its room is not empty.
func TestAModuleThatDoesNotSearchIsAtFault(t *testing.T) {
	play(t, r200.FramingBB, func(t *testing.T, s scene) {
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
		s.module.say(noTag)
		pass(time.Second)
		if st := s.feed.Last().State; st != devices.Up {
			t.Errorf("state %v after a round, want up", st)
		}
	})
}

// Between the noise the module's answers are sound, and a round now and then: neither makes the line well.
func TestNoiseIsToldCalmly(t *testing.T) {
	play(t, r200.FramingBB, func(t *testing.T, s scene) {
		pieces := 0
		devicetest.Disturb(t, s.feed, func(p []byte) {
			if pieces++; pieces%70 == 0 {
				p = noTag.Append(p)
			}
			_, _ = s.module.conn.Write(p)
		})
		for range 50 {
			s.module.say(noTag)
			pass(50 * time.Millisecond)
		}
		if last := s.feed.Last(); last.State != devices.Up {
			t.Errorf("status %+v after steady rounds, want up", last)
		}
	})
}

// TestTenMinutesOfFullRooms is a line at its limit: all reads arrive, and the status at most once a second.
func TestTenMinutesOfFullRooms(t *testing.T) {
	play(t, r200.FramingBB, func(t *testing.T, s scene) {
		pass(time.Second)
		const seconds, tenth = 600, 20
		var frames []r200.Frame
		for range tenth {
			frames = append(frames, tagOf(t, r200.FramingBB, ownEPC))
		}
		for range seconds * 10 {
			s.module.say(frames...)
			pass(100 * time.Millisecond)
		}
		pass(1500 * time.Millisecond)
		if n := s.feed.Reads(); n != seconds*10*tenth {
			t.Errorf("%d reads of %d", n, seconds*10*tenth)
		}
		if n := len(s.feed.Statuses()); n < seconds-10 || n > seconds+10 {
			t.Errorf("%d statuses in %d seconds", n, seconds)
		}
		if last := s.feed.Last(); last.Frames.Good != seconds*10*tenth+4 || last.Frames.Bad+last.Frames.Skipped != 0 {
			t.Errorf("status %+v", last)
		}
	})
}
