package profileapi

import (
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// ErrTooLarge says that something decompresses to more than was allowed.
var ErrTooLarge = errors.New("decompresses to more than allowed")

// Compressor makes zstd frames with one thread and a small window, so that it costs a Raspberry Pi little memory. It is not safe
// for concurrent use.
type Compressor struct{ enc *zstd.Encoder }

// NewCompressor makes a Compressor whose frames everybody can read.
func NewCompressor() (*Compressor, error) { return newCompressor() }

// NewBatchCompressor makes a Compressor for batches. Its frames name the dictionary of this package and need a [Decompressor].
func NewBatchCompressor() (*Compressor, error) {
	return newCompressor(zstd.WithEncoderDictRaw(dictionaryID, []byte(dictionary)))
}

// newCompressor uses the fastest level: on batches of events the slower ones make no smaller frames and take many times the memory.
func newCompressor(more ...zstd.EOption) (*Compressor, error) {
	enc, err := zstd.NewWriter(nil, append(more, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(512<<10),
		zstd.WithLowerEncoderMem(true), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false))...)
	if err != nil {
		return nil, fmt.Errorf("make zstd encoder: %w", err)
	}
	return &Compressor{enc: enc}, nil
}

// Compress appends the compressed form of src to dst.
func (c *Compressor) Compress(dst, src []byte) []byte { return c.enc.EncodeAll(src, dst) }

// Decompressor reads zstd frames, with this package's dictionary or with none, up to a size. It is safe for concurrent use.
type Decompressor struct{ dec *zstd.Decoder }

// NewDecompressor makes a Decompressor that answers ErrTooLarge for anything larger than limit bytes, before it has taken the
// memory for it.
func NewDecompressor(limit int) (*Decompressor, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(uint64(limit)),
		zstd.WithDecoderMaxWindow(8<<20),
		zstd.WithDecoderDictRaw(dictionaryID, []byte(dictionary)))
	if err != nil {
		return nil, fmt.Errorf("make zstd decoder: %w", err)
	}
	return &Decompressor{dec: dec}, nil
}

// Decompress answers what src was made from.
func (d *Decompressor) Decompress(src []byte) ([]byte, error) {
	out, err := d.dec.DecodeAll(src, nil)
	switch {
	case errors.Is(err, zstd.ErrDecoderSizeExceeded), errors.Is(err, zstd.ErrWindowSizeExceeded):
		return nil, ErrTooLarge
	case err != nil:
		return nil, fmt.Errorf("decompress: %w", err)
	}
	return out, nil
}
