package llrp_test

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"showroom/devices/devicetest"
	"showroom/devices/rfid/llrp"
	"showroom/devices/sim/llrpsim"
)

// TestConformance: TCP neither loses nor damages bytes, so half a message is one whose frame is whole and whose tag is not.
func TestConformance(t *testing.T) {
	devicetest.Run(t, func(t *testing.T) devicetest.Bench {
		port, far := devicetest.Pipe(t)
		s := newSim(t, far)
		s.Reply(llrp.GetROSpecs, nil) // it says only what the test wants
		reader := llrp.New(llrp.Options{Device: "r1", SilentAfter: devicetest.Silence})
		s.Say(llrp.ReaderEventNotification, llrpsim.Greeting(llrpsim.Connected))
		frame := func(kind llrp.Type, body []byte) []byte { return llrp.Message{Type: kind, Body: body}.Append(nil) }
		return devicetest.Bench{
			Run: func(ctx context.Context, feed *devicetest.Feed) error { return reader.Run(ctx, port, feed) },
			Say: func(p []byte) {
				if !bytes.Equal(p, frame(llrp.KeepAlive, nil)) {
					// What is said before the inventory runs is of another one.
					awaitStart(t, s)
				}
				s.Write(p)
			},
			Unplug: func() { _ = far.Close() },
			Tag:    frame(llrp.ROAccessReport, ownTag),
			Half:   frame(llrp.ROAccessReport, ownTag[:len(ownTag)/2]),
			Alive:  frame(llrp.KeepAlive, nil),
			// A tag shorter than its own header.
			Garbage: frame(llrp.ROAccessReport, []byte{0, 240, 0, 3}),
		}
	})
}

func awaitStart(t testing.TB, s sim) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !slices.Contains(s.Requests(), llrp.EnableEventsAndReports); {
		if time.Now().After(deadline) {
			t.Fatal("the inventory is not started")
		}
		<-time.After(time.Millisecond)
	}
}
