package thingmagic_test

import (
	"context"
	"io"
	"testing"

	"showroom/devices/devicetest"
	"showroom/devices/link"
	"showroom/devices/rfid/thingmagic"
)

func TestConformanceOverPipe(t *testing.T) {
	devicetest.Run(t, func(t *testing.T) devicetest.Bench {
		port, far := devicetest.Pipe(t)
		return bench(t, port, far)
	})
}

func TestConformanceOverPTY(t *testing.T) {
	devicetest.Run(t, func(t *testing.T) devicetest.Bench {
		port, far := devicetest.PTY(t)
		return bench(t, port, far)
	})
}

// bench is a module that answers nothing and says what the test wants.
func bench(t *testing.T, port *link.Port, far io.ReadWriteCloser) devicetest.Bench {
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		_, _ = io.Copy(io.Discard, far)
	}()
	t.Cleanup(func() { _ = far.Close(); <-heard })
	reader := thingmagic.New(thingmagic.Options{Device: "r1", SilentAfter: devicetest.Silence})
	tag := thingmagic.TagFrame(tagOf(epc(t, ownEPC))).Append(nil)
	return devicetest.Bench{
		Run: func(ctx context.Context, feed *devicetest.Feed) error { return reader.Run(ctx, port, feed) },
		Say: func(p []byte) {
			if _, err := far.Write(p); err != nil {
				t.Errorf("say: %v", err)
			}
		},
		Unplug: func() { _ = far.Close() },
		Tag:    tag,
		Half:   tag[:len(tag)/2],
		Alive:  keepAlive.Append(nil),
	}
}
