package uplink_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"showroom/agent/showroom"
)

// journal is a journal in memory.
type journal struct {
	mu      sync.Mutex
	epoch   string
	rows    map[string][]showroom.Row // by epoch/lane
	acked   map[string]int64
	changed chan struct{}
	pruned  int64 // rows up to here are no longer there
	most    int   // rows ever asked for at once
	epochs  int   // begun by NewEpoch
}

func newJournal(epoch string) *journal {
	return &journal{epoch: epoch, rows: map[string][]showroom.Row{}, acked: map[string]int64{}, changed: make(chan struct{})}
}

func key(epoch string, lane showroom.Lane) string { return epoch + "/" + string(lane) }

// add appends n rows to a lane of the current epoch, with bodies that say what they are.
func (j *journal) add(lane showroom.Lane, n int, what string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for range n {
		j.append(lane, fmt.Appendf(nil, `{"what":%q,"n":%d}`, what, len(j.rows[key(j.epoch, lane)])+1))
	}
	close(j.changed)
	j.changed = make(chan struct{})
}

func (j *journal) append(lane showroom.Lane, body []byte) {
	k := key(j.epoch, lane)
	seq := int64(len(j.rows[k]) + 1)
	j.rows[k] = append(j.rows[k], showroom.Row{
		Epoch: j.epoch, Lane: lane, LaneSeq: seq, Kind: showroom.KindStockCorrected, Version: 1, Subject: "item/1", Body: body,
		SHA256: sha256.Sum256(body), At: showroom.Moment{Wall: time.Unix(1_790_000_000, 0), Quality: showroom.ClockNTP},
	})
}

func (j *journal) Lanes(context.Context) ([]showroom.LaneEnd, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var ends []showroom.LaneEnd
	for _, k := range slices.Sorted(maps.Keys(j.rows)) {
		epoch, lane, _ := strings.Cut(k, "/")
		ends = append(ends, showroom.LaneEnd{Epoch: epoch, Lane: showroom.Lane(lane), Last: int64(len(j.rows[k])), Acked: j.acked[k]})
	}
	return ends, nil
}

func (j *journal) Rows(_ context.Context, epoch string, lane showroom.Lane, after int64, limit int) ([]showroom.Row, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.most = max(j.most, limit)
	var rows []showroom.Row
	for _, row := range j.rows[key(epoch, lane)] {
		if row.LaneSeq > after && row.LaneSeq > j.pruned && len(rows) < limit {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func (j *journal) Acked(_ context.Context, epoch string, lane showroom.Lane, to int64) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	k := key(epoch, lane)
	j.acked[k] = max(j.acked[k], to)
	return nil
}

func (j *journal) Changed() <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.changed
}

// newEpoch carries the unacknowledged rows of all lanes over to a new epoch.
func (j *journal) newEpoch(context.Context, showroom.LaneEnd, int64) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.epochs++
	old := j.epoch
	j.epoch = fmt.Sprintf("%s-%d", old, j.epochs)
	for _, lane := range []showroom.Lane{showroom.LaneFacts, showroom.LaneObservations} {
		k := key(old, lane)
		for _, row := range j.rows[k][min(j.acked[k], int64(len(j.rows[k]))):] {
			j.append(lane, row.Body)
		}
		j.rows[k] = j.rows[k][:j.acked[k]]
	}
	return nil
}

// restored is the journal as a backup made after n facts has it, all of them acknowledged.
func (j *journal) restored(n int64) *journal {
	j.mu.Lock()
	defer j.mu.Unlock()
	back := newJournal(j.epoch)
	k := key(j.epoch, showroom.LaneFacts)
	back.rows[k] = slices.Clone(j.rows[k][:n])
	back.acked[k] = n
	return back
}

func (j *journal) waiting() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := int64(0)
	for k, rows := range j.rows {
		if _, lane, _ := strings.Cut(k, "/"); showroom.Lane(lane).Uploaded() {
			n += int64(len(rows)) - j.acked[k]
		}
	}
	return n
}
