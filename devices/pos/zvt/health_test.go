package zvt_test

import (
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"showroom/devices"
	"showroom/devices/link"
	"showroom/devices/pos/zvt"
)

// peer is a terminal that answers each command with what is given for it, and keeps the commands.
type peer struct {
	mu      sync.Mutex
	answers map[zvt.Code][]zvt.APDU
	// bytes are written as they are, piece by piece, where no answers are given.
	bytes map[zvt.Code][][]byte
	heard []zvt.APDU
	taken int // messages of ours that were answered
}

func (p *peer) commands() []zvt.APDU {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.heard)
}

func (p *peer) answered() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.taken
}

// meet runs a driver against the peer for a while and answers what is known of the device then.
func meet(t *testing.T, p *peer, o zvt.Options, while time.Duration) []devices.Status {
	t.Helper()
	return with(t, p, o, func(*zvt.Terminal) { <-time.After(while) })
}

// with runs a driver against the peer while something is done with it.
func with(t *testing.T, p *peer, o zvt.Options, do func(*zvt.Terminal)) []devices.Status {
	t.Helper()
	near, far := net.Pipe()
	defer near.Close()
	line := zvt.NewLine(link.FromConn("far", far, time.Second), zvt.TCP, zvt.Timers{})
	var running sync.WaitGroup
	running.Go(func() {
		for {
			a, err := line.Receive(t.Context(), time.Hour, nil)
			if err != nil {
				return
			}
			p.mu.Lock()
			if a.Code.OK() {
				p.taken++
				p.mu.Unlock()
				continue
			}
			p.heard = append(p.heard, a)
			answers, pieces := p.answers[a.Code], p.bytes[a.Code]
			p.mu.Unlock()
			running.Go(func() { // who writes can not hear what is said meanwhile
				for _, piece := range pieces {
					if _, err := far.Write(piece); err != nil {
						return
					}
				}
			})
			for _, answer := range answers {
				if line.Send(t.Context(), answer) != nil {
					return
				}
			}
		}
	})
	o.Device, o.Transport = "pt1", zvt.TCP
	f := &feed{}
	port := link.FromConn("near", near, time.Second)
	driver := zvt.New(o)
	running.Go(func() { _ = driver.Run(t.Context(), port, f) })
	do(driver)
	f.mu.Lock()
	all := slices.Clone(f.all)
	f.mu.Unlock()
	_, _ = port.Close(), far.Close()
	running.Wait()
	line.Close()
	return all
}

func done() []zvt.APDU { return []zvt.APDU{zvt.Accept(), {Code: zvt.CodeCompletion}} }

func TestHealth(t *testing.T) {
	for name, c := range map[string]struct {
		answers map[zvt.Code][]zvt.APDU
		state   devices.State
		reason  string
	}{
		"well":                {map[zvt.Code][]zvt.APDU{zvt.CodeRegistration: done(), zvt.CodeStatusEnquiry: done()}, devices.Up, ""},
		"deaf":                {nil, devices.Silent, "no answer"},
		"wrong password":      {map[zvt.Code][]zvt.APDU{zvt.CodeRegistration: {zvt.Accept(), {Code: zvt.CodeAbort, Data: []byte{0xA4}}}}, devices.Fault, "wrong password"},
		"refuses":             {map[zvt.Code][]zvt.APDU{zvt.CodeRegistration: {{Code: zvt.CodeRefused | 0xA0}}}, devices.Fault, "not ready"},
		"knows no enquiry":    {map[zvt.Code][]zvt.APDU{zvt.CodeRegistration: done(), zvt.CodeStatusEnquiry: {{Code: zvt.CodeRefused | 0x83}}}, devices.Up, ""},
		"wants its diagnosis": {map[zvt.Code][]zvt.APDU{zvt.CodeRegistration: done(), zvt.CodeStatusEnquiry: {zvt.Accept(), {Code: zvt.CodeCompletion, Data: []byte{0xC2}}}}, devices.Fault, "diagnosis required"},
		"falls silent":        {map[zvt.Code][]zvt.APDU{zvt.CodeRegistration: done()}, devices.Silent, "no answer"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				all := meet(t, &peer{answers: c.answers}, zvt.Options{}, 3*time.Minute)
				if !slices.ContainsFunc(all, func(s devices.Status) bool { return s.State == c.state && s.Reason == c.reason }) {
					t.Errorf("it was never %v, %q: %+v", c.state, c.reason, all)
				}
				for _, s := range all {
					if s.State != devices.Up && s.Advice == "" && s.Reason != "stopped" {
						t.Errorf("no advice with %v, %q", s.State, s.Reason)
					}
				}
			})
		})
	}
}

func TestQuirksOfTheRegistration(t *testing.T) {
	for quirk, want := range map[zvt.Quirk]string{
		"":                    "060012000000be0978060a26080a0206d10a0206d3",
		zvt.ShortRegistration: "060006000000be0978",
		zvt.PlainSlips:        "0600060000003e0978",
		zvt.NoRegistration:    "050103000000",
	} {
		synctest.Test(t, func(t *testing.T) {
			p := &peer{answers: map[zvt.Code][]zvt.APDU{zvt.CodeRegistration: done(), zvt.CodeStatusEnquiry: done()}}
			meet(t, p, zvt.Options{Quirks: []zvt.Quirk{quirk}}, time.Second)
			if got := p.commands(); len(got) == 0 || string(got[0].Append(nil)) != string(unhex(t, want)) {
				t.Errorf("%s begins with %x, want %s", quirk, got, want)
			}
		})
	}
	for _, q := range zvt.Quirks() {
		if got, err := zvt.ParseQuirk(string(q)); err != nil || got != q {
			t.Errorf("%s: %v, %v", q, got, err)
		}
	}
	if _, err := zvt.ParseQuirk("purple"); err == nil {
		t.Error("purple was taken")
	}
}

func TestTerminalThatIsOnlyRegistered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{answers: map[zvt.Code][]zvt.APDU{zvt.CodeRegistration: done()}}
		all := meet(t, p, zvt.Options{Quirks: []zvt.Quirk{zvt.NoStatusEnquiry}}, 150*time.Second)
		got := p.commands()
		if len(got) != 3 || slices.ContainsFunc(got, func(a zvt.APDU) bool { return a.Code != zvt.CodeRegistration }) {
			t.Errorf("in two and a half minutes it heard %v", got)
		}
		if slices.ContainsFunc(all[:len(all)-1], func(s devices.Status) bool { return s.State != devices.Up }) {
			t.Errorf("it was %+v", all)
		}
	})
}
