package okc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/link"
	"showroom/devices/pos/okc"
)

// far is the other end of a wire at which a test says what is answered.
type far struct {
	conn net.Conn
	feed devicetest.Feed
	// run is what Run answered.
	run chan error
}

// wire plugs a Line to a device that answers as it is told; with nil it says nothing.
func wire(t *testing.T, o okc.Options, answer func(okc.Request, uint32) []byte) (*okc.Terminal, *far) {
	near, other := net.Pipe()
	f := &far{conn: other, run: make(chan error, 1)}
	o.Device = "okc1"
	terminal := okc.New(o)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { f.run <- terminal.Run(ctx, link.FromConn("okc1", near, 50*time.Millisecond), &f.feed) })
	all.Go(func() {
		var d okc.Decoder
		buf := make([]byte, 4096)
		for {
			n, err := other.Read(buf)
			if err != nil {
				return
			}
			d.Feed(buf[:n])
			for frame, ok := d.Next(); ok; frame, ok = d.Next() {
				r, err := okc.ParseRequest(frame.Body)
				if err != nil {
					t.Error(err)
				}
				if p := answer(r, frame.Seq); len(p) > 0 {
					all.Go(func() { _, _ = other.Write(p) }) // the till may be writing too
				}
			}
		}
	})
	t.Cleanup(func() { cancel(); _ = other.Close(); all.Wait(); _ = near.Close() })
	return terminal, f
}

func say(t *testing.T, seq uint32, a okc.Answer) []byte {
	t.Helper()
	body, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return okc.AppendFrame(nil, seq, body)
}

// willing answers all but what a test is about.
func willing(t *testing.T, other func(okc.Request, uint32) []byte) func(okc.Request, uint32) []byte {
	return func(r okc.Request, seq uint32) []byte {
		switch r.Ask {
		case okc.AskStatus:
			return say(t, seq, okc.Answer{Say: okc.SayStatus, Status: &okc.Status{Paper: okc.PaperFine}})
		case okc.AskParameters:
			return say(t, seq, okc.Answer{Say: okc.SayParameters, Parameters: &okc.Parameters{Currency: "TRY", Groups: []okc.Group{{Group: 1, BasisPoints: 2000}}}})
		}
		return other(r, seq)
	}
}

// TestUnheardEndsTheConnection: what is answered too late must not be taken for the answer to something else.
func TestUnheardEndsTheConnection(t *testing.T) {
	stray := okc.Document{ID: "s0", State: okc.Closed}
	for name, answer := range map[string]func(okc.Request, uint32) []byte{
		"says nothing": func(okc.Request, uint32) []byte { return nil },
		"speaks of others": func(_ okc.Request, seq uint32) []byte {
			return say(t, seq, okc.Answer{Say: okc.SayDocument, Document: &stray})
		},
		"accepts, and is silent": func(_ okc.Request, seq uint32) []byte {
			return say(t, seq, okc.Answer{Say: okc.SayAccepted})
		},
		"answers damaged": func(_ okc.Request, seq uint32) []byte {
			return bytes.Replace(say(t, seq, okc.Answer{Say: okc.SayAccepted}), []byte("acc"), []byte("bcc"), 1)
		},
		"answers somebody else": func(_ okc.Request, seq uint32) []byte {
			return say(t, seq+1000, okc.Answer{Say: okc.SayDocument, Document: &okc.Document{ID: "s1", State: okc.Closed}})
		},
		"babbles": func(_ okc.Request, seq uint32) []byte {
			return bytes.Repeat(say(t, seq, okc.Answer{Say: okc.SayProgress, Progress: &okc.Progress{Code: "x"}}), 100)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				terminal, f := wire(t, okc.Options{}, willing(t, answer))
				f.feed.WaitState(t, devices.Up)
				slow := func(showroom.Progress) { <-time.After(time.Second) }
				if r := terminal.Settle(t.Context(), payment(t, "s1", line(1, 10_000, 20)), slow); r.Outcome != showroom.Unknown {
					t.Errorf("%+v", r)
				}
				want := devices.Silent
				if name == "babbles" || name == "speaks of others" { // it says something, and nothing that can be used
					want = devices.Down
				}
				err := <-f.run
				if _, ok := errors.AsType[*devices.Error](err); !ok {
					t.Errorf("the connection ended with %v", err)
				}
				if last := f.feed.Last(); last.State != want || last.Advice == "" {
					t.Errorf("last status %+v", last)
				}
			})
		})
	}
}

// TestARefusalOfWhatWasBegun is none: money may have moved meanwhile.
func TestARefusalOfWhatWasBegun(t *testing.T) {
	for name, c := range map[string]struct {
		first okc.Answer
		want  showroom.Outcome
	}{
		"at once":           {okc.Answer{}, showroom.Declined},
		"after it accepted": {okc.Answer{Say: okc.SayAccepted}, showroom.Unknown},
		"after it spoke":    {okc.Answer{Say: okc.SayProgress, Progress: &okc.Progress{Code: "present_card"}}, showroom.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				terminal, f := wire(t, okc.Options{}, willing(t, func(_ okc.Request, seq uint32) []byte {
					refusal := say(t, seq, okc.Answer{Say: okc.SayRefused, Refusal: &okc.Refusal{Reason: showroom.DeclinedBusy}})
					if c.first.Say == "" {
						return refusal
					}
					return append(say(t, seq, c.first), refusal...)
				}))
				f.feed.WaitState(t, devices.Up)
				if r := terminal.Settle(t.Context(), payment(t, "s1", line(1, 10_000, 20)), nil); r.Outcome != c.want {
					t.Errorf("%+v, want %q", r, c.want)
				}
			})
		})
	}
}

func TestRecoverIsNotMisled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		terminal, f := wire(t, okc.Options{}, willing(t, func(_ okc.Request, seq uint32) []byte {
			return say(t, seq, okc.Answer{Say: okc.SayDocument, Document: &okc.Document{ID: "s0", State: okc.Unpaid}})
		}))
		f.feed.WaitState(t, devices.Up)
		if r := terminal.Recover(t.Context(), payment(t, "s1", line(1, 10_000, 20))); r.Outcome != showroom.Unknown {
			t.Errorf("the document of another basket: %+v", r)
		}
	})
}

func TestNoiseIsCountedAndTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, f := wire(t, okc.Options{}, func(okc.Request, uint32) []byte { return []byte("login: \n{}\n") })
		f.feed.WaitState(t, devices.Silent)
		if last := f.feed.Last(); last.Reason != "garbage" || last.Advice == "" || last.Frames.Bad == 0 || last.Frames.Good != 0 {
			t.Errorf("%+v", last)
		}
	})
}

func TestSoundFramesWithoutSense(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, f := wire(t, okc.Options{}, func(r okc.Request, seq uint32) []byte {
			return append(okc.AppendFrame(nil, seq, []byte(`{"say":"document"}`)), say(t, seq, okc.Answer{Say: okc.SayStatus, Status: &okc.Status{}})...)
		})
		f.feed.WaitState(t, devices.Up)
		f.feed.Wait(t, "the frame to be counted", func() bool { return f.feed.Last().Frames.Bad > 0 })
	})
}

func TestDeviceThatIsNotThereAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, f := wire(t, okc.Options{}, func(okc.Request, uint32) []byte { return nil })
		f.feed.WaitState(t, devices.Silent)
		_ = f.conn.Close()
		if err := <-f.run; err == nil {
			t.Error("without a device Run goes on")
		}
		if last := f.feed.Last(); last.State != devices.Silent || last.Reason != "no answer" {
			t.Errorf("a port that is lost says nothing new of it: %+v", last)
		}
	})
}
