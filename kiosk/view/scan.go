package view

import "showroom/agent/localapi"

// ScanPage says what a scanned code means that is no piece of the shop: in words, and what to do now.
type ScanPage struct {
	Frame
	Title, Text string
	Close       string
}

// Scan answers the page of what was scanned, or false when nothing was or when it is a piece, which has the page of a garment.
func (s State) Scan() (ScanPage, bool) {
	scan, ok := s.scan()
	if !ok || scan.Product != nil {
		return ScanPage{}, false
	}
	t, key := s.texts(), "kiosk.scan."+meaning(scan.Kind)
	return ScanPage{Frame: s.Frame(), Title: t.T(key + ".title"), Text: t.T(key + ".text"), Close: t.T("kiosk.scan.close")}, true
}

// meaning is the kind as texts know it. A kind of a later agent is a code this kiosk knows nothing of.
func meaning(kind string) string {
	switch kind {
	case localapi.ScanUnknown, localapi.ScanUnreadable, localapi.ScanCustomer, localapi.ScanReceipt, localapi.ScanOrder:
		return kind
	}
	return localapi.ScanOther
}

// scan is what was scanned and has not been put aside.
func (s State) scan() (localapi.Scan, bool) {
	if s.Kiosk.Scan == nil || s.Kiosk.Scan.ID == s.Aside {
		return localapi.Scan{}, false
	}
	return *s.Kiosk.Scan, true
}

// scanned is the piece that was scanned, as if it hung here.
func (s State) scanned() (localapi.Garment, bool) {
	scan, ok := s.scan()
	if !ok || scan.Product == nil {
		return localapi.Garment{}, false
	}
	return localapi.Garment{EPC: "scan/" + scan.GTIN, GTIN: scan.GTIN, Product: *scan.Product}, true
}

// opened is the garment whose page is open.
func (s State) opened() (localapi.Garment, bool) {
	if s.Route == RouteScan {
		return s.scanned()
	}
	return s.garment(s.Open.EPC)
}

// takeScan opens what was scanned since before, and closes what is not there any more. The same piece again is the same page: what
// was chosen on it stays.
func (s State) takeScan(before *localapi.Scan) State {
	if s.Kiosk.Scan == nil {
		s.Aside = ""
	}
	scan, ok := s.scan()
	switch {
	case !ok && s.Route == RouteScan:
		return s.home()
	case !ok || before != nil && before.ID == scan.ID:
		return s
	}
	if s.Route != RouteScan || before == nil || before.GTIN != scan.GTIN {
		s.Open = Open{GTIN: scan.GTIN}
	}
	s.Route = RouteScan
	return s
}

// putAside closes what was scanned.
func (s State) putAside() (State, Command) {
	scan, ok := s.scan()
	if !ok {
		return s.home(), nil
	}
	s.Aside = scan.ID
	return s.home().issue(func(t Ticket) Command { return PutScanAside{Ticket: t, Scan: scan.ID} })
}
