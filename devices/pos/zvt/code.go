package zvt

import (
	"fmt"

	"showroom/agent/showroom"
)

// ResultCode says how a command ended: 00 well, up to 63 in the words of the bank, above in the terminal's (PA00P015, chapter
// error messages).
type ResultCode byte

// The codes this package decides by.
const (
	ResultOK         ResultCode = 0x00
	ResultUnreadable ResultCode = 0x64
	ResultNotReg     ResultCode = 0x6B // not registered
	ResultStopped    ResultCode = 0x6C // by time or by the stop key
	ResultCurrency   ResultCode = 0x6F
	ResultCall       ResultCode = 0x83 // function not possible
	ResultWait       ResultCode = 0x9C // busy; some terminals mean "and then I go on"
	ResultPartGoods  ResultCode = 0x9D
	ResultPassword   ResultCode = 0xA4
	ResultPrinter    ResultCode = 0xCC
	ResultCardInside ResultCode = 0xDC
)

// String is the code as staff can tell it to the terminal's maker.
func (r ResultCode) String() string { return fmt.Sprintf("%02X", byte(r)) }

// Text is what the code means, for staff.
func (r ResultCode) Text() string {
	switch r {
	case ResultOK:
		return "done"
	case 0x05:
		return "declined"
	case ResultUnreadable:
		return "card can not be read"
	case 0x65:
		return "no card data"
	case 0x66, 0x9A:
		return "protocol or processing error"
	case 0x6A:
		return "turnover file full"
	case ResultNotReg:
		return "terminal not registered"
	case ResultStopped:
		return "stopped, or nobody showed a card"
	case 0x6E:
		return "card blocked"
	case ResultCurrency, 0xC6:
		return "wrong currency"
	case 0x77:
		return "end of day not possible"
	case 0x78:
		return "card expired"
	case ResultCall:
		return "function not possible"
	case 0x85:
		return "key missing"
	case ResultWait:
		return "busy"
	case 0xA0:
		return "not ready"
	case 0xA1, 0xA3, 0x7D, 0x9B:
		return "terminal has no connection"
	case ResultPassword:
		return "wrong password"
	case 0xB1, 0xB2:
		return "memory full: an end of day is due"
	case 0xB4:
		return "already reversed"
	case 0xB5:
		return "reversal not possible"
	case 0xB8:
		return "no such receipt"
	case 0xC2:
		return "diagnosis required"
	case ResultPrinter:
		return "printer not ready"
	case ResultCardInside:
		return "a card is in the reader"
	case 0xE4:
		return "terminal not activated"
	case 0xF0:
		return "open end of day"
	case 0xFF:
		return "system fault"
	}
	return "code " + r.String()
}

// Reason is what a shopper should know of a payment that ended so.
func (r ResultCode) Reason() showroom.DeclineReason {
	switch r {
	case ResultStopped:
		return showroom.DeclinedByShopper
	case ResultUnreadable, 0x65, 0x71, 0x72, 0x73, 0x78, 0x79, 0x7A, 0x7B, 0x7C, 0xC0, 0xE2, 0xE3:
		return showroom.DeclinedCard
	case ResultCurrency, 0xC6:
		return showroom.DeclinedCurrency
	case ResultWait, 0xA0:
		return showroom.DeclinedBusy
	case ResultPrinter:
		return showroom.DeclinedPaper
	case ResultCall, 0x67, 0x68, 0xB4, 0xB5, 0xB7, 0xB8, 0xC3, 0xC5, 0xC8, 0xC9, ResultPassword:
		return showroom.DeclinedByDevice
	}
	if r < ResultUnreadable || r == 0x6E || r == 0x76 {
		return showroom.DeclinedByCard
	}
	return showroom.DeclinedDevice
}

// progressCode is our word for an intermediate status (PA00P015, command 04 FF).
func progressCode(status byte) string {
	switch status {
	case 0x0A, 0x2A, 0x4A, 0xCC:
		return "present_card"
	case 0x00:
		return "confirm_amount"
	case 0x01, 0x02, 0x41, 0x42:
		return "enter_pin"
	case 0x03, 0x15:
		return "wrong_pin"
	case 0x28, 0x29, 0x2C, 0xE0, 0xE1:
		return "select_application"
	case 0x0B, 0x4B, 0x4C, 0x4D, 0x4F:
		return "remove_card"
	case 0x04, 0x44:
		return "authorising"
	case 0xD2, 0xD3:
		return "connecting"
	case 0x0C:
		return "try_again"
	case 0x07, 0x08, 0x09, 0x10, 0x19, 0x47, 0x48, 0x49, 0x50:
		return "other_card"
	}
	return "please_wait"
}

// numeric is the number of a currency in ISO 4217, as the protocol packs it; 0 for one no terminal here takes.
func numeric(c showroom.Currency) uint16 {
	switch c {
	case "EUR":
		return 0x0978
	case "TRY":
		return 0x0949
	case "CHF":
		return 0x0756
	case "GBP":
		return 0x0826
	case "USD":
		return 0x0840
	case "DKK":
		return 0x0208
	case "SEK":
		return 0x0752
	case "NOK":
		return 0x0578
	case "PLN":
		return 0x0985
	case "CZK":
		return 0x0203
	case "HUF":
		return 0x0348
	case "RON":
		return 0x0946
	case "BGN":
		return 0x0975
	case "RSD":
		return 0x0941
	case "JPY":
		return 0x0392
	case "KWD":
		return 0x0414
	case "BHD":
		return 0x0048
	}
	return 0
}

// Currencies are those a terminal can be asked for; a payment in any other one is declined. Each call returns a fresh slice.
func Currencies() []showroom.Currency {
	return []showroom.Currency{"EUR", "TRY", "CHF", "GBP", "USD", "DKK", "SEK", "NOK", "PLN", "CZK", "HUF", "RON", "BGN", "RSD", "JPY", "KWD", "BHD"}
}

// currencyOf is the currency with a packed number; "" for one that is not known.
func currencyOf(digits string) showroom.Currency {
	for _, c := range Currencies() {
		if digits == fmt.Sprintf("%04x", numeric(c)) {
			return c
		}
	}
	return ""
}
