package live_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/live"
	"showroom/agent/showroom"
	"showroom/devices"
)

var noon = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

func status(second int, state devices.State, reason string) devices.Status {
	return devices.Status{Device: "r1", State: state, Reason: reason, At: noon.Add(time.Duration(second) * time.Second)}
}

func woken(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestSetDeviceWakesForWhatAPersonWouldNotice(t *testing.T) {
	counted := status(9, devices.Up, "")
	counted.Frames.Good, counted.LastData = 500, noon
	advised := status(9, devices.Up, "")
	advised.Advice = "Look at the cable."
	other := status(9, devices.Up, "")
	other.Device = "r2"
	for name, c := range map[string]struct {
		next devices.Status
		want bool
	}{
		"same again":    {status(9, devices.Up, ""), false},
		"counters only": {counted, false},
		"state":         {status(9, devices.Silent, ""), true},
		"reason":        {status(9, devices.Up, "hot"), true},
		"advice":        {advised, true},
		"new device":    {other, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := live.NewBoard()
			b.SetDevice(status(0, devices.Up, ""))
			changed, version := b.Changed(), b.Version()
			b.SetDevice(c.next)
			if got := woken(changed); got != c.want {
				t.Errorf("woken = %v, want %v", got, c.want)
			}
			if got := b.Version() > version; got != c.want {
				t.Errorf("version grew = %v, want %v", got, c.want)
			}
			if got, _ := b.Device(c.next.Device); got.Status != c.next {
				t.Errorf("status is %+v, want the newest, %+v", got.Status, c.next)
			}
			if woken(b.Changed()) {
				t.Error("the next channel is closed before anything has changed")
			}
		})
	}
}

func TestDeviceKeepsWhenItsStateBegan(t *testing.T) {
	b := live.NewBoard()
	b.SetDevice(status(0, devices.Fault, "antenna"))
	b.SetDevice(status(5, devices.Fault, "overheated"))
	if d, _ := b.Device("r1"); !d.Since.Equal(noon) {
		t.Errorf("since = %v, want %v: another reason is the same state", d.Since, noon)
	}
	b.SetDevice(status(8, devices.Up, ""))
	if d, _ := b.Device("r1"); !d.Since.Equal(noon.Add(8 * time.Second)) {
		t.Errorf("since = %v, want eight seconds past", d.Since)
	}
}

func TestDeviceCountsReconnects(t *testing.T) {
	up, down, silent, fault := devices.Up, devices.Down, devices.Silent, devices.Fault
	for name, c := range map[string]struct {
		states []devices.State
		want   uint64
	}{
		"first connection":      {[]devices.State{down, up}, 0},
		"never connected":       {[]devices.State{down, fault, down}, 0},
		"unplugged once":        {[]devices.State{up, down, up}, 1},
		"told twice":            {[]devices.State{up, down, down, up, up}, 1},
		"by way of silence":     {[]devices.State{up, silent, down, silent, up}, 1},
		"silence alone is none": {[]devices.State{up, silent, up}, 0},
		"unplugged twice":       {[]devices.State{down, up, down, up, down, up}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			b := live.NewBoard()
			for i, s := range c.states {
				b.SetDevice(status(i, s, ""))
			}
			if d, _ := b.Device("r1"); d.Reconnects != c.want {
				t.Errorf("reconnects = %d, want %d", d.Reconnects, c.want)
			}
		})
	}
}

func TestSetSyncWakesForTheConnectionOnly(t *testing.T) {
	b := live.NewBoard()
	changed := b.Changed()
	b.SetSync(noon, live.Sync{Error: "no route"})
	if !woken(changed) {
		t.Error("the first word about the service woke nobody")
	}
	changed = b.Changed()
	b.SetSync(noon.Add(time.Second), live.Sync{Error: "no route", Waiting: 40})
	if woken(changed) {
		t.Error("a longer queue woke the screens")
	}
	if diff := cmp.Diff(live.Sync{Error: "no route", Waiting: 40, Since: noon}, b.Sync()); diff != "" {
		t.Errorf("sync (-want +got):\n%s", diff)
	}
	b.SetSync(noon.Add(time.Minute), live.Sync{Connected: true, Waiting: 40})
	if !woken(changed) {
		t.Error("the connection came and woke nobody")
	}
	if got := b.Sync().Since; !got.Equal(noon.Add(time.Minute)) {
		t.Errorf("connected since %v, want a minute past", got)
	}
}

func TestSnapshotIsACopyInOrder(t *testing.T) {
	b := live.NewBoard()
	if _, ok := b.Device("r1"); ok {
		t.Error("a device nobody has mentioned is known")
	}
	for _, id := range []showroom.DeviceID{"r3", "r1", "r2"} {
		b.SetDevice(devices.Status{Device: id})
	}
	s := b.Snapshot()
	var ids []showroom.DeviceID
	for _, d := range s.Devices {
		ids = append(ids, d.Device)
	}
	if diff := cmp.Diff([]showroom.DeviceID{"r1", "r2", "r3"}, ids); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if s.Version != b.Version() {
		t.Errorf("snapshot has version %d, the board %d", s.Version, b.Version())
	}
	b.SetDevice(devices.Status{Device: "r1", State: devices.Up})
	if s.Devices[0].State != devices.Down {
		t.Error("the snapshot changed afterwards")
	}
}

// A screen that takes the channel before it looks sees the last change, however the two interleave.
func TestNobodySleepsThroughTheLastChange(t *testing.T) {
	b := live.NewBoard()
	const last = 500
	var screens sync.WaitGroup
	for range 4 {
		screens.Go(func() {
			for {
				changed := b.Changed()
				if d, _ := b.Device("r1"); d.Frames.Good == last {
					return
				}
				<-changed
			}
		})
	}
	for i := range last {
		s := status(i, devices.State(i%2), "")
		s.Frames.Good = uint64(i + 1)
		b.SetDevice(s)
	}
	screens.Wait()
	if got := b.Version(); got != last {
		t.Errorf("version = %d, want %d", got, last)
	}
}
