package zvt

import "errors"

// ErrTLV is a container whose tags and lengths do not fit together.
var ErrTLV = errors.New("bad_tlv")

// TLV is one object of a container: tag, and value or children. Tags and lengths are those of BER.
type TLV struct {
	Tag      uint32
	Value    []byte // of a primitive one; else nil
	Children []TLV  // of a constructed one
}

// Tags of the protocol that this package looks at.
const (
	tagText      = 0x07
	tagAttribute = 0x09
	tagCommand   = 0x0A
	tagCharset   = 0x14
	tagTexts     = 0x24 // of an intermediate status
	tagLines     = 0x25 // of a text block
	tagCommands  = 0x26 // that the cash register understands
	tagCharsets  = 0x27
	tagReceipt   = 0x1F07 // whose receipt a line is
)

const (
	maxDepth  = 8 // far more than any message nests
	maxTagLen = 4
)

// Constructed says whether the object holds others.
func (t TLV) Constructed() bool { return constructed(t.Tag) }

func constructed(tag uint32) bool {
	for tag > 0xFF {
		tag >>= 8
	}
	return tag&0x20 != 0
}

// parseTLVs reads the objects that p holds. Values share its memory.
func parseTLVs(p []byte, depth int) ([]TLV, error) {
	all := []TLV{}
	for len(p) > 0 {
		tag, rest, err := readTag(p)
		if err != nil {
			return nil, err
		}
		n, rest, err := readLength(rest)
		if err != nil || n > len(rest) {
			return nil, ErrTLV
		}
		t := TLV{Tag: tag}
		if value := rest[:n:n]; constructed(tag) {
			if depth >= maxDepth {
				return nil, ErrTLV
			}
			if t.Children, err = parseTLVs(value, depth+1); err != nil {
				return nil, err
			}
		} else {
			t.Value = value
		}
		all, p = append(all, t), rest[n:]
	}
	return all, nil
}

func readTag(p []byte) (tag uint32, rest []byte, err error) {
	if len(p) == 0 {
		return 0, nil, ErrTLV
	}
	tag = uint32(p[0])
	if p[0]&0x1F != 0x1F {
		return tag, p[1:], nil
	}
	for i := 1; i < min(len(p), maxTagLen); i++ {
		tag = tag<<8 | uint32(p[i])
		if p[i]&0x80 == 0 {
			return tag, p[i+1:], nil
		}
	}
	return 0, nil, ErrTLV
}

func readLength(p []byte) (n int, rest []byte, err error) {
	switch {
	case len(p) == 0:
		return 0, nil, ErrTLV
	case p[0] < 0x80:
		return int(p[0]), p[1:], nil
	case p[0] == 0x81 && len(p) >= 2:
		return int(p[1]), p[2:], nil
	case p[0] == 0x82 && len(p) >= 3:
		return int(p[1])<<8 | int(p[2]), p[3:], nil
	}
	return 0, nil, ErrTLV
}

// Append appends the bytes of the object to dst.
func (t TLV) Append(dst []byte) []byte {
	value := t.Value
	if t.Constructed() {
		value = appendTLVs(nil, t.Children)
	}
	for shift := 24; shift > 0; shift -= 8 {
		if t.Tag>>shift != 0 {
			dst = append(dst, byte(t.Tag>>shift))
		}
	}
	return append(appendLength(append(dst, byte(t.Tag)), len(value)), value...)
}

func appendTLVs(dst []byte, all []TLV) []byte {
	for _, t := range all {
		dst = t.Append(dst)
	}
	return dst
}

func appendLength(dst []byte, n int) []byte {
	switch {
	case n < 0x80:
		return append(dst, byte(n))
	case n < 0x100:
		return append(dst, 0x81, byte(n))
	}
	return append(dst, 0x82, byte(n>>8), byte(n))
}

// find is the first object with this tag, at any depth.
func find(all []TLV, tag uint32) (TLV, bool) {
	for _, t := range all {
		if t.Tag == tag {
			return t, true
		}
		if inner, ok := find(t.Children, tag); ok {
			return inner, true
		}
	}
	return TLV{}, false
}
