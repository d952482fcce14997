package recording_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/recording"
)

func epc(t *testing.T, s string) gs1.EPC {
	t.Helper()
	e, err := gs1.ParseEPC(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// record runs a recorder while do talks to it, and until everything is written.
func record(t *testing.T, o recording.Options, do func(*recording.Recorder)) {
	t.Helper()
	r := recording.New(o)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1) // one result
	do(r)
	go func() { ended <- r.Run(ctx) }()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatalf("Run: %v", err)
	}
}

func play(t *testing.T, text string) (all []recording.Reading, p *recording.Player) {
	t.Helper()
	p = recording.NewPlayer(strings.NewReader(text))
	for {
		r, err := p.Next()
		if errors.Is(err, io.EOF) {
			return all, p
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
}

func contents(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func compare(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b gs1.EPC) bool { return a == b })); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestWhatWasReadIsPlayedAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	start := time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	tag := devices.TagRead{Reader: "fr1", Antenna: 2, EPC: epc(t, "3034257BF7194E4000001A85"), RSSI: devices.DBm(-48.5), At: at(1)}
	mute := tag
	mute.RSSI, mute.At = devices.UnknownRSSI, at(2)
	status := devices.Status{Device: "fr1", State: devices.Silent, Reason: "no answer", Advice: "Check the power.", At: at(3)}
	seen := devices.Sighting{Gateway: "g1", ID: "somebody", RSSI: devices.DBm(-71), TxPower: devices.UnknownRSSI, At: at(4)}
	item := devices.Scan{Scanner: "s1", Kind: devices.ScanItem, GTIN: "00614141123452", Text: "0614141123452", Serial: "7", At: at(5)}
	person := devices.Scan{Scanner: "s1", Kind: devices.ScanCustomer, Text: "SR-C-4711", At: at(6)}
	record(t, recording.Options{Dir: dir, Now: func() time.Time { return start }}, func(r *recording.Recorder) {
		r.Tag(tag)
		r.Tag(mute)
		r.Status(status)
		r.Sighting(seen)
		r.Scan(item)
		r.Scan(person)
	})
	text := contents(t, filepath.Join(dir, recording.File))
	for _, secret := range []string{"somebody", "4711", "SR-C", `"7"`} {
		if strings.Contains(text, secret) {
			t.Errorf("the recording holds %q:\n%s", secret, text)
		}
	}
	seen.ID, item.Text, item.Serial, person.Text = "1", "", "", ""
	want := []recording.Reading{
		{At: at(1), Tag: &tag}, {At: at(2), Tag: &mute}, {At: at(3), Status: &status},
		{At: at(4), Sighting: &seen}, {At: at(5), Scan: &item}, {At: at(6), Scan: &person},
	}
	got, p := play(t, text)
	compare(t, "readings", want, got)
	if p.Bad() != 0 || p.Dropped() != 0 {
		t.Errorf("%d bad, %d dropped", p.Bad(), p.Dropped())
	}
}

func TestARadioTagKeepsItsAliasWithinARecordingOnly(t *testing.T) {
	dir := t.TempDir()
	tell := func(ids ...devices.RadioID) {
		record(t, recording.Options{Dir: dir}, func(r *recording.Recorder) {
			for _, id := range ids {
				r.Sighting(devices.Sighting{Gateway: "g", ID: id, At: time.Now()})
			}
		})
	}
	tell("a", "b", "a")
	tell("b")
	readings, _ := play(t, contents(t, filepath.Join(dir, recording.File)))
	var got []devices.RadioID
	for _, r := range readings {
		got = append(got, r.Sighting.ID)
	}
	compare(t, "aliases", []devices.RadioID{"1", "2", "1", "1"}, got)
}

func TestARecordingStaysWithinItsSize(t *testing.T) {
	dir := t.TempDir()
	const size = 4000
	read := devices.TagRead{Reader: "fr1", Antenna: 1, EPC: epc(t, "3034257BF7194E4000001A85"), RSSI: devices.DBm(-50)}
	record(t, recording.Options{Dir: dir, MaxSize: size}, func(r *recording.Recorder) {
		for i := range 500 {
			read.Antenna, read.At = i, time.Now()
			r.Tag(read)
		}
	})
	older, newer := contents(t, filepath.Join(dir, recording.Older)), contents(t, filepath.Join(dir, recording.File))
	if n := len(older) + len(newer); n > size || n < size/2 {
		t.Errorf("the files hold %d bytes", n)
	}
	readings, p := play(t, older+newer)
	for i, r := range readings {
		if want := 500 - len(readings) + i; r.Tag.Antenna != want {
			t.Fatalf("reading %d is number %d, want %d", i, r.Tag.Antenna, want)
		}
	}
	if len(readings) < 10 || p.Bad() != 0 {
		t.Errorf("%d readings, %d bad", len(readings), p.Bad())
	}
}

func TestAFloodIsDroppedAndSaidToBe(t *testing.T) {
	dir := t.TempDir()
	record(t, recording.Options{Dir: dir, Queue: 3}, func(r *recording.Recorder) {
		for range 20 {
			r.Status(devices.Status{Device: "a", State: devices.Up, At: time.Now()})
		}
	})
	readings, p := play(t, contents(t, filepath.Join(dir, recording.File)))
	if len(readings) != 3 || p.Dropped() != 17 {
		t.Errorf("%d readings, %d dropped", len(readings), p.Dropped())
	}
}

// A full disk leaves a hole, and the recording says how large it is.
func TestWhatAFullDiskHasTakenIsCounted(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, recording.File)
	if err := os.Symlink("/dev/full", file); err != nil {
		t.Fatal(err)
	}
	r := recording.New(recording.Options{Dir: dir})
	for range 5 {
		r.Status(devices.Status{Device: "a", State: devices.Up, At: time.Now()})
	}
	if err := r.Run(t.Context()); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("Run: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	r.Status(devices.Status{Device: "a", State: devices.Down, At: time.Now()})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("Run again: %v", err)
	}
	readings, p := play(t, contents(t, file))
	if len(readings) != 1 || p.Dropped() != 5 {
		t.Errorf("%d readings, %d dropped, want 1 and 5", len(readings), p.Dropped())
	}
}

func TestAFolderThatTakesNothingIsAnError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := recording.New(recording.Options{Dir: file}).Run(t.Context()); err == nil {
		t.Error("recorded into a file that is no folder")
	}
}

func TestWhatIsNoLineIsPassedOver(t *testing.T) {
	const begin = `{"begin":"2026-11-22T05:00:00Z","version":1}` + "\n"
	const up = `{"us":5,"status":{"device":"a","state":"up"}}` + "\n"
	for text, want := range map[string][2]int{
		"":         {0, 0},
		up:         {0, 1}, // nobody knows when
		begin + up: {1, 0},
		begin + up + up[:20] + "\n\n" + begin + up:                                                    {2, 1},
		begin + `{"us":1,"tag":{"reader":"a","antenna":1,"epc":"XY"}}` + "\n" + up:                    {1, 1},
		begin + `{"us":1,"status":{"device":"a","state":"asleep"}}` + "\n" + up:                       {1, 1},
		begin + `{"us":1,"sighting":{"gateway":"g","tag":"AC233FA03208"}}` + "\n" + up:                {1, 1},
		begin + `{"us":1,"scan":{"scanner":"s","kind":"item","gtin":"1"}}` + "\n" + up:                {1, 1},
		begin + `{"us":9223372036854775807,"status":{"device":"a","state":"up"}}` + "\n" + up:         {1, 1},
		begin + `{"us":1}` + "\n" + `[]` + "\n" + up:                                                  {1, 2},
		begin + up + `{"us":1,"dropped":4}` + "\n" + `{"us":7,"scan":{"scanner":"s","kind":"order"}}`: {2, 0},
	} {
		readings, p := play(t, text)
		if len(readings) != want[0] || p.Bad() != want[1] {
			t.Errorf("%s\ngave %d readings and %d bad lines, want %v", text, len(readings), p.Bad(), want)
		}
	}
	_, err := recording.NewPlayer(strings.NewReader(`{"begin":"2026-11-22T05:00:00Z","version":2}`)).Next()
	if !errors.Is(err, recording.ErrVersion) {
		t.Errorf("a later version: %v", err)
	}
}

// heard notes when readings come.
type heard struct{ at []time.Time }

func (h *heard) Tag(r devices.TagRead)       { h.at = append(h.at, r.At) }
func (h *heard) Status(s devices.Status)     { h.at = append(h.at, s.At) }
func (h *heard) Sighting(s devices.Sighting) { h.at = append(h.at, s.At) }
func (h *heard) Scan(s devices.Scan)         { h.at = append(h.at, s.At) }

func TestThePace(t *testing.T) {
	const text = `{"begin":"2026-11-22T05:00:00Z","version":1}
{"us":0,"status":{"device":"a","state":"up"}}
{"us":2000000,"tag":{"reader":"a","antenna":1,"epc":"3034257BF7194E4000001A85"}}
{"us":6000000,"sighting":{"gateway":"g","tag":"1"}}
{"us":6000000,"scan":{"scanner":"s","kind":"other"}}
`
	begin := time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		for speed, want := range map[float64][]time.Time{
			0: {begin, begin.Add(2 * time.Second), begin.Add(6 * time.Second), begin.Add(6 * time.Second)},
			2: {now, now.Add(time.Second), now.Add(3 * time.Second), now.Add(3 * time.Second)},
		} {
			var h heard
			offset := time.Since(now)
			if err := recording.NewPlayer(strings.NewReader(text)).Play(t.Context(), &h, speed); err != nil {
				t.Fatal(err)
			}
			for i, at := range h.at {
				if speed > 0 {
					at = at.Add(-offset)
				}
				if !at.Equal(want[i]) {
					t.Errorf("at speed %v reading %d comes at %v, want %v", speed, i, at, want[i])
				}
			}
			if len(h.at) != len(want) {
				t.Errorf("at speed %v %d readings came", speed, len(h.at))
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := recording.NewPlayer(strings.NewReader(text)).Play(ctx, &heard{}, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("stopped with %v", err)
		}
	})
}

func FuzzPlayer(f *testing.F) {
	f.Add(`{"begin":"2026-11-22T05:00:00Z","version":1}` + "\n" + `{"us":1,"tag":{"reader":"a","antenna":1,"epc":"3034257BF7194E4000001A85","rssi_dbm":-40}}`)
	f.Add(`{"us":1,"scan":{"kind":"item","gtin":"00614141123452"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		p := recording.NewPlayer(strings.NewReader(text))
		for range len(text) + 1 {
			r, err := p.Next()
			if err != nil {
				return
			}
			if r.Tag == nil && r.Status == nil && r.Sighting == nil && r.Scan == nil {
				t.Fatal("a reading of nothing")
			}
		}
		t.Fatal("more readings than bytes")
	})
}
