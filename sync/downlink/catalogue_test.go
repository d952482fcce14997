package downlink_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"sync"

	"showroom/sync/downlink"
	"showroom/sync/profileapi"
)

// catalogue is a catalogue in memory.
type catalogue struct {
	mu       sync.Mutex
	cursor   string
	values   map[string]any // by bucket and key
	pictures map[string]string
	broken   error
	changed  chan struct{}
}

func newCatalogue() *catalogue {
	return &catalogue{values: map[string]any{}, pictures: map[string]string{}, changed: make(chan struct{}, 1)}
}

func (c *catalogue) note() {
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

func (c *catalogue) Cursor(context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cursor, c.broken
}

func (c *catalogue) Apply(_ context.Context, p downlink.Page) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.note()
	for _, v := range p.Products {
		c.values["product "+string(v.Value.ID)] = v.Value
	}
	for _, v := range p.Items {
		c.values["item "+string(v.Value.GTIN)] = v.Value
	}
	for _, v := range p.Prices {
		c.values["price "+string(v.Value.GTIN)] = v.Value
	}
	for _, v := range p.Offers {
		c.values["offer "+string(v.Value.ID)] = v.Value
	}
	for _, v := range p.Stock {
		c.values["stock "+string(v.Value.GTIN)] = v.Value
	}
	for _, d := range p.Deleted {
		delete(c.values, string(d.Bucket)+" "+d.Key)
	}
	if p.Cursor != "" {
		c.cursor = p.Cursor
	}
	return nil
}

func (c *catalogue) Sweep(_ context.Context, bucket profileapi.Bucket, keep func(string) bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.note()
	maps.DeleteFunc(c.values, func(k string, _ any) bool {
		key, ok := cutPrefix(k, string(bucket)+" ")
		return ok && !keep(key)
	})
	return nil
}

func cutPrefix(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || s[:len(prefix)] != prefix {
		return s, false
	}
	return s[len(prefix):], true
}

func (c *catalogue) MissingPictures(_ context.Context, n int) ([]string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var missing []string
	for _, sum := range slices.Sorted(maps.Keys(c.pictures)) {
		if c.pictures[sum] == "" && len(missing) < n {
			missing = append(missing, sum)
		}
	}
	return missing, nil
}

func (c *catalogue) PutPicture(_ context.Context, sha string, r io.Reader) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.note()
	if c.pictures[sha] != "" {
		return errors.New("stored twice")
	}
	c.pictures[sha] = string(content)
	return nil
}

// keys are bucket and key of everything there.
func (c *catalogue) keys() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.values))
}
