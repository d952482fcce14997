package health

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"showroom/agent/store"
	"showroom/devices"
)

// figures collects the metrics when they are asked for; nothing is counted twice. Labels are configured names, never a tag.
type figures struct{ h *Health }

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("showroom_"+name, help, labels, nil)
}

// Describe sends nothing: which metrics there are depends on what is configured.
func (f *figures) Describe(chan<- *prometheus.Desc) {}

// Collect sends every metric.
func (f *figures) Collect(out chan<- prometheus.Metric) {
	gauge := func(name, help string, value float64) {
		out <- prometheus.MustNewConstMetric(desc(name, help), prometheus.GaugeValue, value)
	}
	counter := func(name, help string, value uint64) {
		out <- prometheus.MustNewConstMetric(desc(name, help), prometheus.CounterValue, float64(value))
	}
	out <- prometheus.MustNewConstMetric(desc("build_info", "Version that runs.", "version"), prometheus.GaugeValue, 1, f.h.opt.Version)
	f.store(out, gauge)
	f.devices(out)
	f.rooms(out, gauge)
	gauge("strangers", "Machines that were noticed and that no configuration names.", float64(len(f.h.board.Strangers())))
	in := f.h.opt.Ingest()
	counter("reads_total", "Tag reads the presence engine has heard.", in.Presence.Reads)
	counter("reads_dropped_total", "Tag reads for which there was no time.", in.Dropped)
	counter("changes_total", "Changes of place saved.", in.Changes)
	counter("change_commits_total", "Transactions they took.", in.Commits)
	counter("change_retries_total", "Transactions that failed and were tried again.", in.Retries)
	gauge("changes_pending", "Changes decided and not saved yet.", float64(in.Pending))
	gauge("tags_tracked", "Tags the presence engine remembers.", float64(in.Presence.Tags))
	gauge("tags_present", "Tags in a place.", float64(in.Presence.Present))
	gauge("tags_static", "Tags that count as furniture.", float64(in.Presence.Static))
	gauge("streams", "Screens following the journal.", float64(f.h.opt.Streams()))
	if f.h.opt.Broker != nil {
		b := f.h.opt.Broker()
		gauge("broker_clients", "Clients at the embedded broker.", float64(b.Clients))
		counter("broker_received_total", "Messages clients have published.", b.Received)
		counter("broker_dropped_total", "Messages slow subscribers did not take.", b.Dropped)
		counter("broker_denied_total", "Sign-ins and topics refused.", b.Denied)
	}
	if f.h.opt.Tills != nil {
		t := f.h.opt.Tills()
		for result, n := range map[string]uint64{"taken": t.Taken, "duplicate": t.Duplicates, "dead": t.Dead} {
			out <- prometheus.MustNewConstMetric(desc("till_events_total", "Messages of tills by what became of them.", "result"), prometheus.CounterValue, float64(n), result)
		}
		counter("till_foreign_currency_total", "Events of tills in another currency than the shop's.", t.Foreign)
		counter("till_numbers_twice_total", "Events of tills that had the number of the one before.", t.Twice)
	}
	if f.h.opt.Central {
		s := f.h.board.Sync()
		gauge("central_connected", "1 while the central service answers.", truth(s.Connected))
		if !s.LastOK.IsZero() {
			gauge("sync_last_success_timestamp_seconds", "When the central service last took or gave something.", float64(s.LastOK.Unix()))
		}
	}
}

func (f *figures) store(out chan<- prometheus.Metric, gauge func(name, help string, value float64)) {
	stats, err := f.h.db.Stats(context.Background())
	if err != nil {
		out <- prometheus.NewInvalidMetric(desc("journal", "Figures of the store."), err)
		return
	}
	gauge("journal_seq", "Number of the newest row of the journal.", float64(stats.Head.Seq))
	gauge("database_bytes", "Size of the database and its write-ahead log.", float64(stats.FileBytes))
	gauge("disk_free_bytes", "Space left where the state folder is.", float64(stats.DiskFree))
	gauge("visits_open", "Fitting rooms with somebody in them.", float64(stats.OpenVisits))
	gauge("pictures_missing", "Pictures the catalogue names that are not here yet.", float64(stats.Missing))
	gauge("pictures_bytes", "What the pictures that are here take.", float64(stats.Pictures))
	gauge("pictures_given_up", "Pictures the catalogue names that had to make room for others.", float64(stats.GivenUp))
	if !stats.OldestUnsent.IsZero() {
		gauge("outbox_oldest_timestamp_seconds", "When the first event was written that the central service does not have.", float64(stats.OldestUnsent.Unix()))
	}
	gauge("catalogue_items", "Items the shop knows.", float64(stats.Items))
	for lane, n := range stats.Unsent {
		out <- prometheus.MustNewConstMetric(desc("outbox_events", "Events the central service does not have yet.", "lane"), prometheus.GaugeValue, float64(n), string(lane))
	}
}

func (f *figures) rooms(out chan<- prometheus.Metric, gauge func(name, help string, value float64)) {
	restocked := 0
	err := f.h.db.View(context.Background(), func(v *store.View) error {
		all, err := v.Restocks()
		restocked = len(all)
		return err
	})
	if err != nil {
		out <- prometheus.NewInvalidMetric(desc("rooms_restocked", "Figures of the rooms."), err)
		return
	}
	gauge("rooms_restocked", "Fitting rooms in which staff hang garments for sale.", float64(restocked))
}

func (f *figures) devices(out chan<- prometheus.Metric) {
	for _, id := range f.h.opt.Devices {
		d, _ := f.h.board.Device(id)
		name := string(id)
		out <- prometheus.MustNewConstMetric(desc("device_up", "1 while the device does its job.", "device"), prometheus.GaugeValue, truth(d.State == devices.Up), name)
		out <- prometheus.MustNewConstMetric(desc("device_reconnects_total", "How often it came back.", "device"), prometheus.CounterValue, float64(d.Reconnects), name)
		for _, c := range []struct {
			result string
			n      uint64
		}{{"good", d.Frames.Good}, {"bad", d.Frames.Bad}, {"foreign", d.Frames.Foreign}, {"stale", d.Frames.Stale}} {
			out <- prometheus.MustNewConstMetric(desc("frames_total", "Frames and messages by what became of them.", "device", "result"), prometheus.CounterValue, float64(c.n), name, c.result)
		}
		if !d.LastData.IsZero() {
			out <- prometheus.MustNewConstMetric(desc("device_last_data_timestamp_seconds", "When the device last said anything sensible.", "device"), prometheus.GaugeValue, float64(d.LastData.Unix()), name)
		}
		if c, told := f.h.board.Crowd(id); told {
			heard := 0
			if c.Lately(time.Now()) {
				heard = c.Heard
			}
			out <- prometheus.MustNewConstMetric(desc("gateway_crowd", "How much of radios that nobody enrolled the gateway has heard in the last minute.", "device"), prometheus.GaugeValue, float64(heard), name)
		}
		out <- prometheus.MustNewConstMetric(desc("skipped_bytes_total", "Bytes thrown away between frames.", "device"), prometheus.CounterValue, float64(d.Frames.Skipped), name)
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
