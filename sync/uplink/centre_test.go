package uplink_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"testing"
	"time"

	"showroom/sync/profileapi"
)

// centre is a central service in memory, which behaves as the real one and can be made to fail.
type centre struct {
	mu    sync.Mutex
	d     *profileapi.Decompressor
	lanes map[string][]profileapi.Event
	sent  []string // lane of every batch, accepted or not
	times []time.Time
	most  int // events in the largest batch
	fail  func(b profileapi.Batch) error
	after func(b profileapi.Batch) error // once it is stored: a lost answer
}

func newCentre(t *testing.T) *centre {
	t.Helper()
	d, err := profileapi.NewDecompressor(profileapi.MaxBatchBytes)
	if err != nil {
		t.Fatal(err)
	}
	return &centre{d: d, lanes: map[string][]profileapi.Event{}}
}

func (c *centre) Ingest(_ context.Context, b profileapi.Batch) (profileapi.IngestResult, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := b.Epoch + "/" + b.Lane
	c.sent, c.times = append(c.sent, k), append(c.times, time.Now())
	if c.fail != nil {
		if err := c.fail(b); err != nil {
			return profileapi.IngestResult{}, err
		}
	}
	plain, err := c.d.Decompress(b.Body)
	if err != nil {
		return profileapi.IngestResult{}, err
	}
	events, err := profileapi.DecodeBatch(plain)
	if err != nil {
		return profileapi.IngestResult{}, err
	}
	if has := c.end(k); b.From != has+1 {
		p := &profileapi.Problem{Type: profileapi.TypeOutOfOrder, Title: "no", Status: 409, ExpectedSeq: has + 1}
		if has > 0 {
			p.LastSHA256 = sum(c.lanes[k][len(c.lanes[k])-1])
		}
		return profileapi.IngestResult{}, p
	}
	c.most = max(c.most, len(events))
	c.lanes[k] = append(c.lanes[k], events...)
	if c.after != nil {
		if err := c.after(b); err != nil {
			return profileapi.IngestResult{}, err
		}
	}
	return profileapi.IngestResult{AckedTo: b.To}, nil
}

// end is the lane sequence number of the last event stored.
func (c *centre) end(k string) int64 {
	if len(c.lanes[k]) == 0 {
		return 0
	}
	_, _, seq, _ := profileapi.ParseEventID(c.lanes[k][len(c.lanes[k])-1].ID)
	return seq
}

func sum(e profileapi.Event) string {
	if e.Data == nil {
		return e.SHA256
	}
	s := sha256.Sum256(e.Data)
	return hex.EncodeToString(s[:])
}

// ids are the ids stored in a lane.
func (c *centre) ids(k string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var ids []string
	for _, e := range c.lanes[k] {
		ids = append(ids, e.ID)
	}
	return ids
}
