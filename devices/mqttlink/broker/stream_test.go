package broker

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// line is a connection of which there is only what comes.
type line struct {
	net.Conn
	io.Reader
}

func (l line) Read(b []byte) (int, error) { return l.Reader.Read(b) }

// Whatever comes in whatever pieces: packets pass as they are, but for messages that are too long, which come cut.
func TestOnlyMessagesThatAreTooLongAreCut(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var stream, want []byte
		for range rapid.IntRange(0, 6).Draw(r, "packets") {
			kind := rapid.SampledFrom([]byte{0x10, 0x30, 0x32, 0x3d, 0x82, 0xc0}).Draw(r, "kind")
			size := rapid.SampledFrom([]int{0, 1, 127, 128, 5000, maxPacket - 2, maxPacket - 1, maxPacket, 2 * maxPacket}).Draw(r, "size")
			body := bytes.Repeat([]byte{rapid.Byte().Draw(r, "body")}, size)
			packet := func(body []byte) []byte {
				return append(binary.AppendUvarint([]byte{kind}, uint64(len(body))), body...)
			}
			stream = append(stream, packet(body)...)
			if kind>>4 == 3 {
				body = body[:min(size, maxPacket-1)]
			}
			want = append(want, packet(body)...)
		}
		var from io.Reader = bytes.NewReader(stream)
		if rapid.Bool().Draw(r, "in halves") {
			from = iotest.HalfReader(from)
		}
		g := newGauged(line{Reader: from})
		buffer := make([]byte, rapid.SampledFrom([]int{1, 3, 2048, 1 << 20}).Draw(r, "buffer"))
		var got []byte
		for {
			n, err := g.Read(buffer)
			got = append(got, buffer[:n]...)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				r.Fatal(err)
			}
		}
		if !bytes.Equal(got, want) {
			r.Fatalf("of %d bytes %d passed, want %d", len(stream), len(got), len(want))
		}
	})
}
