package theme

import "encoding/binary"

// lifted answers a copy of an OpenType font whose lines reach ascender units above the baseline. STIX Two Text leaves no room for
// what stands on a capital, and Fyne draws nothing outside of a line: the İ would lose its dot. A font that can not be read is
// answered as it is.
func lifted(font []byte, ascender int16) []byte {
	out := append([]byte(nil), font...)
	set := func(tag string, at int) {
		if table := tableOf(out, tag); len(table) >= at+2 {
			binary.BigEndian.PutUint16(table[at:], uint16(ascender))
		}
	}
	set("hhea", 4)  // ascender
	set("OS/2", 68) // sTypoAscender
	return out
}

// tableOf finds a table by the directory at the head of the font.
func tableOf(font []byte, tag string) []byte {
	if len(font) < 12 {
		return nil
	}
	for i := range int(binary.BigEndian.Uint16(font[4:])) {
		at := 12 + 16*i
		if at+16 > len(font) {
			return nil
		}
		record := font[at : at+16]
		offset, length := uint64(binary.BigEndian.Uint32(record[8:])), uint64(binary.BigEndian.Uint32(record[12:]))
		if string(record[:4]) == tag && offset+length <= uint64(len(font)) {
			return font[offset : offset+length]
		}
	}
	return nil
}
