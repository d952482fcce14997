package devicetest

import (
	"context"
	"errors"
	"testing"

	"showroom/devices"
)

// Machine is one simulated device, which is plugged and always has something to tell, and the driver of its kind.
type Machine struct {
	// Drive opens a connection of its own and runs the driver over it until ctx ends or the connection does.
	Drive func(ctx context.Context, feed *Feed) error
	// Plug and Unplug are the device's cable, or its power where it has no cable to the driver.
	Plug   func() error
	Unplug func()
	// Hush makes the device mute, Garble its words broken; Heal ends both.
	Hush, Garble, Heal func()
	// Remote says that the driver's connection is to a broker: without the device it goes on, and tells that it hears nothing.
	Remote bool
}

// RunMachine runs a simulated device, plugged, against its driver.
//
//   - The driver hears it, and says that it is up.
//   - Silence is a state, and passes.
//   - Garbage is counted and ends nothing.
//   - A pulled plug is told, and plugged again it is heard again.
func RunMachine(t *testing.T, m Machine) {
	r := m.start(t)
	r.hears(t)
	hushes(t, m, r)
	garbles(t, m, r)
	comesBack(t, m, r)
}

// few is how many samples show that a device is heard.
const few = 5

func (m Machine) start(t *testing.T) running {
	t.Helper()
	return start(t, Bench{Run: m.Drive})
}

// hears waits until the driver is up and hears the device.
func (r running) hears(t *testing.T) {
	t.Helper()
	r.feed.WaitReads(t, r.feed.Reads()+few)
	r.feed.WaitState(t, devices.Up)
}

func hushes(t *testing.T, m Machine, r running) {
	t.Helper()
	m.Hush()
	r.feed.WaitState(t, devices.Silent)
	m.Heal()
	r.hears(t)
}

func garbles(t *testing.T, m Machine, r running) {
	t.Helper()
	before := garbage(r.feed)
	m.Garble()
	r.feed.Wait(t, "garbage to be counted", func() bool { return garbage(r.feed) > before })
	m.Heal()
	r.hears(t)
}

func garbage(f *Feed) uint64 {
	frames := f.Last().Frames
	return frames.Bad + frames.Skipped
}

func comesBack(t *testing.T, m Machine, r running) {
	t.Helper()
	m.Unplug()
	if m.Remote {
		r.feed.Wait(t, "the device to be missed", func() bool {
			s := r.feed.Last().State
			return s == devices.Silent || s == devices.Down
		})
	} else {
		if err := r.wait(t); !isDeviceError(err) {
			t.Errorf("without its device the driver returned %v, want a *devices.Error", err)
		}
		if last := r.feed.Last(); last.State != devices.Down || last.Advice == "" {
			t.Errorf("without its device the driver says %+v, want down with an advice", last)
		}
	}
	if err := m.Plug(); err != nil {
		t.Fatal(err)
	}
	if !m.Remote {
		r = m.start(t)
	}
	r.hears(t)
	r.stop()
	if err := r.wait(t); !errors.Is(err, context.Canceled) {
		t.Errorf("the driver returned %v", err)
	}
}

func isDeviceError(err error) bool {
	_, ok := errors.AsType[*devices.Error](err)
	return ok
}
