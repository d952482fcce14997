package agentclient

import (
	"bytes"
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // the pictures of shops
	_ "image/png"
	"io"
	"net/http"
	"sync"
	"time"

	"showroom/agent/localapi"
)

// PictureOptions are the limits of Pictures.
type PictureOptions struct {
	// Prepare makes what is shown of a decoded picture, exactly size large. It is called on a worker and must not keep its input.
	Prepare func(src image.Image, size image.Point) image.Image
	Budget  int64 // bytes of prepared pictures kept; 0 is 48 MB
	Workers int   // 0 is 2
}

// Limits of a picture file. A shop's photograph is far below; anything above could only harm.
const (
	maxPictureBytes  = 10 << 20
	maxPicturePixels = 24 << 20
	maxShownSide     = 4096
	maxWaiting       = 64 // pictures asked for and not there yet
	maxTries         = 20
)

var errBadPicture = errors.New("the picture can not be shown")

// Pictures fetches, decodes and prepares pictures in the background, newest wish first, and keeps the most recently used ones.
// Its methods are safe for concurrent use.
type Pictures struct {
	client  *Client
	options PictureOptions

	mu      sync.Mutex // guards what follows
	kept    map[pictureKey]*list.Element
	recent  *list.List // of *keptPicture, most recently used first
	bytes   int64
	waiting []*wish // oldest first
	bad     map[string]time.Time
	wake    chan struct{} // capacity 1: a hint that waiting changed; when full the hint is there already
}

type pictureKey struct {
	sha  string
	size image.Point
}

type keptPicture struct {
	key   pictureKey
	img   image.Image
	bytes int64
}

// wish is a picture somebody waits for.
type wish struct {
	key    pictureKey
	ready  []func()
	taken  bool
	tries  int
	notYet time.Time
}

// NewPictures makes an empty cache. Nothing is fetched until Run.
func NewPictures(c *Client, o PictureOptions) *Pictures {
	if o.Budget <= 0 {
		o.Budget = 48 << 20
	}
	if o.Workers <= 0 {
		o.Workers = 2
	}
	return &Pictures{client: c, options: o, kept: map[pictureKey]*list.Element{}, recent: list.New(), bad: map[string]time.Time{},
		wake: make(chan struct{}, 1)}
}

// Picture answers the picture at that size, or nil while it is not at hand. Then it is fetched, and ready called once it is there,
// on a worker's goroutine. When more than 64 pictures are waited for, the oldest wish is dropped and its ready never called; so it
// is for a picture that does not exist or can not be decoded.
func (p *Pictures) Picture(sha string, size image.Point, ready func()) image.Image {
	if !isSHA256(sha) || size.X <= 0 || size.Y <= 0 || size.X > maxShownSide || size.Y > maxShownSide {
		return nil
	}
	key := pictureKey{sha, size}
	p.mu.Lock()
	defer p.mu.Unlock()
	if e, ok := p.kept[key]; ok {
		p.recent.MoveToFront(e)
		return e.Value.(*keptPicture).img
	}
	if until, ok := p.bad[sha]; ok && time.Now().Before(until) {
		return nil
	}
	for _, w := range p.waiting {
		if w.key == key {
			w.ready = append(w.ready, ready)
			return nil
		}
	}
	p.waiting = append(p.waiting, &wish{key: key, ready: []func(){ready}})
	if len(p.waiting) > maxWaiting {
		p.waiting = append([]*wish(nil), p.waiting[1:]...)
	}
	p.hint()
	return nil
}

func (p *Pictures) hint() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Run fetches until ctx ends, and then returns its error.
func (p *Pictures) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	for range p.options.Workers {
		workers.Go(func() { p.work(ctx) })
	}
	workers.Wait()
	return ctx.Err()
}

func (p *Pictures) work(ctx context.Context) {
	for ctx.Err() == nil {
		w, wait := p.take(time.Now())
		if w == nil {
			p.sleep(ctx, wait)
			continue
		}
		img, err := p.fetch(ctx, w.key)
		for _, ready := range p.settle(w, img, err, time.Now()) {
			ready()
		}
	}
}

func (p *Pictures) sleep(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-p.wake:
	case <-timer.C:
	}
}

// take answers the newest wish that is due, or how long until one is.
func (p *Pictures) take(now time.Time) (*wish, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wait := time.Minute
	for i := len(p.waiting) - 1; i >= 0; i-- {
		w := p.waiting[i]
		if w.taken {
			continue
		}
		if d := w.notYet.Sub(now); d > 0 {
			wait = min(wait, d)
			continue
		}
		w.taken = true
		p.hint() // there may be more for another worker
		return w, 0
	}
	return nil, wait
}

// settle notes what became of a wish and answers who to tell.
func (p *Pictures) settle(w *wish, img image.Image, err error, now time.Time) []func() {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.taken = false
	w.tries++
	if err != nil && !errors.Is(err, errBadPicture) && w.tries < maxTries {
		w.notYet = now.Add(min(time.Second<<min(w.tries, 5), 30*time.Second))
		return nil
	}
	for i, other := range p.waiting {
		if other == w {
			p.waiting = append(append([]*wish(nil), p.waiting[:i]...), p.waiting[i+1:]...)
			break
		}
	}
	if err != nil {
		clear(p.bad) // a handful at most; an old one is tried again, which does no harm
		p.bad[w.key.sha] = now.Add(time.Minute)
		return nil
	}
	p.keep(w.key, img)
	return w.ready
}

func (p *Pictures) keep(key pictureKey, img image.Image) {
	k := &keptPicture{key: key, img: img, bytes: 4 * int64(key.size.X) * int64(key.size.Y)}
	p.kept[key] = p.recent.PushFront(k)
	p.bytes += k.bytes
	for p.bytes > p.options.Budget && p.recent.Len() > 1 {
		old := p.recent.Remove(p.recent.Back()).(*keptPicture)
		delete(p.kept, old.key)
		p.bytes -= old.bytes
	}
}

// fetch gets one picture. errBadPicture means that trying again is of no use.
func (p *Pictures) fetch(ctx context.Context, key pictureKey) (img image.Image, err error) {
	data, err := p.client.file(ctx, key.sha)
	if err != nil {
		return nil, err
	}
	// A decoder that meets a file nobody thought of must not take the kiosk down.
	defer func() {
		if r := recover(); r != nil {
			img, err = nil, fmt.Errorf("%w: %v", errBadPicture, r)
		}
	}()
	src, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBadPicture, err)
	}
	return p.options.Prepare(src, key.size), nil
}

func decode(data []byte) (image.Image, error) {
	head, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if head.Width <= 0 || head.Height <= 0 || int64(head.Width)*int64(head.Height) > maxPicturePixels {
		return nil, fmt.Errorf("%d by %d pixels is too large", head.Width, head.Height)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	return img, err
}

// file gets the bytes of a picture and checks that they are the ones asked for.
func (c *Client) file(ctx context.Context, sha string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Attempt)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url(localapi.PathPicture, "sha256", sha), nil)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone {
		return nil, fmt.Errorf("%w: it does not exist", errBadPicture)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("get picture: the agent answered %s", resp.Status)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxPictureBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	if len(data) > maxPictureBytes {
		return nil, fmt.Errorf("%w: it has more than %d bytes", errBadPicture, maxPictureBytes)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != sha {
		return nil, fmt.Errorf("%w: its bytes are not those of its name", errBadPicture)
	}
	return data, nil
}

func isSHA256(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == sha256.Size
}
