package r2000_test

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
	"showroom/devices/rfid/r2000"
)

// roundTakes is how long a round takes the reader below.
const roundTakes = 50 * time.Millisecond

// station is a reader with eight ports in memory, with one tag before each antenna. It lives in the time of the test's bubble.
type station struct {
	conn net.Conn

	mu      sync.Mutex
	heard   []r2000.Code
	rounds  []int // the antennas of the rounds, from 1
	antenna int
	region  []byte // what it has been told, or has kept
	refuses map[r2000.Code]r2000.Result
	missing map[int]r2000.Result // antennas whose rounds fail
	mute    map[r2000.Code]bool
	tag     r2000.Tag
}

func (m *station) run() {
	var d r2000.Decoder
	buf := make([]byte, 64)
	for {
		n, err := m.conn.Read(buf)
		if err != nil {
			return
		}
		d.Feed(buf[:n])
		for f, ok := d.Next(); ok; f, ok = d.Next() {
			if f.Code == r2000.CodeInventory {
				<-time.After(roundTakes)
			}
			m.say(m.answer(f)...)
		}
	}
}

func (m *station) answer(f r2000.Frame) []r2000.Frame {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.heard = append(m.heard, f.Code)
	if m.mute[f.Code] {
		return nil
	}
	a := r2000.Frame{Address: 1, Code: f.Code, Data: []byte{byte(r2000.ResultSuccess)}}
	if why := m.refuses[f.Code]; why != 0 {
		a.Data[0] = byte(why)
		return []r2000.Frame{a}
	}
	switch f.Code {
	case r2000.CodeVersion:
		a.Data = []byte{8, 2}
	case r2000.CodeRegion:
		a.Data = slices.Clone(m.region)
	case r2000.CodeSetRegion:
		m.region = slices.Clone(f.Data)
	case r2000.CodeSetAntenna:
		m.antenna = int(f.Data[0])
	case r2000.CodeInventory:
		return m.round(a)
	}
	return []r2000.Frame{a}
}

func (m *station) round(a r2000.Frame) []r2000.Frame {
	m.rounds = append(m.rounds, m.antenna+1)
	if why := m.missing[m.antenna+1]; why != 0 {
		a.Data[0] = byte(why)
		return []r2000.Frame{a}
	}
	tag := m.tag
	tag.Antenna = m.antenna & 3
	tag.RSSIRaw |= byte(m.antenna>>2) << 7
	return []r2000.Frame{r2000.TagFrame(1, tag), r2000.RoundEndFrame(1, r2000.RoundEnd{Antenna: m.antenna, Rate: 20, Reads: 1})}
}

func (m *station) say(frames ...r2000.Frame) {
	var p []byte
	for _, f := range frames {
		p = f.Append(p)
	}
	if len(p) > 0 {
		_, _ = m.conn.Write(p) // the reader may have gone
	}
}

func (m *station) commands() []r2000.Code {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.heard)
}

func (m *station) set(change func(*station)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(m)
}

type scene struct {
	station *station
	feed    *devicetest.Feed
	stop    func() error // cancels the driver and answers what it returned
}

// play runs a story in a bubble: a driver with a reader on the other end of its line, which prepare makes as the story needs it.
func play(t *testing.T, antennas []int, prepare func(*station), story func(t *testing.T, s scene)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		near, far := devicetest.Pipe(t)
		s := scene{feed: &devicetest.Feed{}, station: &station{
			conn: far, region: []byte{2, 0, 6}, tag: tagOf(epc(t, ownEPC)), refuses: map[r2000.Code]r2000.Result{},
			missing: map[int]r2000.Result{}, mute: map[r2000.Code]bool{},
		}}
		if prepare != nil {
			prepare(s.station)
		}
		gone := make(chan struct{})
		go func() { defer close(gone); s.station.run() }()
		defer func() { _ = far.Close(); <-gone }()
		reader := r2000.New(r2000.Options{
			Device: "r1", Power: 2600, Antennas: antennas, SilentAfter: 4 * time.Second,
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

func TestRoundTheAntennas(t *testing.T) {
	for _, antennas := range [][]int{nil, {1, 2, 3, 4}, {2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}, {0, 9, 5}} {
		play(t, antennas, nil, func(t *testing.T, s scene) {
			pass(5 * time.Second)
			if err := s.stop(); !errors.Is(err, context.Canceled) {
				t.Errorf("Run returned %v", err)
			}
			setup := []r2000.Code{r2000.CodeVersion, r2000.CodeRegion, r2000.CodeSetTemporaryPower, r2000.CodeSetAntenna, r2000.CodeInventory}
			if diff := cmp.Diff(setup, s.station.commands()[:len(setup)]); diff != "" {
				t.Errorf("commands (-want +got):\n%s", diff)
			}
			want := slices.DeleteFunc(slices.Clone(antennas), func(n int) bool { return n < 1 || n > 8 })
			if len(want) == 0 {
				want = []int{1}
			}
			var rounds []int
			s.station.set(func(m *station) { rounds = slices.Clone(m.rounds) })
			tags := s.feed.Tags()
			if len(tags) < 50 {
				t.Fatalf("%d reads in 5 s of rounds of %v", len(tags), roundTakes)
			}
			for i, tag := range tags {
				if tag.Antenna != want[i%len(want)] || rounds[i] != tag.Antenna || tag.EPC != epc(t, ownEPC) || tag.RSSI != -5200 {
					t.Fatalf("antennas %v: read %d is %+v of round %d", want, i, tag, rounds[i])
				}
			}
			if st := s.feed.Statuses(); st[0].State != devices.Up || st[len(st)-1].Frames.Bad != 0 {
				t.Errorf("statuses %+v, want up and no bad frames", st)
			}
		})
	}
}

func TestForeignTagsAreCountedAndDropped(t *testing.T) {
	foreign := func(m *station) { m.tag = tagOf(epc(t, "E280699500005009F1286992")) }
	play(t, nil, foreign, func(t *testing.T, s scene) {
		pass(3 * time.Second)
		if last := s.feed.Last(); s.feed.Reads() != 0 || last.Frames.Foreign < 20 || last.State != devices.Up {
			t.Errorf("%d reads and status %+v, want foreign tags only", s.feed.Reads(), last)
		}
	})
}

// TestRegionIsWrittenOnlyWhereItIsAnother: the flash it is kept in wears out.
func TestRegionIsWrittenOnlyWhereItIsAnother(t *testing.T) {
	american := func(m *station) { m.region = []byte{1, 7, 59} }
	play(t, nil, american, func(t *testing.T, s scene) {
		pass(time.Second)
		var region []byte
		s.station.set(func(m *station) { region = m.region })
		if c := s.station.commands(); c[2] != r2000.CodeSetRegion || !slices.Equal(region, []byte{2, 0, 6}) {
			t.Errorf("commands %X and region %v, want it set", c[:4], region)
		}
	})
}

func TestRefusedRegionKeepsTheRadioOff(t *testing.T) {
	refuse := func(m *station) {
		m.region, m.refuses[r2000.CodeSetRegion] = []byte{1, 7, 59}, r2000.ResultRegionRange
	}
	play(t, nil, refuse, func(t *testing.T, s scene) {
		pass(20 * time.Second)
		c := s.station.commands()
		if slices.Contains(c, r2000.CodeInventory) || len(c) > 60 {
			t.Errorf("%d commands %X, want some and no inventory", len(c), c)
		}
		for _, st := range s.feed.Statuses()[1:] {
			if st.State != devices.Fault || st.Reason != "region refused: no such region" || st.Advice == "" {
				t.Fatalf("status %+v, want the fault", st)
			}
		}
		s.station.set(func(m *station) { delete(m.refuses, r2000.CodeSetRegion) })
		pass(4 * time.Second)
		if last := s.feed.Last(); last.State != devices.Up {
			t.Errorf("status %+v after the region was taken, want up", last)
		}
	})
}

func TestRefusedPowerStillReads(t *testing.T) {
	refuse := func(m *station) { m.refuses[r2000.CodeSetTemporaryPower] = r2000.ResultPowerRange }
	play(t, nil, refuse, func(t *testing.T, s scene) {
		pass(time.Second)
		if last := s.feed.Last(); s.feed.Reads() == 0 || last.State != devices.Fault || last.Reason != "power refused: power out of range" {
			t.Errorf("%d reads and status %+v, want reads and a fault", s.feed.Reads(), last)
		}
	})
}

// TestAMissingAntennaIsAFaultAndTheOthersRead: until somebody has put it back.
func TestAMissingAntennaIsAFaultAndTheOthersRead(t *testing.T) {
	lose := func(m *station) { m.missing[2] = r2000.ResultAntennaMissing }
	play(t, []int{1, 2, 3}, lose, func(t *testing.T, s scene) {
		pass(5 * time.Second)
		if last := s.feed.Last(); last.State != devices.Fault || last.Reason != "antenna 2: antenna missing" || last.Advice == "" {
			t.Errorf("status %+v, want the fault", last)
		}
		if n := s.feed.Reads(); n < 50 {
			t.Errorf("%d reads of the other antennas", n)
		}
		s.station.set(func(m *station) { delete(m.missing, 2) })
		pass(time.Second)
		if last := s.feed.Last(); last.State != devices.Up {
			t.Errorf("status %+v with the antenna back, want up", last)
		}
	})
}

func TestNoAntennaAtAllIsNotAskedAsFastAsTheLineCan(t *testing.T) {
	refuse := func(m *station) { m.refuses[r2000.CodeSetAntenna] = r2000.ResultAntennaRange }
	play(t, []int{3}, refuse, func(t *testing.T, s scene) {
		pass(10 * time.Second)
		if n := len(s.station.commands()); n < 10 || n > 40 {
			t.Errorf("%d commands in 10 s", n)
		}
		if last := s.feed.Last(); last.State != devices.Fault || last.Reason != "antenna 3: no such antenna" {
			t.Errorf("status %+v, want the fault", last)
		}
	})
}

func TestAnEmptyRoomIsNoFault(t *testing.T) {
	empty := func(m *station) { m.missing[1] = r2000.ResultNoTag }
	play(t, nil, empty, func(t *testing.T, s scene) {
		pass(10 * time.Second)
		if last := s.feed.Last(); last.State != devices.Up || s.feed.Reads() != 0 {
			t.Errorf("%d reads and status %+v, want up and nothing read", s.feed.Reads(), last)
		}
	})
}

// TestRoundsWithoutAnEndAreAFault: it answers commands and does not search, so its room is not empty.
func TestRoundsWithoutAnEndAreAFault(t *testing.T) {
	play(t, nil, nil, func(t *testing.T, s scene) {
		pass(2 * time.Second)
		s.station.set(func(m *station) { m.mute[r2000.CodeInventory] = true })
		pass(20 * time.Second)
		if last := s.feed.Last(); last.State != devices.Fault || last.Reason != "no inventory" || last.Advice == "" {
			t.Errorf("status %+v, want the fault", last)
		}
		s.station.set(func(m *station) { m.mute[r2000.CodeInventory] = false })
		pass(2 * time.Second)
		if last := s.feed.Last(); last.State != devices.Up {
			t.Errorf("status %+v with rounds again, want up", last)
		}
	})
}

func TestASilentReaderIsTriedForeverAndSetUpAnew(t *testing.T) {
	play(t, nil, nil, func(t *testing.T, s scene) {
		pass(2 * time.Second)
		all := []r2000.Code{r2000.CodeVersion, r2000.CodeRegion, r2000.CodeSetTemporaryPower, r2000.CodeSetAntenna, r2000.CodeInventory}
		s.station.set(func(m *station) {
			for _, c := range all {
				m.mute[c] = true
			}
		})
		pass(time.Minute)
		if last := s.feed.Last(); last.State != devices.Silent || last.LastData.IsZero() || last.Advice == "" {
			t.Errorf("status %+v, want silent with the time of the last data", last)
		}
		s.station.set(func(m *station) { clear(m.mute); m.heard = nil })
		pass(2 * time.Second)
		if c := s.station.commands(); !slices.Equal(c[:len(all)], all) {
			t.Errorf("commands %X, want the setup first", c)
		}
		if last := s.feed.Last(); last.State != devices.Up {
			t.Errorf("status %+v, want up", last)
		}
	})
}

// TestOwnWordsAreNoAnswer: a half-duplex adapter echoes, and the reader is not there.
func TestOwnWordsAreNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := devicetest.Pipe(t)
		var d r2000.Decoder
		heard := map[r2000.Code]int{}
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			buf := make([]byte, 64)
			for n, err := far.Read(buf); err == nil; n, err = far.Read(buf) {
				d.Feed(buf[:n])
				for f, ok := d.Next(); ok; f, ok = d.Next() {
					heard[f.Code]++
				}
				_, _ = far.Write(buf[:n])
			}
		}()
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- r2000.New(r2000.Options{Device: "r1"}).Run(ctx, near, &devicetest.Feed{}) }()
		pass(5 * time.Second)
		cancel()
		<-done
		_ = far.Close()
		<-gone
		if len(heard) != 1 || heard[r2000.CodeVersion] < 5 {
			t.Errorf("commands %v, want only the first one, again and again", heard)
		}
	})
}

// Between the noise the reader's answers are sound, and a round now and then: neither makes the line well.
func TestNoiseIsToldCalmly(t *testing.T) {
	play(t, nil, nil, func(t *testing.T, s scene) {
		pass(time.Second)
		s.station.set(func(m *station) { m.mute[r2000.CodeInventory] = true })
		pieces := 0
		devicetest.Disturb(t, s.feed, func(p []byte) {
			if pieces++; pieces%70 == 0 {
				p = r2000.RoundEndFrame(1, r2000.RoundEnd{Rate: 20}).Append(p)
			}
			_, _ = s.station.conn.Write(p)
		})
		s.station.set(func(m *station) { delete(m.mute, r2000.CodeInventory) })
		pass(5 * time.Second)
		if last := s.feed.Last(); last.State != devices.Up {
			t.Errorf("status %+v after steady rounds, want up", last)
		}
	})
}
