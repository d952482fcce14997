package printersim_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/printer"
	"showroom/devices/sim/printersim"
)

var note = showroom.Slip{{Text: "Fiş", Right: "1,00 TL"}}

func TestPrintsOnceAndSaysSo(t *testing.T) {
	d := newDesk(t, "epson", printersim.Options{})
	if err := d.wait(d.print(t.Context(), printer.Job{ID: "a", Slip: note, Drawer: true})); err != nil {
		t.Fatal(err)
	}
	for range 3 { // asked again, it is the same job
		if err := d.wait(d.print(t.Context(), printer.Job{ID: "a", Slip: note, Drawer: true})); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(d.sim.Slips()); n != 1 || d.sim.Kicks() != 1 {
		t.Errorf("%d slips and %d times the drawer", n, d.sim.Kicks())
	}
	if s := d.feed.last(); s.State != devices.Up {
		t.Errorf("status is %+v", s)
	}
}

func TestPaperOutWaits(t *testing.T) {
	d := newDesk(t, "epson", printersim.Options{})
	d.sim.PaperOut(true)
	d.until("it says so, and what to do", func() bool {
		s := d.feed.last()
		return d.driver.State().PaperOut && s.State == devices.Fault && s.Reason == "paper out" && s.Advice != ""
	})
	short, cancel := context.WithCancel(t.Context())
	answer := d.print(short, printer.Job{ID: "a", Slip: note})
	patient := d.print(t.Context(), printer.Job{ID: "b", Slip: note})
	cancel()
	if err := d.wait(answer); !errors.Is(err, printer.ErrPaperOut) || errors.Is(err, printer.ErrUncertain) {
		t.Errorf("withdrawn: %v", err)
	}
	d.sim.PaperOut(false)
	if err := d.wait(patient); err != nil {
		t.Error(err)
	}
	if n := len(d.sim.Slips()); n != 1 {
		t.Errorf("%d slips", n)
	}
	// What was withdrawn may be asked for anew.
	if err := d.wait(d.print(t.Context(), printer.Job{ID: "a", Slip: note})); err != nil {
		t.Error(err)
	}
	if n := len(d.sim.Slips()); n != 2 {
		t.Errorf("%d slips", n)
	}
}

// The roll ends in the middle: the rest comes on the next one, and only the rest.
func TestPaperEndsInTheMiddle(t *testing.T) {
	d := newDesk(t, "epson", printersim.Options{})
	slip := make(showroom.Slip, 40)
	for i := range slip {
		slip[i].Text = "Satır"
	}
	d.sim.PaperLeft(300)
	answer := d.print(t.Context(), printer.Job{ID: "a", Slip: slip})
	d.until("the roll ends", func() bool { return d.driver.State().PaperOut })
	d.sim.PaperOut(false)
	if err := d.wait(answer); err != nil {
		t.Fatal(err)
	}
	slips := d.sim.Slips()
	if len(slips) != 1 {
		t.Fatalf("%d slips", len(slips))
	}
	if rows := slips[0].Rect.Dy(); rows < 40*30 || rows > 46*30 {
		t.Errorf("%d rows of dots for 40 lines", rows)
	}
}

func TestCoverAndLowPaper(t *testing.T) {
	d := newDesk(t, "datecs", printersim.Options{Make: printersim.Datecs})
	d.sim.PaperLow(true)
	d.until("paper is low", func() bool { s := d.feed.last(); return s.State == devices.Up && s.Reason == "paper low" })
	d.sim.Cover(true)
	d.until("the cover is open", func() bool { return d.feed.last().Reason == "cover open" })
	answer := d.print(t.Context(), printer.Job{ID: "a", Slip: note})
	d.sim.Cover(false)
	if err := d.wait(answer); err != nil {
		t.Error(err)
	}
}

// The cable is pulled while it prints: nobody knows how much is on paper, so it is not printed again, whoever asks.
func TestCablePulledWhilePrinting(t *testing.T) {
	d := newDesk(t, "epson", printersim.Options{})
	d.until("it is up", func() bool { return d.feed.last().State == devices.Up })
	d.sim.Hold(true)
	answer := d.print(t.Context(), printer.Job{ID: "a", Slip: note})
	d.until("it was begun", func() bool { return d.sim.Buffered() > 0 })
	waiting := d.print(t.Context(), printer.Job{ID: "b", Slip: note})
	if err := d.pull(); err == nil || d.feed.last().State != devices.Down {
		t.Errorf("%v, %+v", err, d.feed.last())
	}
	if err := d.wait(answer); !errors.Is(err, printer.ErrUncertain) {
		t.Errorf("pulled: %v", err)
	}
	d.sim.Hold(false)
	d.plug()
	if err := d.wait(waiting); err != nil {
		t.Errorf("the one behind it: %v", err)
	}
	if err := d.wait(d.print(t.Context(), printer.Job{ID: "a", Slip: note})); !errors.Is(err, printer.ErrUncertain) {
		t.Errorf("asked again: %v", err)
	}
}

func TestNoCable(t *testing.T) {
	d := newDesk(t, "epson", printersim.Options{})
	_ = d.pull()
	ctx, cancel := context.WithCancel(t.Context())
	answer := d.print(ctx, printer.Job{ID: "a", Slip: note})
	cancel()
	if err := d.wait(answer); !errors.Is(err, printer.ErrOffline) {
		t.Errorf("%v", err)
	}
	d.plug()
	if err := d.wait(d.print(t.Context(), printer.Job{ID: "b", Slip: note})); err != nil {
		t.Error(err)
	}
}

// A slow printer with a small buffer says XOFF and loses nothing.
func TestFlowControl(t *testing.T) {
	d := newDesk(t, "epson", printersim.Options{Buffer: 256})
	d.until("it is up", func() bool { return d.feed.last().State == devices.Up })
	d.sim.Hold(true)
	slip := make(showroom.Slip, 60)
	for i := range slip {
		slip[i].Text = "Bir satır daha, sonra bir satır daha"
	}
	answer := d.print(t.Context(), printer.Job{ID: "a", Slip: slip})
	d.until("it says XOFF", func() bool { return d.sim.Buffered() > 192 })
	most := d.sim.Buffered()
	d.sim.Hold(false)
	if err := d.wait(answer); err != nil {
		t.Fatal(err)
	}
	if most > 256+64 {
		t.Errorf("%d bytes in a buffer of 256", most)
	}
	if n := d.sim.Slips(); len(n) != 1 || n[0].Rect.Dy() < 60*30 {
		t.Errorf("%d slips", len(n))
	}
}

// The roll ends while the printer holds the line: it says so all the same, and goes on with the next roll.
func TestPaperEndsBehindXOFF(t *testing.T) {
	d := newDesk(t, "epson", printersim.Options{Buffer: 256})
	d.sim.PaperLeft(300)
	slip := make(showroom.Slip, 60)
	for i := range slip {
		slip[i].Text = "Bir satır daha, sonra bir satır daha"
	}
	answer := d.print(t.Context(), printer.Job{ID: "a", Slip: slip})
	d.until("the roll ends", func() bool { return d.driver.State().PaperOut && d.sim.Buffered() > 0 })
	d.sim.PaperOut(false)
	if err := d.wait(answer); err != nil {
		t.Fatal(err)
	}
	if n := d.sim.Slips(); len(n) != 1 || n[0].Rect.Dy() < 60*30 || n[0].Rect.Dy() > 66*30 {
		t.Errorf("%d slips", len(n))
	}
}

func TestMutePrinterIsPrintedOnBlindly(t *testing.T) {
	d := newDesk(t, "raster", printersim.Options{Make: printersim.Cheap})
	if err := d.wait(d.print(t.Context(), printer.Job{ID: "a", Slip: note})); err != nil {
		t.Fatal(err)
	}
	d.until("it is printed", func() bool { return len(d.sim.Slips()) == 1 })
}

func TestPrinterThatFallsSilent(t *testing.T) {
	d := newDesk(t, "epson", printersim.Options{})
	d.until("it is up", func() bool { return d.feed.last().State == devices.Up })
	d.sim.Deaf(true)
	d.until("it is silent", func() bool { return d.feed.last().State == devices.Silent })
	answer := d.print(t.Context(), printer.Job{ID: "a", Slip: note})
	d.sim.Deaf(false)
	if err := d.wait(answer); err != nil {
		t.Error(err)
	}
}

func TestABadSlipIsItsOwnFault(t *testing.T) {
	d := newDesk(t, "epson", printersim.Options{})
	err := d.wait(d.print(t.Context(), printer.Job{ID: "a", Slip: showroom.Slip{{EAN: "1"}}}))
	if err == nil || errors.Is(err, printer.ErrOffline) || errors.Is(err, printer.ErrUncertain) {
		t.Errorf("%v", err)
	}
	if err := d.wait(d.print(t.Context(), printer.Job{ID: "b", Slip: note})); err != nil {
		t.Error(err)
	}
}

// Over TCP it is the printer behind a serial server; a slip can be kept as a picture.
func TestListen(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	p, ended := printersim.New(printersim.Options{}), make(chan error, 1)
	go func() { ended <- p.Listen(ctx, l) }()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("Merhaba\n\x1dVB\x00\x10\x04\x04")); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 1)
	if _, err := conn.Read(answer); err != nil || answer[0] != 0x12 {
		t.Errorf("DLE EOT 4 is answered by %x (%v)", answer, err)
	}
	for changed := p.Changed(); len(p.Slips()) == 0; changed = p.Changed() {
		select {
		case <-changed:
		case <-t.Context().Done():
			t.Fatal("nothing is cut")
		}
	}
	var b bytes.Buffer
	if err := p.WriteSlip(&b, 0); err != nil || !bytes.HasPrefix(b.Bytes(), []byte("\x89PNG")) {
		t.Errorf("%v", err)
	}
	if err := p.WriteSlip(&b, 1); err == nil {
		t.Error("a slip that was not cut")
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A printer that says it is well and holds the line for good has lost its XON: the line ends, and the job with it.
func TestLostXON(t *testing.T) {
	m, _ := printer.ModelByName("generic")
	driver := printer.New(printer.Options{Device: "p1", Model: m, AskEvery: 5 * time.Millisecond, AnswerWithin: 5 * time.Millisecond, ConfirmWithin: 50 * time.Millisecond})
	near, far := net.Pipe()
	defer far.Close()
	var feed statuses
	ended, answer := make(chan error, 1), make(chan error, 1)
	go func() { ended <- driver.Run(t.Context(), cable{near}, &feed) }()
	go func() { _, _ = io.Copy(io.Discard, far) }()
	if _, err := far.Write([]byte{0x13}); err != nil {
		t.Fatal(err)
	}
	go func() { answer <- driver.Print(t.Context(), printer.Job{ID: "a", Slip: note}) }()
	if err := <-ended; err == nil {
		t.Error("the line goes on")
	}
	if err := <-answer; !errors.Is(err, printer.ErrUncertain) {
		t.Errorf("%v", err)
	}
}
