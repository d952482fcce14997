package llrp_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/link"
	"showroom/devices/rfid/llrp"
	"showroom/devices/sim/llrpsim"
)

var ownTag = tlv(240, epc96, tv(1, 0, 4), tv(6, 0xC4))

// scene is a driver and a simulated reader, in the time of the test's bubble.
type scene struct {
	sim
	feed   *devicetest.Feed
	cancel func()
	done   chan error // capacity 1: what Run answers
}

func play(t *testing.T, o llrp.Options, prepare func(s sim), story func(t *testing.T, s scene)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		port := link.FromConn("r1", near, 50*time.Millisecond)
		defer port.Close()
		s := newSim(t, far)
		prepare(s)
		o.Device = "r1"
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		sc := scene{sim: s, feed: &devicetest.Feed{}, cancel: cancel, done: make(chan error, 1)}
		go func() { sc.done <- llrp.New(o).Run(ctx, port, sc.feed) }()
		story(t, sc)
	})
}

func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestALifeWithoutTraces(t *testing.T) {
	var s sim
	play(t, llrp.Options{}, func(far sim) {
		s = far
		s.Put(7, llrpsim.Active) // a crash has left them
		s.Put(1, llrpsim.Disabled)
		greets(s)
	}, func(t *testing.T, sc scene) {
		pass(time.Second)
		if len(sc.ROSpecs()) != 1 || sc.feed.Last().State != devices.Up {
			t.Fatalf("%d ROSpecs, status %+v", len(sc.ROSpecs()), sc.feed.Last())
		}
		sc.Say(llrp.KeepAlive, nil)
		sc.Say(llrp.ROAccessReport, ownTag)
		pass(time.Second)
		tags := sc.feed.Tags()
		if len(tags) != 1 || tags[0].Reader != "r1" || tags[0].Antenna != 4 || tags[0].RSSI != -6000 || tags[0].At.IsZero() {
			t.Errorf("reads %+v", tags)
		}
		sc.cancel()
		if err := <-sc.done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run answers %v", err)
		}
		if len(sc.ROSpecs()) != 0 {
			t.Errorf("%d ROSpecs are left behind", len(sc.ROSpecs()))
		}
		want := []llrp.Type{llrp.GetReaderCapabilities, llrp.SetReaderConfig, llrp.DeleteROSpec, llrp.AddROSpec, llrp.EnableROSpec,
			llrp.StartROSpec, llrp.EnableEventsAndReports, llrp.KeepAliveAck, llrp.StopROSpec, llrp.DeleteROSpec, llrp.CloseConnection}
		if diff := cmp.Diff(want, sc.Requests()); diff != "" {
			t.Errorf("said (-want +got):\n%s", diff)
		}
	})
}

// TestNothingIsLeftBehindWheneverItEnds: the context ends at every moment of the setup.
func TestNothingIsLeftBehindWheneverItEnds(t *testing.T) {
	for _, silent := range []llrp.Type{llrp.GetReaderCapabilities, llrp.SetReaderConfig, llrp.DeleteROSpec, llrp.AddROSpec, llrp.EnableROSpec, llrp.StartROSpec} {
		t.Run(silent.String(), func(t *testing.T) {
			play(t, llrp.Options{}, func(s sim) {
				s.Reply(silent, nil) // it does what it is told, and only the answer is missing
				greets(s)
			}, func(t *testing.T, sc scene) {
				pass(time.Second)
				sc.ReplyAsEver(silent)
				sc.cancel()
				<-sc.done
				if len(sc.ROSpecs()) != 0 {
					t.Errorf("%d ROSpecs are left behind", len(sc.ROSpecs()))
				}
			})
		})
	}
}

func TestRefusalsAreClear(t *testing.T) {
	for name, c := range map[string]struct {
		request llrp.Type
		status  []byte
		want    string
	}{
		"hop table": {llrp.AddROSpec, refusal(100, "No such hop table", hopTableRefused()),
			`AddROSpec refused: parameter error in the message (RFTransmitter: field error inside, field 0: value out of range); the reader says "No such hop table"`},
		"field":  {llrp.SetReaderConfig, refusal(101, "", tlv(288, []byte{0, 3, 0, 108})), "SetReaderConfig refused: field error in the message (field 3: unknown field)"},
		"device": {llrp.StartROSpec, refusal(401, "too hot"), `StartROSpec refused: device error; the reader says "too hot"`},
		"code":   {llrp.EnableROSpec, refusal(999, ""), "EnableROSpec refused: status 999"},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, llrp.Options{Power: 2500}, func(s sim) { s.Reply(c.request, c.status); greets(s) }, func(t *testing.T, sc scene) {
				err := <-sc.done
				broken, ok := errors.AsType[*devices.Error](err)
				refused, no := errors.AsType[*llrp.RefusedError](err)
				if !ok || !no || broken.Hint == "" || refused.Request != c.request || refused.Error() != c.want {
					t.Errorf("got %v\nwant %s", err, c.want)
				}
				if last := sc.feed.Last(); last.State != devices.Fault || last.Reason != c.want || last.Advice == "" {
					t.Errorf("status %+v", last)
				}
				if len(sc.ROSpecs()) != 0 {
					t.Errorf("%d ROSpecs are left behind", len(sc.ROSpecs()))
				}
			})
		})
	}
}

func TestWhatEndsAConnection(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(s sim)
		want    error
		reason  string
	}{
		"no greeting":        {func(sim) {}, llrp.ErrNoAnswer, "no answer: no greeting"},
		"taken":              {func(s sim) { s.Say(llrp.ReaderEventNotification, llrpsim.Greeting(llrpsim.Taken)) }, llrp.ErrTaken, "another client has the reader (connection attempt 2)"},
		"no answer":          {func(s sim) { s.Reply(llrp.AddROSpec, nil); greets(s) }, llrp.ErrNoAnswer, "no answer to AddROSpec"},
		"answer of nonsense": {func(s sim) { s.Reply(llrp.AddROSpec, []byte{1, 2, 3}); greets(s) }, llrp.ErrNotLLRP, "not an LLRP reader: decode AddROSpecResponse: byte 2: 2 bytes wanted, 1 are left"},
		"answer of nothing":  {func(s sim) { s.Reply(llrp.AddROSpec, tlv(1023, make([]byte, 8))); greets(s) }, llrp.ErrNotLLRP, "not an LLRP reader: decode AddROSpecResponse: byte 12: no LLRPStatus"},
		"another protocol":   {func(s sim) { s.Write([]byte("SSH-2.0-dropbear\r\n")) }, llrp.ErrNotLLRP, ""},
		"wrong length":       {func(s sim) { greets(s); s.Write([]byte("\x04\x3D\x7F\x00\x00\x00\x00\x00\x00\x01")) }, llrp.ErrNotLLRP, ""},
		"ends at once":       {greets, llrp.ErrEnded, "the reader ends the inventory as soon as it has begun"},
		"goodbye":            {func(s sim) { greets(s); s.Say(llrp.ReaderEventNotification, event(tlv(257))) }, llrp.ErrClosed, "connection lost"},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, llrp.Options{}, c.prepare, func(t *testing.T, sc scene) {
				if c.want == llrp.ErrEnded {
					pass(500 * time.Millisecond)
					sc.Say(llrp.ReaderEventNotification, ended)
				}
				err := <-sc.done
				broken, ok := errors.AsType[*devices.Error](err)
				if !ok || !errors.Is(err, c.want) || broken.Hint == "" {
					t.Errorf("got %v, want %v with a hint", err, c.want)
				}
				if last := sc.feed.Last(); last.State != devices.Down || c.reason != "" && last.Reason != c.reason || last.Advice == "" {
					t.Errorf("status %+v, want down for %q", last, c.reason)
				}
			})
		})
	}
}

func TestReportsBeforeTheStartAndForeignTags(t *testing.T) {
	own, err := gs1.ParseEPC("3034257BF7194E4000001A85")
	if err != nil {
		t.Fatal(err)
	}
	play(t, llrp.Options{Own: func(e gs1.EPC) bool { return e == own }}, func(s sim) {
		s.Say(llrp.ROAccessReport, ownTag) // of whoever was here before
		greets(s)
	}, func(t *testing.T, sc scene) {
		pass(time.Second)
		before := sc.feed.Last().Frames
		sc.Say(llrp.ROAccessReport, slices.Concat(tlv(240, epcData(96)), tlv(240, epc96, tv(12, 0x29, 0xA9)), tlv(240, epcData(0)), tlv(240), ownTag))
		sc.Say(llrp.ROAccessReport, nil)
		pass(2 * time.Second)
		after := sc.feed.Last().Frames
		if before.Stale != 1 || before.Bad != 0 || after.Foreign != 3 || after.Bad != 1 || after.Good != before.Good+1 || sc.feed.Reads() != 1 {
			t.Errorf("counted %+v, then %+v; %d reads", before, after, sc.feed.Reads())
		}
	})
}

// ended is the event that our ROSpec is over.
var ended = event(tlv(249, []byte{1, 0, 0, 0, 1, 0, 0, 0, 0}))

func TestInventoryThatEndsIsStartedAgain(t *testing.T) {
	play(t, llrp.Options{}, greets, func(t *testing.T, sc scene) {
		pass(2 * time.Second)
		sc.Put(1, llrpsim.Inactive)
		sc.Say(llrp.ReaderEventNotification, ended)
		pass(time.Second)
		state := sc.ROSpecs()[1]
		if state != llrpsim.Active || sc.feed.Last().State != devices.Up {
			t.Errorf("the ROSpec is in state %d, status %+v", state, sc.feed.Last())
		}
	})
}

func TestAntennasAndExceptions(t *testing.T) {
	play(t, llrp.Options{Antennas: []int{1, 2}}, greets, func(t *testing.T, sc scene) {
		pass(time.Second)
		antenna := func(change, n byte) { sc.Say(llrp.ReaderEventNotification, event(tlv(255, []byte{change, 0, n}))) }
		expect := func(state devices.State, reason string) {
			t.Helper()
			pass(time.Second)
			if last := sc.feed.Last(); last.State != state || last.Reason != reason || state == devices.Fault && last.Advice == "" {
				t.Errorf("status %+v, want %v for %q", last, state, reason)
			}
		}
		antenna(0, 4) // not ours
		expect(devices.Up, "")
		antenna(0, 2)
		expect(devices.Fault, "antenna 2 is gone")
		sc.Say(llrp.ROAccessReport, ownTag) // of the other one
		expect(devices.Fault, "antenna 2 is gone")
		antenna(1, 2)
		expect(devices.Up, "")
		sc.Say(llrp.ReaderEventNotification, event(tlv(252, []byte{0, 3, 'h', 'o', 't'})))
		expect(devices.Fault, "reader exception")
		sc.Say(llrp.ROAccessReport, ownTag)
		expect(devices.Up, "")
	})
}

// TestAnEmptyRoomGetsWellByTime: there is no report that could prove it.
func TestAnEmptyRoomGetsWellByTime(t *testing.T) {
	play(t, llrp.Options{}, greets, func(t *testing.T, sc scene) {
		pass(time.Second)
		for second := range 25 {
			sc.Say(llrp.KeepAlive, nil)
			if second < 5 {
				sc.Say(llrp.ReaderEventNotification, llrpsim.Exception("hot"))
			}
			pass(time.Second)
			want := devices.Up
			if second < 14 { // ten seconds after the last one
				want = devices.Fault
			}
			if last := sc.feed.Last(); last.State != want {
				t.Fatalf("second %d: status %+v, want %v", second, last, want)
			}
		}
	})
}

// TestReportsThatNobodyCanReadAreGarbage: the reader lives and its garments are not told, so they must not seem to leave.
func TestReportsThatNobodyCanReadAreGarbage(t *testing.T) {
	play(t, llrp.Options{}, greets, func(t *testing.T, sc scene) {
		tick := func(seconds int, reports ...[]byte) {
			for range seconds {
				sc.Say(llrp.KeepAlive, nil)
				for _, body := range reports {
					sc.Say(llrp.ROAccessReport, body)
				}
				pass(time.Second)
			}
		}
		expect := func(when string, state devices.State, reason string) {
			t.Helper()
			if last := sc.feed.Last(); last.State != state || last.Reason != reason || state != devices.Up && last.Advice == "" {
				t.Errorf("%s: status %+v, want %v for %q", when, last, state, reason)
			}
		}
		broken := ownTag[:len(ownTag)/2]
		tick(20)
		expect("an empty room", devices.Up, "")
		tick(1, broken)
		tick(30)
		expect("one bad report in an empty room", devices.Up, "")
		tick(1, broken)
		tick(30)
		expect("another one half a minute later", devices.Up, "")
		tick(20, broken, ownTag)
		expect("every other report", devices.Up, "")
		tick(14, broken)
		expect("14 s of bad reports", devices.Up, "")
		tick(4, broken)
		expect("18 s of bad reports", devices.Silent, "garbage")
		tick(20)
		expect("and then none", devices.Silent, "garbage")
		sc.Say(llrp.ReaderEventNotification, event(tlv(255, []byte{0, 0, 2})))
		sc.Say(llrp.ReaderEventNotification, event(tlv(255, []byte{1, 0, 2})))
		tick(1)
		expect("an antenna that comes back", devices.Silent, "garbage")
		tick(1, ownTag)
		expect("a sound report", devices.Up, "")
	})
}

func TestSilenceIsAskedInto(t *testing.T) {
	play(t, llrp.Options{}, func(s sim) { s.Reply(llrp.GetROSpecs, nil); greets(s) }, func(t *testing.T, sc scene) {
		pass(16 * time.Second)
		if last := sc.feed.Last(); last.State != devices.Silent {
			t.Errorf("status %+v, want silent", last)
		}
		pass(time.Minute)
		n := 0
		for _, m := range sc.Requests() {
			if m == llrp.GetROSpecs {
				n++
			}
		}
		if n < 3 || n > 6 {
			t.Errorf("asked %d times in a minute of silence", n)
		}
		for range 10 {
			sc.Say(llrp.KeepAlive, nil)
			pass(10 * time.Second)
			if s := sc.feed.Last().State; s != devices.Up {
				t.Fatalf("state %v between keep-alives", s)
			}
		}
	})
}

// TestPowerComesFromTheReadersTables: the numbers of one reader are not those of the next.
func TestPowerComesFromTheReadersTables(t *testing.T) {
	for power, index := range map[int]byte{500: 1, 1000: 1, 2500: 2, 3000: 3, 9999: 3} {
		play(t, llrp.Options{Power: power, Antennas: []int{3}}, greets, func(t *testing.T, sc scene) {
			pass(time.Second)
			// AntennaConfiguration of antenna 3 with hop table 2, no channel and the power's index.
			want := tlv(222, []byte{0, 3}, tlv(224, []byte{0, 2, 0, 0, 0, index}))
			if !bytes.Contains(sc.Added(), want) {
				t.Errorf("%d: %X misses %X", power, sc.Added(), want)
			}
		})
	}
	play(t, llrp.Options{}, greets, func(t *testing.T, sc scene) {
		pass(time.Second)
		if bytes.Contains(sc.Added(), []byte{0, 224, 0, 10}) || len(sc.Added()) == 0 {
			t.Errorf("%X sets a power nobody asked for", sc.Added())
		}
	})
}

// TestOneByteAtATime: however the bytes are cut, the life is the same.
func TestOneByteAtATime(t *testing.T) {
	play(t, llrp.Options{}, func(s sim) {
		s.Reply(llrp.GetROSpecs, nil) // what is asked into silence is not to be answered in the middle of a message
		for _, b := range (llrp.Message{Type: llrp.ReaderEventNotification, Body: llrpsim.Greeting(llrpsim.Connected)}).Append(nil) {
			s.Write([]byte{b})
		}
	}, func(t *testing.T, sc scene) {
		pass(time.Second)
		for _, b := range (llrp.Message{Type: llrp.ROAccessReport, Body: ownTag}).Append(nil) {
			sc.Write([]byte{b})
			pass(time.Second)
		}
		if sc.feed.Reads() != 1 || sc.feed.Last().Frames.Bad != 0 {
			t.Errorf("%d reads, status %+v", sc.feed.Reads(), sc.feed.Last())
		}
	})
}
