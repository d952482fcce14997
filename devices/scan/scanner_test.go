package scan_test

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/link"
	"showroom/devices/scan"
)

// texts is what the codes said.
func texts(f *devicetest.Feed) (all []string) {
	for _, s := range f.Scans() {
		all = append(all, s.Text)
	}
	return all
}

type scene struct {
	t    *testing.T
	far  net.Conn
	feed *devicetest.Feed
	stop func() error // cancels the driver and answers what it returned
}

// play runs a story in a bubble: a driver with a scanner on the other end of its line.
func play(t *testing.T, o scan.Options, story func(t *testing.T, s scene)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		port, far := devicetest.Pipe(t)
		s := scene{t: t, far: far, feed: &devicetest.Feed{}}
		o.Device = "s1"
		scanner := scan.New(o)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- scanner.Run(ctx, port, s.feed) }()
		s.stop = sync.OnceValue(func() error { cancel(); return <-done })
		defer s.stop()
		synctest.Wait()
		story(t, s)
	})
}

// says sends text and lets time pass.
func (s scene) says(text string, then time.Duration) {
	s.t.Helper()
	if _, err := io.WriteString(s.far, text); err != nil {
		s.t.Fatal(err)
	}
	<-time.After(then)
	synctest.Wait()
}

func (s scene) wantTexts(want ...string) {
	s.t.Helper()
	if diff := cmp.Diff(want, texts(s.feed)); diff != "" {
		s.t.Errorf("codes -want +got:\n%s", diff)
	}
}

func TestScanSaysWhatWasShown(t *testing.T) {
	play(t, scan.Options{Rules: rules()}, func(t *testing.T, s scene) {
		if s.feed.Last().State != devices.Up {
			t.Errorf("a connected scanner that nobody uses is %v", s.feed.Last().State)
		}
		at := time.Now()
		s.says("]C10109506000134352", 0)
		s.says("21A1\r\n", time.Second)
		want := []devices.Scan{{Scanner: "s1", Kind: devices.ScanItem, GTIN: "09506000134352", Serial: "A1", Text: "010950600013435221A1", At: at}}
		if diff := cmp.Diff(want, s.feed.Scans()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		s.says("NR\r\n]E04006381333932\r\n", 2*time.Second)
		last := s.feed.Last()
		if want := (devices.Frames{Good: 2, Bad: 1}); last.Frames != want || last.State != devices.Up || last.LastData.IsZero() {
			t.Errorf("status %+v, want frames %+v", last, want)
		}
		if got := s.feed.Scans()[1:]; len(got) != 2 || got[0].Kind != devices.ScanUnreadable || got[1].Kind != devices.ScanUnreadable || got[1].Text != "" {
			t.Errorf("what could not be read is %+v", got)
		}
		if err := s.stop(); !errors.Is(err, context.Canceled) || s.feed.Last().State != devices.Down {
			t.Errorf("stopped with %v and %v", err, s.feed.Last())
		}
	})
}

func TestTheSameLabelIsOneShowing(t *testing.T) {
	play(t, scan.Options{}, func(_ *testing.T, s scene) {
		for range 5 { // it lies in the beam
			s.says("A\r", time.Second)
		}
		s.says("B\rA\rB\r", time.Second) // another beside it
		s.wantTexts("A", "B")
		s.says("", 500*time.Millisecond)
		s.says("A\r", 0)
		synctest.Wait()
		s.wantTexts("A", "B", "A")
	})
	play(t, scan.Options{Repeat: -1}, func(_ *testing.T, s scene) {
		s.says("A\rA\rA\r", time.Second)
		s.wantTexts("A", "A", "A")
	})
}

// TestManyLabelsAtOnce: the memory for repeats is bounded, and forgets the oldest.
func TestManyLabelsAtOnce(t *testing.T) {
	play(t, scan.Options{}, func(t *testing.T, s scene) {
		for c := 'a'; c <= 'z'; c++ {
			s.says(string(c)+"\r", 0)
		}
		s.says("z\r", time.Second)
		if n := len(texts(s.feed)); n != 26 {
			t.Errorf("%d showings, want 26", n)
		}
	})
}

// TestAFailedReadingIsOneShowing: a scanner that says over and over that it sees nothing is one sentence for the shopper.
func TestAFailedReadingIsOneShowing(t *testing.T) {
	play(t, scan.Options{}, func(t *testing.T, s scene) {
		for range 5 {
			s.says("NR\r", time.Second)
		}
		s.says("4006381333931\r", time.Second)
		if got := s.feed.Scans(); len(got) != 2 || got[0].Kind != devices.ScanUnreadable || got[1].Kind != devices.ScanItem {
			t.Errorf("shown %+v", got)
		}
	})
}

func TestPauseIsAnEnd(t *testing.T) {
	play(t, scan.Options{Gap: 50 * time.Millisecond}, func(_ *testing.T, s scene) {
		s.says("40063", 20*time.Millisecond)
		s.says("81333931", time.Second)
		s.says("96385074", time.Second)
		s.wantTexts("4006381333931", "96385074")
	})
	play(t, scan.Options{}, func(t *testing.T, s scene) {
		s.says("40063", 2*time.Second)
		s.says("96385074\r", 2*time.Second)
		s.wantTexts("96385074")
		if want := (devices.Frames{Good: 1, Bad: 1, Skipped: 5}); s.feed.Last().Frames != want {
			t.Errorf("counted %+v, want %+v", s.feed.Last().Frames, want)
		}
	})
}

// A whole page in a square code is longer than anything that is read here, and whoever shows it waits for a word.
func TestACodeThatIsTooLongCanNotBeRead(t *testing.T) {
	play(t, scan.Options{}, func(t *testing.T, s scene) {
		page := "https://example.com/?q=" + strings.Repeat("şey", 1700) + "\r"
		for range 6 {
			s.says(page[:3000], 0)
			s.says(page[3000:], 2*time.Second)
		}
		got := s.feed.Scans()
		if len(got) != 6 || got[0].Kind != devices.ScanUnreadable || got[0].Text != "" || s.feed.Last().State != devices.Up || s.feed.Last().Frames.Bad != 6 {
			t.Errorf("of six there are %+v, and the scanner is %+v", got, s.feed.Last())
		}
	})
}

func TestGarbageIsAFault(t *testing.T) {
	play(t, scan.Options{}, func(t *testing.T, s scene) {
		s.says("\xff\x00\r\xff\r\xff\r\xff\r", time.Second)
		if s.feed.Last().State != devices.Up {
			t.Errorf("a little noise is %v", s.feed.Last())
		}
		s.says("ok\r\xff\r", time.Second)
		if s.feed.Last().State != devices.Up {
			t.Errorf("noise with sense in between is %v", s.feed.Last())
		}
		for range 4 {
			s.says("\xff\xfe", time.Second)
		}
		if last := s.feed.Last(); last.State != devices.Fault || last.Reason == "" || last.Advice == "" {
			t.Errorf("nothing but noise is %+v", last)
		}
		s.says("ok\r", time.Second)
		if s.feed.Last().State != devices.Up {
			t.Errorf("sense after noise is %v", s.feed.Last())
		}
	})
}

// The engineer who plugs in a scanner as it left the factory is told what it lacks.
func TestCodesWithoutAnEndAreSaidToBe(t *testing.T) {
	play(t, scan.Options{}, func(t *testing.T, s scene) {
		s.says("40063", time.Second)
		if s.feed.Last().State != devices.Up {
			t.Errorf("a single piece of a code is %+v", s.feed.Last())
		}
		s.says("4006381333931\r", time.Second)
		s.says("4006381333931", time.Second)
		s.says("96385074", time.Second)
		last := s.feed.Last()
		if last.State != devices.Fault || last.Reason != "no end" || !strings.Contains(last.Advice, "gap") {
			t.Errorf("codes without an end are %+v", last)
		}
		s.says("96385074\r", time.Second)
		if s.feed.Last().State != devices.Up {
			t.Errorf("a code with an end is %+v", s.feed.Last())
		}
		s.wantTexts("4006381333931", "96385074")
	})
}

func TestConformance(t *testing.T) {
	bench := func(t *testing.T, port *link.Port, far io.ReadWriteCloser) devicetest.Bench {
		scanner := scan.New(scan.Options{Device: "s1", Repeat: -1, SilentAfter: 2 * devicetest.Silence})
		code := []byte("]E04006381333931\r\n")
		b := devicetest.OverPort(t, far)
		b.Run = func(ctx context.Context, feed *devicetest.Feed) error { return scanner.Run(ctx, port, feed) }
		b.Tag, b.Half = code, slices.Clone(code[:8])
		b.Alive = []byte("NR\r\n")
		b.Garbage = []byte("\xFF\xFE\r\n")
		return b
	}
	t.Run("pipe", func(t *testing.T) {
		devicetest.Run(t, func(t *testing.T) devicetest.Bench {
			port, far := devicetest.Pipe(t)
			return bench(t, port, far)
		})
	})
	t.Run("pty", func(t *testing.T) {
		devicetest.Run(t, func(t *testing.T) devicetest.Bench {
			port, far := devicetest.PTY(t)
			return bench(t, port, far)
		})
	})
}

// A label with two codes is read in one sweep, by a scanner that sends no end.
func TestTwoCodesInOneSweepAreTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := scan.Options{Device: "s1", Gap: 50 * time.Millisecond}
		near, far := net.Pipe()
		port := link.FromConn("s1", near, o.Idle())
		feed := &devicetest.Feed{}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- scan.New(o).Run(ctx, port, feed) }()
		s := scene{t: t, far: far, feed: feed}
		s.says("4006381333931", 80*time.Millisecond)
		s.says("40123455", time.Second)
		s.wantTexts("4006381333931", "40123455")
		cancel()
		if err := errors.Join(port.Close(), far.Close()); err != nil {
			t.Error(err)
		}
		<-done
	})
}
