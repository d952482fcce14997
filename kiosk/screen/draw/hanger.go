package draw

import (
	_ "embed"
)

//go:embed hanger.svg
var hanger []byte

// Hanger draws the hanger that waits for a garment, as large as b allows.
func (s *Sheet) Hanger(b Box) { s.art("hanger.svg", hanger, b) }
