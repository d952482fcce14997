package view

import (
	"showroom/agent/lang"
	"showroom/agent/localapi"
)

// ways are how garments can come into the basket just now, besides search. What is broken is not asked for.
type ways struct {
	tray, scan bool
}

func waysOf(c localapi.Checkout) ways {
	return ways{tray: c.Tray != nil && !c.Tray.Reader.Faulty(), scan: c.Scanner != nil && !c.Scanner.Faulty()}
}

// say answers the one of the four sentences under key that names what works.
func (w ways) say(t *lang.Texts, key string) string {
	switch {
	case w.tray && w.scan:
		return t.T(key + ".both")
	case w.tray:
		return t.T(key + ".tray")
	case w.scan:
		return t.T(key + ".scan")
	}
	return t.T(key + ".neither")
}

// picture is what the ways look like, the tray before the scanner.
func (w ways) picture() Pictogram {
	switch {
	case w.tray:
		return PictureTray
	case w.scan:
		return PictureScan
	}
	return PictureAsk
}

// fault is the text for the machines beside the kiosk that do not work; "" when all that are there do.
func (w ways) fault(c localapi.Checkout) string {
	tray, scanner := c.Tray != nil && !w.tray, c.Scanner != nil && !w.scan
	switch {
	case tray && scanner:
		return "kiosk.basket.neither_fault"
	case scanner:
		return "kiosk.basket.scanner_fault"
	case tray && w.scan:
		return "kiosk.basket.tray_fault"
	case tray:
		return "kiosk.basket.tray_fault_only"
	}
	return ""
}
