package profileapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"

	"showroom/sync/profileapi"
)

func TestDecompressStopsAtTheLimit(t *testing.T) {
	z, err := profileapi.NewBatchCompressor()
	if err != nil {
		t.Fatal(err)
	}
	d, err := profileapi.NewDecompressor(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	bomb := z.Compress(nil, make([]byte, 50<<20))
	if _, err := d.Decompress(bomb); !errors.Is(err, profileapi.ErrTooLarge) {
		t.Errorf("50 MB in %d bytes: %v, want ErrTooLarge", len(bomb), err)
	}
	small := bytes.Repeat([]byte("x"), 1<<19)
	if got, err := d.Decompress(z.Compress(nil, small)); err != nil || !bytes.Equal(got, small) {
		t.Errorf("half a megabyte did not come back: %v", err)
	}
	if _, err := d.Decompress([]byte("no zstd")); err == nil {
		t.Error("nonsense was decompressed")
	}
}

// shopDay makes events as a shop does: random tags and visits, a handful of garments and rooms.
func shopDay(n int) []profileapi.Event {
	rnd := rand.New(rand.NewPCG(1, 2))
	at := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	events := make([]profileapi.Event, n)
	visit := ""
	for i := range events {
		if i%12 == 0 {
			visit = uuid.Must(uuid.NewRandomFromReader(rand.NewChaCha8([32]byte{byte(i), byte(i >> 8)}))).String()
		}
		at = at.Add(time.Duration(rnd.IntN(20_000)) * time.Millisecond)
		body := map[string]any{
			"epc": fmt.Sprintf("3034257BF400B7800004%04X", rnd.IntN(1<<16)), "gtin": fmt.Sprintf("0061414100%04d", rnd.IntN(500)),
			"place": map[string]string{"kind": "room", "id": fmt.Sprint(1 + rnd.IntN(8))}, "visit": visit,
			"why": map[string]any{"reads": rnd.IntN(40), "window_ms": 2000, "rssi_known": true, "mean_rssi": -50 - rnd.IntN(20)},
		}
		data, err := json.Marshal(body)
		if err != nil {
			panic(err)
		}
		events[i] = profileapi.Event{
			ID: profileapi.EventID("0b9f6a3c51d24e77", "facts", int64(1000+i)), Source: profileapi.Source("s1", "agent-1"),
			Type: profileapi.EventType([]string{"garment.arrived", "garment.departed"}[i%2], 1), Subject: "visit/" + visit,
			Time: at, Clock: "ntp", Data: data,
		}
	}
	return events
}

// The size of a batch is a promise: a shop may hang on a slow line.
func TestBatchIsSmall(t *testing.T) {
	z, err := profileapi.NewBatchCompressor()
	if err != nil {
		t.Fatal(err)
	}
	wire := z.Compress(nil, profileapi.AppendBatch(nil, shopDay(500)))
	if per := len(wire) / 500; per > 45 {
		t.Errorf("%d bytes for each event in a batch of 500, want at most 45", per)
	}
	one := z.Compress(nil, profileapi.AppendBatch(nil, shopDay(1)))
	t.Logf("batch of 500: %.1f bytes an event; one alone: %d bytes", float64(len(wire))/500, len(one))
}

func BenchmarkDecodeBatch(b *testing.B) {
	plain := profileapi.AppendBatch(nil, shopDay(500))
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		if _, err := profileapi.DecodeBatch(plain); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkJSONUnmarshal(b *testing.B) {
	plain := profileapi.AppendBatch(nil, shopDay(500))
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		var events []map[string]json.RawMessage
		if err := json.Unmarshal(plain, &events); err != nil {
			b.Fatal(err)
		}
	}
}
