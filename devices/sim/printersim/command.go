package printersim

const (
	dle byte = 0x10
	esc byte = 0x1B
	gs  byte = 0x1D
)

// sieve takes the real-time commands out of what arrives, wherever they stand.
type sieve struct{ held []byte }

// pass answers what goes on into the buffer, and which DLE EOT was asked, 0 for none.
func (s *sieve) pass(b byte) (kept []byte, asked byte) {
	s.held = append(s.held, b)
	switch {
	case len(s.held) == 1 && b == dle, len(s.held) == 2 && b == 4:
		return nil, 0
	case len(s.held) == 3 && b >= 1 && b <= 4:
		s.held = nil
		return nil, b
	}
	kept, s.held = s.held, nil
	return kept, 0
}

// command carries out the command at the beginning of b and answers its length; 0 if the rest of it is missing.
func (h *head) command(b []byte) (n int, done did) {
	switch {
	case len(b) == 0:
		return 0, didPrint
	case b[0] == esc:
		return h.escape(b)
	case b[0] == gs:
		return h.group(b)
	case b[0] == '\n':
		h.endLine()
	case b[0] >= ' ':
		if h.room() < dotsPerColumn*h.large {
			h.endLine()
		}
		h.line = append(h.line, glyph{h.letters(b[0]), h.bold, h.large})
	}
	return 1, didPrint
}

// room is how many dots are left in the line.
func (h *head) room() int {
	left := h.width
	for _, g := range h.line {
		left -= g.large * dotsPerColumn
	}
	return left
}

// escape carries out an ESC command.
func (h *head) escape(b []byte) (int, did) {
	if len(b) < 2 {
		return 0, didPrint
	}
	long := map[byte]int{'@': 2, 't': 3, 'E': 3, 'a': 3, 'd': 3, 'p': 5}[b[1]]
	if long == 0 {
		return 2, didPrint // one that nobody here knows
	}
	if len(b) < long {
		return 0, didPrint
	}
	switch b[1] {
	case '@':
		h.reset()
	case 't':
		h.letters = page(h.make, b[2])
	case 'E':
		h.bold = b[2]&1 == 1
	case 'a':
		h.align = b[2]
	case 'd':
		for range b[2] {
			h.endLine()
		}
	case 'p':
		return long, didKick
	}
	return long, didPrint
}

// group carries out a GS command.
func (h *head) group(b []byte) (int, did) {
	if len(b) < 3 {
		return 0, didPrint
	}
	switch b[1] {
	case '!':
		h.large = 1 + int(b[2]&1)
		return 3, didPrint
	case 'H':
		h.hri = b[2] == 2
		return 3, didPrint
	case 'h':
		h.high = int(b[2])
		return 3, didPrint
	case 'w':
		return 3, didPrint
	case 'r':
		return 3, didAsk
	case 'V':
		if len(b) < 4 {
			return 0, didPrint
		}
		h.advance(int(b[3]))
		return 4, didCut
	case 'k':
		if len(b) < 4 || len(b) < 4+int(b[3]) {
			return 0, didPrint
		}
		h.ean(string(b[4 : 4+int(b[3])]))
		return 4 + int(b[3]), didPrint
	case '(':
		return h.long(b)
	case 'v':
		return h.picture(b)
	}
	return 3, didPrint
}

// long carries out GS ( commands: QR codes. Others are passed over.
func (h *head) long(b []byte) (int, did) {
	if len(b) < 5 {
		return 0, didPrint
	}
	n := int(b[3]) + int(b[4])<<8
	if len(b) < 5+n {
		return 0, didPrint
	}
	if b[2] == 'k' && n >= 3 && b[5] == '1' {
		switch data := b[7 : 5+n]; b[6] {
		case 'C':
			h.module = int(data[0])
		case 'P':
			h.stored = string(data[1:])
		case 'Q':
			h.qr()
		}
	}
	return 5 + n, didPrint
}

func (h *head) picture(b []byte) (int, did) {
	if len(b) < 8 {
		return 0, didPrint
	}
	wide, high := int(b[4])+int(b[5])<<8, int(b[6])+int(b[7])<<8
	if len(b) < 8+wide*high {
		return 0, didPrint
	}
	h.raster(wide, high, b[8:8+wide*high])
	return 8 + wide*high, didPrint
}
