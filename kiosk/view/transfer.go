package view

import (
	"slices"

	"showroom/agent/localapi"
)

// TransferPage is the code with which a shopper goes on at a checkout.
type TransferPage struct {
	Frame
	Title, Text, Bring string
	Code               string // for people and scanners; "" while the agent has not answered
	CodeText           string
	Back               string
}

// Transfer answers the page with the code for a checkout.
func (s State) Transfer() TransferPage {
	t := s.texts()
	p := TransferPage{
		Frame: s.Frame(), Title: t.T("kiosk.transfer.title"), Text: t.T("kiosk.transfer.text"), Bring: t.T("kiosk.transfer.bring"),
		Code: s.ListCode, CodeText: t.T("kiosk.parked.code"), Back: t.T("kiosk.transfer.back"),
	}
	if p.Code == "" {
		p.Title, p.Text, p.Bring, p.CodeText = t.T("kiosk.transfer.wait"), "", "", ""
	}
	return p
}

// canTransfer says that a checkout could go on with what the shopper has brought.
func (s State) canTransfer() bool {
	brought := slices.ContainsFunc(s.room().Garments, func(g localapi.Garment) bool { return !g.LeftBehind })
	return s.Kiosk.ToCheckout && s.visited() && brought
}

// transfer opens the page of the code. Every visit to it asks for another one: what hangs here may have changed, and the agent keeps
// only the last.
func (s State) transfer() (State, Command) {
	if !s.canTransfer() {
		return s, nil
	}
	s = s.dropToast()
	s.Route, s.ListCode = RouteTransfer, ""
	if busy[Transfer](s) {
		return s, nil
	}
	return s.issue(func(t Ticket) Command { return Transfer{Ticket: t} })
}

// transferProblem is the text for a refusal of the code.
func transferProblem(code string) string {
	switch code {
	case "conflict":
		return "kiosk.toast.nothing_to_sell"
	case "unavailable", "invalid", "not_found":
		return "kiosk.toast.checkout_closed"
	}
	return problemKey(code)
}
