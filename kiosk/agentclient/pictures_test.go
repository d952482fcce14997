package agentclient_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"showroom/kiosk/agentclient"
)

// album serves files by their sha256 and counts how often each is asked for.
type album struct {
	files map[string][]byte
	asked atomic.Int32
	fail  atomic.Int32 // answer that many times with an error first
}

func (a *album) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.asked.Add(1)
	if a.fail.Add(-1) >= 0 {
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return
	}
	data, ok := a.files[r.URL.Path[len("/v1/pictures/"):]]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Write(data)
}

func (a *album) add(data []byte) string {
	sum := sha256.Sum256(data)
	id := hex.EncodeToString(sum[:])
	if a.files == nil {
		a.files = map[string][]byte{}
	}
	a.files[id] = data
	return id
}

func square(t *testing.T, side int, c color.Color) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := range side {
		img.Set(i, i, c)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// gallery is Pictures at work. Prepared pictures are plain, of the size asked for.
func gallery(t *testing.T, a *album, budget int64) *agentclient.Pictures {
	t.Helper()
	p := agentclient.NewPictures(client(t, serve(t, a), quick()), agentclient.PictureOptions{
		Prepare: func(_ image.Image, size image.Point) image.Image { return image.NewRGBA(image.Rectangle{Max: size}) },
		Budget:  budget,
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{}) // closed when Run returned
	go func() {
		defer close(done)
		p.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return p
}

// wait asks for a picture until it is there.
func wait(t *testing.T, p *agentclient.Pictures, sha string, size image.Point) image.Image {
	t.Helper()
	ready := make(chan struct{}, 1) // the one call of ready
	if img := p.Picture(sha, size, func() { ready <- struct{}{} }); img != nil {
		return img
	}
	select {
	case <-ready:
	case <-time.After(time.Minute):
		t.Fatal("the picture does not come")
	}
	img := p.Picture(sha, size, func() {})
	if img == nil {
		t.Fatal("ready, and not there")
	}
	return img
}

func TestAPictureIsFetchedOnceForEachSize(t *testing.T) {
	a := &album{}
	sha := a.add(square(t, 20, color.Black))
	p := gallery(t, a, 0)
	for range 3 {
		if got := wait(t, p, sha, image.Pt(10, 12)).Bounds().Size(); got != image.Pt(10, 12) {
			t.Errorf("size %v", got)
		}
	}
	wait(t, p, sha, image.Pt(30, 30))
	if got := a.asked.Load(); got != 2 {
		t.Errorf("fetched %d times for two sizes", got)
	}
}

func TestTheLeastRecentlyUsedGoesFirst(t *testing.T) {
	a := &album{}
	one, two, three := a.add(square(t, 10, color.Black)), a.add(square(t, 11, color.Black)), a.add(square(t, 12, color.Black))
	p := gallery(t, a, 2*4*100*100)
	size := image.Pt(100, 100)
	wait(t, p, one, size)
	wait(t, p, two, size)
	wait(t, p, one, size)
	wait(t, p, three, size)
	if p.Picture(one, size, func() {}) == nil {
		t.Error("the one used last but one is gone")
	}
	before := a.asked.Load()
	wait(t, p, two, size)
	if a.asked.Load() != before+1 {
		t.Error("more was kept than the budget allows")
	}
}

func TestAPictureThatFailsForAWhileComes(t *testing.T) {
	a := &album{}
	sha := a.add(square(t, 20, color.Black))
	a.fail.Store(1)
	wait(t, gallery(t, a, 0), sha, image.Pt(10, 10))
}

func TestHostilePicturesHurtNobody(t *testing.T) {
	a := &album{}
	bad := map[string]string{
		"not there":    hex.EncodeToString(make([]byte, 32)),
		"no picture":   a.add([]byte("<html>")),
		"huge":         a.add(make([]byte, 11<<20)),
		"bomb":         a.add(bomb(t)),
		"cut off":      a.add(square(t, 200, color.White)[:120]),
		"empty":        a.add(nil),
		"other bytes":  hex.EncodeToString(bytes.Repeat([]byte{7}, 32)),
		"no sha":       "../../etc/passwd",
		"short sha":    "ab",
		"not even hex": "zz",
	}
	a.files[bad["other bytes"]] = square(t, 10, color.Black)
	good := a.add(square(t, 20, color.Black))
	p := gallery(t, a, 0)
	for name, sha := range bad {
		if p.Picture(sha, image.Pt(10, 10), func() { t.Errorf("%s is ready", name) }) != nil {
			t.Errorf("%s is there", name)
		}
	}
	for _, size := range []image.Point{{0, 10}, {-1, 10}, {10, 1 << 30}} {
		if p.Picture(good, size, func() { t.Errorf("%v is ready", size) }) != nil {
			t.Errorf("%v is there", size)
		}
	}
	wait(t, p, good, image.Pt(10, 10))
}

// bomb is a small PNG that says it has 60000 by 60000 pixels.
func bomb(t *testing.T) []byte {
	b := square(t, 10, color.Black)
	binary.BigEndian.PutUint32(b[16:], 60000)
	binary.BigEndian.PutUint32(b[20:], 60000)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

func TestWishesAreForgottenOldestFirst(t *testing.T) {
	a := &album{}
	sha := a.add(square(t, 20, color.Black))
	a.fail.Store(1 << 30) // nothing comes
	p := gallery(t, a, 0)
	for i := range 500 {
		p.Picture(sha, image.Pt(1+i, 10), func() {})
	}
	a.fail.Store(0)
	wait(t, p, sha, image.Pt(600, 10))
}
