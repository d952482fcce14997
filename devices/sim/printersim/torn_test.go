package printersim_test

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"showroom/agent/lang"
	"showroom/agent/showroom"
	"showroom/devices/printer"
	"showroom/devices/sim/printersim"
)

// TestNextReceiptBehindATornOne: the cable is pulled in the middle of a picture, for whose rest the printer waits. What is printed next is
// whole, and a slip of its own, also when the agent has been started again since.
func TestNextReceiptBehindATornOne(t *testing.T) {
	for _, restarted := range []bool{false, true} {
		for name, o := range map[string]printersim.Options{"raster": {Make: printersim.Cheap}, "epson": {Make: printersim.Epson}, "datecs": {Make: printersim.Datecs, Width: 32}} {
			t.Run(fmt.Sprint(name, " ", restarted), func(t *testing.T) { behindATornOne(t, name, o, restarted) })
		}
	}
}

func behindATornOne(t *testing.T, name string, o printersim.Options, restarted bool) {
	slip := turkish(t).Slip(lang.Turkish)
	fresh := newDesk(t, name, o)
	if err := fresh.wait(fresh.print(t.Context(), printer.Job{ID: "a", Slip: slip})); err != nil {
		t.Fatal(err)
	}
	fresh.until("it is cut", func() bool { return len(fresh.sim.Slips()) == 1 })

	torn := showroom.Slip{{Text: "Ω Ω"}, {QR: address}, {QR: address}, {QR: address}, {QR: address}}
	for range 100 {
		torn = append(torn, showroom.SlipLine{Text: "Ω yalnız resim olarak basılır"})
	}
	d := newDesk(t, name, o)
	d.sim.Hold(true)
	answer := d.print(t.Context(), printer.Job{ID: "torn", Slip: torn})
	d.until("its buffer is full", func() bool { return d.sim.Buffered() > 3072 })
	_ = d.pull()
	if err := d.wait(answer); !errors.Is(err, printer.ErrUncertain) {
		t.Errorf("pulled: %v", err)
	}
	d.sim.Hold(false)
	if restarted {
		d.driver = newDriver(t, name, o.Width, true)
	}
	d.plug()
	if err := d.wait(d.print(t.Context(), printer.Job{ID: "b", Slip: slip})); err != nil {
		t.Fatal(err)
	}
	d.until("both are cut", func() bool { return len(d.sim.Slips()) == 2 })
	if got := d.sim.Slips()[1]; !same(fresh.sim.Slips()[0], got) {
		t.Errorf("the next receipt is another picture, %v high", got.Rect.Dy())
	}
	if err := d.wait(d.print(t.Context(), printer.Job{ID: "c", Slip: slip})); err != nil {
		t.Fatal(err)
	}
	d.until("the third is cut", func() bool { return len(d.sim.Slips()) >= 3 })
	if got := d.sim.Slips(); len(got) != 3 || !same(fresh.sim.Slips()[0], got[2]) {
		t.Errorf("%d slips", len(got))
	}
}

// TestPaperEndsBehindTheLastByte: a printer that does not say when it has printed has taken everything when the roll ends. The receipt is
// not printed before the rest of it is.
func TestPaperEndsBehindTheLastByte(t *testing.T) {
	m, _ := printer.ModelByName("datecs")
	var ahead atomic.Int64
	now := func() time.Time { return time.Unix(0, ahead.Load()) }
	d := &desk{t: t, sim: printersim.New(printersim.Options{Make: printersim.Datecs}), driver: printer.New(printer.Options{
		Device: "p1", Model: m, AskEvery: 10 * time.Millisecond, AnswerWithin: 100 * time.Millisecond, Now: now,
	})}
	d.plug()
	slip := make(showroom.Slip, 40)
	for i := range slip {
		slip[i].Text = "Satır"
	}
	d.sim.Hold(true)
	answer := d.print(t.Context(), printer.Job{ID: "a", Slip: slip})
	d.until("it has everything", func() bool { return d.sim.Buffered() > 40*6 })
	d.sim.PaperLeft(300)
	d.sim.Hold(false)
	d.until("the roll ends", func() bool { return d.driver.State().PaperOut })
	ahead.Add(int64(time.Hour)) // nothing is printed meanwhile
	select {
	case err := <-answer:
		t.Fatalf("half a receipt is called printed: %v", err)
	default:
	}
	d.sim.PaperOut(false)
	d.until("it is cut", func() bool { return len(d.sim.Slips()) == 1 })
	d.until("it is well again", func() bool { return !d.driver.State().PaperOut })
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				ahead.Add(int64(100 * time.Millisecond))
			}
		}
	}()
	if err := d.wait(answer); err != nil {
		t.Error(err)
	}
}

// TestNoQuestionInsideACommand: some printers take what is said in the middle of a picture for a part of it.
func TestNoQuestionInsideACommand(t *testing.T) {
	m, _ := printer.ModelByName("raster")
	// After five times AskEvery it may ask: that is longer than the line is held here, on a slow machine too.
	driver := printer.New(printer.Options{Device: "p1", Model: m, AskEvery: 2 * time.Second, AnswerWithin: 5 * time.Millisecond})
	near, far := net.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- driver.Run(t.Context(), cable{near}, new(statuses)) }()
	heard := make(chan []byte, 1)
	go func() {
		var all []byte
		buf := make([]byte, 4096)
		for held := 0; ; {
			n, err := far.Read(buf)
			all = append(all, buf[:n]...)
			if err != nil {
				heard <- all
				return
			}
			if len(all) > 1000*(held+1) && held < 5 { // now and then it has enough, for a while
				held++
				_, _ = far.Write([]byte{0x13})
				time.AfterFunc(50*time.Millisecond, func() { _, _ = far.Write([]byte{0x11}) })
			}
		}
	}()
	answer := make(chan error, 1)
	go func() {
		answer <- driver.Print(t.Context(), printer.Job{ID: "a", Slip: turkish(t).Slip(lang.Turkish)})
	}()
	if err := <-answer; err != nil {
		t.Fatal(err)
	}
	_, _ = near.Close(), far.Close()
	<-ended
	questions := 0
	for rest := <-heard; len(rest) > 0; {
		n := 1
		switch {
		case rest[0] == 0x10 && len(rest) > 2 && rest[1] == 4:
			questions++
			n = 3
		case rest[0] == 0x1B && len(rest) > 1:
			n = map[byte]int{'@': 2, 't': 3, 'E': 3, 'd': 3}[rest[1]]
		case rest[0] == 0x1D && len(rest) > 7 && rest[1] == 'v':
			n = 8 + (int(rest[4])+int(rest[5])<<8)*(int(rest[6])+int(rest[7])<<8)
		case rest[0] == 0x1D:
			n = 4
		case rest[0] != '\n' && rest[0] < ' ':
			t.Fatalf("%x is no command: something stands in a picture", rest[:min(8, len(rest))])
		}
		if n == 0 || n > len(rest) {
			t.Fatalf("a command of %d bytes in %d: %x", n, len(rest), rest[:min(8, len(rest))])
		}
		rest = rest[n:]
	}
	if questions == 0 {
		t.Error("it was asked nothing at all")
	}
}
