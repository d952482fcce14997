package screen_test

import (
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"showroom/kiosk/screen/panel"
)

// update writes the goldens anew: go test ./kiosk/screen -update. Look at every one before committing it.
var update = flag.Bool("update", false, "write the golden pictures anew")

func TestScenesLookAsTheyDid(t *testing.T) {
	shop := openShop(t)
	// Each page has a golden in English too; the other tests see every scene in both languages.
	var english []string
	for _, sc := range checkoutScenes() {
		english = append(english, sc.name)
	}
	english = append(english, "idle", "room-empty", "room-four", "room-fault-offline", "garment-to-bring", "garment-unavailable", "leave",
		"room-to-checkout", "room-to-checkout-full", "room-to-checkout-unavailable", "room-to-checkout-offline", "room-to-checkout-refused", "transfer", "transfer-wait",
		"scan-piece", "scan-unknown", "scan-unreadable", "scan-customer", "scan-receipt", "scan-order", "scan-other", "capture-room", "capture-garment")
	for _, p := range panel.Profiles() {
		st := newStage(t, shop, p)
		for _, language := range []string{"tr", "en"} {
			for _, sc := range append(scenes(), checkoutScenes()...) {
				if language == "en" && !slices.Contains(english, sc.name) {
					continue
				}
				name := fmt.Sprintf("%s-%s-%dx%d", sc.name, language, p.Width, p.Height)
				t.Run(name, func(t *testing.T) {
					st.screen.Render(sc.build(shop, language))
					compare(t, name, st.canvas.Capture())
				})
			}
		}
	}
}

// compare holds a picture against its golden: pixel for pixel on amd64, where the goldens were made, and with a little room for
// other machines' arithmetic elsewhere. A picture that differs is written to testdata/failed.
func compare(t *testing.T, name string, got image.Image) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name+".png")
	if *update {
		write(t, path, got)
		return
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		write(t, filepath.Join("testdata", "failed", name+".png"), got)
		t.Fatalf("there is no golden %s; the picture is in testdata/failed", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := png.Decode(f)
	if err != nil {
		t.Fatalf("golden %s: %v", path, err)
	}
	if got.Bounds() != want.Bounds() {
		t.Fatalf("the picture is %v, the golden %v", got.Bounds(), want.Bounds())
	}
	different, far := difference(got, want)
	total := got.Bounds().Dx() * got.Bounds().Dy()
	if different == 0 || runtime.GOARCH != "amd64" && far*500 < total {
		return
	}
	write(t, filepath.Join("testdata", "failed", name+".png"), got)
	t.Errorf("%d of %d pixels differ, %d of them by much; see testdata/failed", different, total, far)
}

// difference counts the pixels that differ at all, and those that differ by more than an eye forgives.
func difference(a, b image.Image) (different, far int) {
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			d := apart(r1, r2) + apart(g1, g2) + apart(b1, b2)
			if d > 0 {
				different++
			}
			if d > 24<<8 {
				far++
			}
		}
	}
	return different, far
}

func apart(a, b uint32) uint32 {
	if a > b {
		return a - b
	}
	return b - a
}

func write(t *testing.T, path string, img image.Image) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := errors.Join(enc.Encode(f, img), f.Close()); err != nil {
		t.Fatal(err)
	}
}
