package receipts_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime"
	"testing"

	"showroom/agent/receipt"
	"showroom/agent/showroom"
	"showroom/sync/central/receipts"
	"showroom/sync/central/stream"
	"showroom/sync/profileapi"
)

// told is a stream that holds so many sales, a hundred to a batch, and forgets each batch once it has handed it over.
type told struct {
	key   []byte
	first uint64 // what was before has been removed
	sales int
	tell  func(token string) // may be nil
}

func (s told) NextBatch(context.Context, stream.Lane, uint64) (stream.Batch, error) {
	return stream.Batch{}, stream.ErrNone
}

func (s told) TailBatches(_ context.Context, f func(stream.Batch) error, caughtUp func()) error {
	z, err := profileapi.NewBatchCompressor()
	if err != nil {
		return err
	}
	const together = 100
	for at := 0; at < s.sales; at += together {
		var events []profileapi.Event
		for i := range together {
			token, err := receipt.NewToken(s.key, rand.Reader)
			if err != nil {
				return err
			}
			if s.tell != nil {
				s.tell(token)
			}
			body, err := json.Marshal(showroom.SaleCompleted{Sale: showroom.Sale{ID: showroom.SaleID(fmt.Sprintf("0199f3a2-1c2d-7e00-8f00-%012d", at+i)), Token: token}})
			if err != nil {
				return err
			}
			events = append(events, profileapi.Event{
				ID: profileapi.EventID("0b9f6a3c51d24e77", "facts", int64(at+i+1)), Source: profileapi.Source("s1", "d1"), Type: profileapi.EventType(string(showroom.KindSaleCompleted), 1), Data: body,
			})
		}
		b := stream.Batch{Lane: stream.Lane{Device: "shop-" + fmt.Sprint(at/together%50), Epoch: "0b9f6a3c51d24e77", Lane: "facts"}, Seq: s.first + uint64(at/together)}
		b.Body = z.Compress(nil, profileapi.AppendBatch(nil, events))
		if err := f(b); err != nil {
			return err
		}
	}
	caughtUp()
	return nil
}

// How much the index holds of each sale.
func BenchmarkMemoryOfASale(b *testing.B) {
	const sales = 200_000
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		x, err := receipts.New(told{key: receipt.DeriveKey("token"), first: 1, sales: sales}, slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		if err := x.Run(b.Context()); err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		if n, _, _ := x.Count(); n != sales {
			b.Fatalf("%d sales", n)
		}
		b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/sales, "B/sale")
	}
}
