package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"showroom/devices/link"
)

// decodeSerialCommand reads what a reader or its host has said on a serial line.
func decodeSerialCommand() *cobra.Command {
	var (
		name    string
		inHex   bool
		capture bool
		listed  = strings.Join(serialProtocols(), ", ")
	)
	cmd := &cobra.Command{
		Use:   "serial",
		Short: "Decode the bytes of an RFID reader's serial line, from standard input",
		Long: `Decode the bytes of an RFID reader's serial line, from standard input to its end.

Each frame becomes a line of JSON with its bytes, whether it is valid, what is
wrong with it and what it says. Bytes that are no frame become a line with
skipped_hex. Tags of all owners are shown. No agent needs to run.

With --capture the input is a file of "showroom-agent capture": what the reader
said is decoded, and what it was told is left out.`,
		Example: `  echo BB02220011C9340030751FEB705C5904E3D50D703A76EF7E | showroom-agent decode serial --protocol r200 --hex
  showroom-agent decode serial --protocol thingmagic < recording.bytes
  showroom-agent decode serial --protocol r200 --capture < r1-20261122T074200.000Z.jsonl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, ok := serialProtocolOf(name)
			if !ok {
				return fmt.Errorf("--protocol %q is not known; write one of %s", name, listed)
			}
			in := cmd.InOrStdin()
			switch {
			case capture:
				in = link.Replay(in)
			case inHex:
				in = hexStream(in)
			}
			err := decodeSerial(in, cmd.OutOrStdout(), p)
			if capture && err != nil {
				return fmt.Errorf("%w; with --capture it is a file of \"showroom-agent capture\"", err)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&name, "protocol", "", "protocol of the line: "+listed)
	cmd.Flags().BoolVar(&inHex, "hex", false, "standard input is hexadecimal digits; white space between them means nothing")
	cmd.Flags().BoolVar(&capture, "capture", false, "standard input is a file of \"showroom-agent capture\"")
	cmd.MarkFlagsMutuallyExclusive("hex", "capture")
	_ = cmd.MarkFlagRequired("protocol") // it fails only for a flag that does not exist
	return cmd
}

// serialProtocol is a codec as a recording needs it. Its functions share one decoder.
type serialProtocol struct {
	feed    func([]byte)
	next    func() (decoded map[string]any, ok bool)
	idle    func()
	waiting func() int
	skipped func() uint64
	// wire is the last frame as it came, of a protocol whose frames may overlap: of two that do, one is damage. Else nil.
	wire func() []byte
	// judges say what is wrong with bytes that are no frame: one for each way to read them.
	judges []func([]byte) error
}

type frameLine struct {
	Hex     string         `json:"hex"`
	Valid   bool           `json:"valid"`
	Error   *string        `json:"error"` // null for a valid frame
	Decoded map[string]any `json:"decoded"`
}

type skippedLine struct {
	Hex string `json:"skipped_hex"`
}

const (
	// longestFrame is more than any protocol's.
	longestFrame = 300
	// longestGap is how many bytes without a frame are held back to look for damaged ones.
	longestGap = 4096
)

// decodeSerial writes what in says until it ends.
func decodeSerial(in io.Reader, out io.Writer, p serialProtocol) error {
	l := line{protocol: p, out: jsonLines(out)}
	buf := make([]byte, 4096)
	for {
		n, err := in.Read(buf)
		p.feed(buf[:n])
		l.held = append(l.held, buf[:n]...)
		if err := l.write(); err != nil {
			return err
		}
		if errors.Is(err, io.EOF) {
			return l.end()
		}
		if err != nil {
			return fmt.Errorf("read standard input: %w", err)
		}
	}
}

// line is a serial line from the end of its last frame on.
type line struct {
	protocol serialProtocol
	out      *json.Encoder
	held     []byte // skipped, then what waits for its rest
	skipped  uint64 // of all bytes before held
}

// gap is how many bytes of held are no frame for certain.
func (l *line) gap() int { return int(l.protocol.skipped() - l.skipped) }

// write writes the frames that have come, with what is between them.
func (l *line) write() error {
	for decoded, ok := l.protocol.next(); ok; decoded, ok = l.protocol.next() {
		gap, end := l.gap(), len(l.held)-l.protocol.waiting()
		if err := l.writeGap(l.held[:gap]); err != nil {
			return err
		}
		frame := l.held[gap:end]
		if l.protocol.wire != nil {
			frame = l.protocol.wire()
		}
		if err := l.out.Encode(frameLine{Hex: upperHex(frame), Valid: true, Decoded: decoded}); err != nil {
			return fmt.Errorf("write frame: %w", err)
		}
		l.drop(end)
	}
	if gap := l.gap(); gap >= longestGap {
		err := l.writeGap(l.held[:gap])
		l.drop(gap)
		return err
	}
	return nil
}

func (l *line) drop(n int) {
	l.held = append(l.held[:0], l.held[n:]...)
	l.skipped = l.protocol.skipped()
}

// end writes what is left when nothing more comes.
func (l *line) end() error {
	for l.protocol.waiting() > 0 {
		l.protocol.idle()
		if err := l.write(); err != nil {
			return err
		}
	}
	return l.writeGap(l.held)
}

// writeGap writes what the codec has thrown away: damaged frames as such, as far as they can be told from noise.
func (l *line) writeGap(gap []byte) error {
	noise := 0 // gap[:noise] is
	for noise < len(gap) {
		size, wrong := l.damaged(gap[noise:])
		if size == 0 {
			noise++
			continue
		}
		if err := l.writeNoise(gap[:noise]); err != nil {
			return err
		}
		if err := l.out.Encode(frameLine{Hex: upperHex(gap[noise : noise+size]), Error: new(wrong.Error())}); err != nil {
			return fmt.Errorf("write damaged frame: %w", err)
		}
		gap, noise = gap[noise+size:], 0
	}
	return l.writeNoise(gap)
}

func (l *line) writeNoise(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	if err := l.out.Encode(skippedLine{Hex: upperHex(p)}); err != nil {
		return fmt.Errorf("write skipped bytes: %w", err)
	}
	return nil
}

// damaged is the size of the damaged frame at the beginning of p, and what is wrong with it; 0 for none. A codec judges a frame
// when it has the last byte, not before: that is how its size is found.
func (l *line) damaged(p []byte) (size int, wrong error) {
	for _, judge := range l.protocol.judges {
		for n := 1; n <= min(len(p), longestFrame); n++ {
			err := judge(p[:n])
			if err == nil {
				break
			}
			if err.Error() == "short" {
				continue
			}
			if isDamage(err) {
				return n, err
			}
			break
		}
	}
	return 0, nil
}

// isDamage says whether bytes with this error were a frame once. A bad header or length says only that something looked like one.
func isDamage(err error) bool {
	return slices.Contains([]string{"bad_checksum", "bad_crc", "bad_end", "bad_tag_crc", "bad_record"}, err.Error())
}

func upperHex(p []byte) string { return strings.ToUpper(hex.EncodeToString(p)) }
