package live_test

import (
	"testing"
	"time"

	"showroom/agent/live"
	"showroom/devices"
)

func TestStrangersWakeScreensWhenTheyComeAndGo(t *testing.T) {
	b := live.NewBoard()
	one := devices.Stranger{Kind: devices.StrangerUnknown, Via: "broker", Name: "omg", Topic: "home/OMG_2", Count: 1}
	for i, step := range []struct {
		list  []devices.Stranger
		wakes bool
	}{
		{nil, false},
		{[]devices.Stranger{one}, true},
		{[]devices.Stranger{{Kind: one.Kind, Via: one.Via, Name: one.Name, Topic: one.Topic, Count: 9, Last: time.Now()}}, false},
		{[]devices.Stranger{one, {Kind: devices.StrangerRival, Via: "broker", Name: "kadikoy/fr1"}}, true},
		{nil, true},
	} {
		before := b.Version()
		b.SetStrangers(step.list)
		if woken := b.Version() != before; woken != step.wakes {
			t.Errorf("step %d: woken %t", i, woken)
		}
		if got := b.Strangers(); len(got) != len(step.list) {
			t.Errorf("step %d: %+v", i, got)
		}
	}
}
