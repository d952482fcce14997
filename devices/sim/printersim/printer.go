package printersim

import (
	"context"
	"image"
	"io"
	"sync"

	"golang.org/x/text/encoding/charmap"
)

// Make is whose printer it is: which code page is behind which number, and what it answers.
type Make int

// The makes. Cheap takes any number for code page 437 and answers nothing.
const (
	Epson Make = iota
	Datecs
	Cheap
)

// Options say what printer it is.
type Options struct {
	Make  Make
	Width int // letters in a line; 0 means 48
	// Buffer is how many bytes it takes before it says XOFF; 0 means 4096.
	Buffer int
}

// Printer is a simulated printer. All methods may be called from any goroutine.
type Printer struct {
	o Options

	mu      sync.Mutex
	changed chan struct{} // closed and made anew when anything changes
	out     bool
	low     bool
	cover   bool
	held    bool // does not print for now, as if it were slow
	deaf    bool // answers nothing, as if it were off
	left    int  // rows of dots until the roll ends; -1 for a roll without an end
	kicks   int
	cuts    []*image.Gray
	head    *head
	buffer  []byte
	xoff    bool
}

// New makes a printer with paper.
func New(o Options) *Printer {
	if o.Width <= 0 {
		o.Width = 48
	}
	if o.Buffer <= 0 {
		o.Buffer = 4096
	}
	p := &Printer{o: o, changed: make(chan struct{}), left: -1}
	p.head = newHead(o.Width*dotsPerColumn, o.Make)
	return p
}

func (p *Printer) change(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
	close(p.changed)
	p.changed = make(chan struct{})
}

// PaperOut takes the roll out or puts a new one in.
func (p *Printer) PaperOut(out bool) { p.change(func() { p.out, p.left = out, -1 }) }

// PaperLow says that the roll is nearly at its end.
func (p *Printer) PaperLow(low bool) { p.change(func() { p.low = low }) }

// PaperLeft lets the roll end after so many rows of dots.
func (p *Printer) PaperLeft(rows int) { p.change(func() { p.left = rows }) }

// Cover opens or closes it.
func (p *Printer) Cover(open bool) { p.change(func() { p.cover = open }) }

// Hold keeps it from printing while it still takes bytes, as a slow one does.
func (p *Printer) Hold(held bool) { p.change(func() { p.held = held }) }

// Deaf lets it answer nothing, as one that is switched off.
func (p *Printer) Deaf(deaf bool) { p.change(func() { p.deaf = deaf }) }

// Slips are the pieces of paper it has cut, the oldest first.
func (p *Printer) Slips() []*image.Gray {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*image.Gray(nil), p.cuts...)
}

// Buffered is how many bytes it has taken and not printed.
func (p *Printer) Buffered() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.buffer)
}

// Rows is how many rows of dots hang out of it uncut.
func (p *Printer) Rows() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.head.y
}

// Kicks is how often it has opened the drawer.
func (p *Printer) Kicks() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kicks
}

// Changed is closed when anything changes.
func (p *Printer) Changed() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

// Serve is the printer at the other end of a line until ctx ends or the line fails. What was in its buffer stays there for the next
// line.
func (p *Printer) Serve(ctx context.Context, line io.ReadWriter) error {
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var printing sync.WaitGroup
	say := func(b ...byte) {
		if len(b) > 0 {
			_, _ = line.Write(b) // a line that is gone is noticed by reading
		}
	}
	printing.Go(func() { p.work(inner, say) })
	err := p.hear(inner, line, say)
	cancel(err)
	printing.Wait()
	return err
}

func (p *Printer) hear(ctx context.Context, line io.Reader, say func(...byte)) error {
	var realtime sieve
	buf := make([]byte, 256)
	for ctx.Err() == nil {
		n, err := line.Read(buf)
		if err != nil {
			return err
		}
		// What it says goes out under the lock: XOFF and XON must not overtake each other.
		p.change(func() {
			var answers []byte
			for _, b := range buf[:n] {
				kept, asked := realtime.pass(b)
				p.buffer = append(p.buffer, kept...)
				if asked != 0 && p.speaks() {
					answers = append(answers, p.answer(asked))
				}
			}
			if !p.xoff && len(p.buffer) > p.o.Buffer*3/4 {
				p.xoff = true
				answers = append(answers, xoff)
			}
			say(answers...)
		})
	}
	return ctx.Err()
}

func (p *Printer) speaks() bool { return p.o.Make != Cheap && !p.deaf }

// answer is what it says to DLE EOT.
func (p *Printer) answer(question byte) byte {
	b := byte(0x12)
	set := func(on bool, bits byte) {
		if on {
			b |= bits
		}
	}
	switch question {
	case 1:
		set(p.out || p.cover, 0x08)
	case 2:
		set(p.cover, 0x04)
		set(p.out, 0x20)
	case 4:
		set(p.low || p.out, 0x0C)
		set(p.out, 0x60)
	}
	return b
}

// work prints what is in the buffer while there is paper and the cover is closed.
func (p *Printer) work(ctx context.Context, say func(...byte)) {
	for ctx.Err() == nil {
		var answers []byte
		idle := false
		p.mu.Lock()
		changed := p.changed
		switch {
		case p.out || p.cover || p.held:
			idle = true
		default:
			n := p.step(&answers)
			p.buffer = p.buffer[n:]
			idle = n == 0
			if n > 0 {
				close(p.changed)
				p.changed = make(chan struct{})
			}
		}
		starved := idle && !p.out && !p.cover && !p.held // the rest of a long command is missing
		if p.xoff && (starved || len(p.buffer) < p.o.Buffer/4) {
			p.xoff = false
			answers = append(answers, xon)
		}
		say(answers...)
		p.mu.Unlock()
		if idle {
			select {
			case <-changed:
			case <-ctx.Done():
			}
		}
	}
}

// step carries one command of the buffer out and answers how long it was; 0 if it is not there as a whole.
func (p *Printer) step(answers *[]byte) int {
	before := p.head.y
	n, done := p.head.command(p.buffer)
	if n == 0 {
		return 0
	}
	switch done {
	case didKick:
		p.kicks++
	case didCut:
		p.cuts = append(p.cuts, p.head.cut())
		before = 0
	case didAsk:
		if p.speaks() {
			*answers = append(*answers, 0)
		}
	}
	if p.left >= 0 {
		p.left -= max(p.head.y-before, 0)
		if p.left < 0 {
			p.out, p.left = true, -1
		}
	}
	return n
}

// page answers what a byte of a code page means.
func page(m Make, number byte) func(byte) rune {
	var from string
	switch {
	case m == Epson && number == 13, m == Datecs && number == 8:
		from = pc857
	case m == Epson && number == 48, m == Datecs && number == 17:
		return charmap.Windows1254.DecodeByte
	default:
		return charmap.CodePage437.DecodeByte
	}
	upper := []rune(from)
	return func(b byte) rune {
		if b < 0x80 {
			return rune(b)
		}
		return upper[b-0x80]
	}
}

// pc857 is the upper half of code page 857 as Epson prints it in its character tables, row by row.
const pc857 = "ÇüéâäàåçêëèïîıÄÅ" + "ÉæÆôöòûùİÖÜø£ØŞş" + "áíóúñÑĞğ¿®¬½¼¡«»" + "░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐" +
	"└┴┬├─┼ãÃ╚╔╩╦╠═╬¤" + "ºªÊËÈ€ÍÎÏ┘┌█▄¦Ì▀" + "ÓßÔÒõÕµ\uFFFD×ÚÛÙìÿ¯´" + "\u00ad±\uFFFD¾¶§÷¸°¨·¹³²■\u00a0"
