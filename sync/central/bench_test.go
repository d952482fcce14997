package central_test

import (
	"fmt"
	"sync"
	"testing"

	"showroom/sync/central/stream"
	"showroom/sync/profileapi"
)

const (
	benchShops  = 8
	benchEvents = 500 // in a batch
)

// shopBatches makes what each shop sends in a benchmark of n batches.
func shopBatches(b *testing.B, n int) [][]profileapi.Batch {
	b.Helper()
	shops := make([][]profileapi.Batch, benchShops)
	for i := range n {
		shop := i % benchShops
		from := int64(len(shops[shop])*benchEvents + 1)
		shops[shop] = append(shops[shop], batch(b, fmt.Sprint("shop-", shop), "e", from, from+benchEvents-1))
	}
	return shops
}

// deliverAll lets all shops send at once, each its batches in turn.
func deliverAll(b *testing.B, send func(shop int, batches []profileapi.Batch) error) {
	b.Helper()
	shops := shopBatches(b, b.N)
	b.ResetTimer()
	var wg sync.WaitGroup
	for shop, batches := range shops {
		wg.Go(func() {
			if err := send(shop, batches); err != nil {
				b.Error(err)
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N*benchEvents)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkIngest is a batch of 500 events from a shop over HTTP until it is acknowledged, eight shops at a time. Its limit is
// BenchmarkRawPublish: the same bytes published by hand, durable before acknowledged as well.
func BenchmarkIngest(b *testing.B) {
	cfg := config(b.TempDir())
	cfg.Tokens = map[string]string{}
	for n := range benchShops {
		cfg.Tokens[fmt.Sprint("shop-", n)] = fmt.Sprint("token-", n)
	}
	s := start(b, cfg)
	deliverAll(b, func(shop int, batches []profileapi.Batch) error {
		c := s.client(fmt.Sprint("token-", shop))
		for _, batch := range batches {
			if _, err := c.Ingest(b.Context(), batch); err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkRawPublish is the limit of BenchmarkIngest.
func BenchmarkRawPublish(b *testing.B) {
	e, err := stream.Open(b.Context(), stream.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(e.Close)
	deliverAll(b, func(shop int, batches []profileapi.Batch) error {
		l := stream.Lane{Device: fmt.Sprint("shop-", shop), Epoch: "e", Lane: "facts"}
		seq := uint64(0)
		for _, batch := range batches {
			var err error
			seq, err = e.PublishBatch(b.Context(), stream.Batch{Lane: l, From: batch.From, To: batch.To, Count: benchEvents, Body: batch.Body}, seq)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkFirstPull is what a new shop reads: 5,000 items with prices and stock.
func BenchmarkFirstPull(b *testing.B) {
	s := start(b, config(b.TempDir()))
	if _, err := s.client(operatorToken).Import(b.Context(), catalogue(b, 5000)); err != nil {
		b.Fatal(err)
	}
	c := s.client("token-1")
	for b.Loop() {
		n := 0
		for page := (profileapi.Changes{More: true}); page.More; n += len(page.Changes) {
			var err error
			if page, err = c.Changes(b.Context(), "s1", page.Cursor, 0, 1000); err != nil {
				b.Fatal(err)
			}
		}
		if n != 15_001 {
			b.Fatalf("pulled %d changes", n)
		}
	}
}
