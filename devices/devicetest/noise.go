package devicetest

import (
	"math/rand/v2"
	"testing"
	"time"

	"showroom/devices"
)

// A line that is disturbed for a minute: 400 bytes of noise a second.
const (
	noisePiece = 40
	noiseEvery = 100 * time.Millisecond
	noises     = 600
)

// Disturb has noise come over a line for a minute, between whatever the device of a driver that is up still says, and tells how that is
// to look: the driver goes over to silent for garbage, with an advice, and stays there. say writes to the line.
func Disturb(t *testing.T, feed *Feed, say func(p []byte)) {
	t.Helper()
	feed.WaitState(t, devices.Up)
	before := len(feed.Statuses())
	random := rand.New(rand.NewPCG(1, 1))
	for range noises {
		p := make([]byte, noisePiece)
		for i := range p {
			p[i] = byte(random.Uint32())
		}
		say(p)
		<-time.After(noiseEvery)
	}
	disturbed := false
	for _, s := range feed.Statuses()[before:] {
		switch {
		case s.State == devices.Silent && s.Reason == "garbage" && s.Advice != "":
			disturbed = true
		case disturbed || s.State != devices.Up:
			t.Fatalf("noise makes it %v for %q (told as disturbed before: %v)", s.State, s.Reason, disturbed)
		}
	}
	if !disturbed {
		t.Fatalf("a minute of noise is not told: %+v", feed.Last())
	}
}
