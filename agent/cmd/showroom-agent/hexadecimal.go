package main

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// bare are the digits of a text as tools of makers print them: with blanks, colons or dashes between, and 0x before.
func bare(text string) string {
	text = strings.NewReplacer(" ", "", "\t", "", ":", "", "-", "").Replace(strings.TrimSpace(text))
	if digits, ok := strings.CutPrefix(text, "0x"); ok {
		return digits
	}
	return text
}

// decodeHex are the bytes that bare digits stand for.
func decodeHex(digits string) ([]byte, error) {
	p, err := hex.DecodeString(digits)
	return p, inDigits(err)
}

// inDigits says in plain words what is wrong with hexadecimal digits.
func inDigits(err error) error {
	if odd, ok := errors.AsType[hex.InvalidByteError](err); ok {
		return fmt.Errorf("%q is no hexadecimal digit", rune(odd))
	}
	if errors.Is(err, hex.ErrLength) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the last byte has one hexadecimal digit, and needs two")
	}
	return err
}

// hexStream reads the bytes that the digits in a stream stand for; white space between them means nothing.
func hexStream(in io.Reader) io.Reader {
	return plainHex{hex.NewDecoder(&digits{in: bufio.NewReader(in)})}
}

type plainHex struct{ in io.Reader }

func (h plainHex) Read(p []byte) (int, error) {
	n, err := h.in.Read(p)
	return n, inDigits(err)
}

// digits leaves white space out.
type digits struct{ in *bufio.Reader }

func (d *digits) Read(p []byte) (n int, err error) {
	read, err := d.in.Read(p)
	for _, b := range p[:read] {
		if !unicode.IsSpace(rune(b)) {
			p[n] = b
			n++
		}
	}
	return n, err
}
