package printersim

import "testing"

// Whatever a host sends, the printer takes it a command at a time and never waits for a command that is there as a whole.
func FuzzCommands(f *testing.F) {
	f.Add([]byte("\x1b@\x1bt\x0dMerhaba\n\x1dVB\x00"))
	f.Add([]byte("\x1d(k\x04\x001A2\x00\x1d(k\x06\x001P0abc\x1d(k\x03\x001Q0"))
	f.Add([]byte("\x1dv0\x00\x02\x00\x02\x00\xff\x00\x00\xff\x1dk\x43\x0d8690123456789\x1dr\x01\x1bp\x002\xfa"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		if len(sent) > 512 {
			return
		}
		var s sieve
		var kept []byte
		for _, b := range sent {
			k, _ := s.pass(b)
			kept = append(kept, k...)
		}
		h := newHead(384, Epson)
		for len(kept) > 0 {
			n, _ := h.command(kept)
			if n == 0 {
				break // the rest is missing
			}
			if n < 0 || n > len(kept) {
				t.Fatalf("a command of %d bytes in %d", n, len(kept))
			}
			kept = kept[n:]
		}
		if h.y > longest || h.paper.Rect.Dy() > longest+1<<17 {
			t.Fatalf("%d rows", h.y)
		}
	})
}
