package r2000_test

import (
	"context"
	"io"
	"testing"

	"showroom/devices/devicetest"
	"showroom/devices/link"
	"showroom/devices/rfid/r2000"
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
	reader := r2000.New(r2000.Options{Device: "r1", SilentAfter: devicetest.Silence})
	tag := r2000.TagFrame(1, tagOf(epc(t, ownEPC))).Append(nil)
	b := devicetest.OverPort(t, far)
	b.Run = func(ctx context.Context, feed *devicetest.Feed) error { return reader.Run(ctx, port, feed) }
	b.Tag, b.Half = tag, tag[:len(tag)/2]
	b.Alive = r2000.RoundEndFrame(1, r2000.RoundEnd{}).Append(nil)
	b.Garbage = []byte{0x55, 0x00, 0x7E, 0x31}
	return b
}
