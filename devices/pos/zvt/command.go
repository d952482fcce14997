package zvt

import (
	"encoding/binary"
	"fmt"
	"strings"

	"showroom/agent/showroom"
)

// Password is the six digits that open a terminal's functions to its cash register.
type Password [3]byte

// ParsePassword reads six digits; white space around them means nothing.
func ParsePassword(s string) (Password, error) {
	s = strings.TrimSpace(s)
	if len(s) != 6 || strings.Trim(s, "0123456789") != "" {
		return Password{}, fmt.Errorf("parse password of a terminal: want six digits")
	}
	var p Password
	for i := range s {
		setNibble(p[:], i, s[i]-'0')
	}
	return p, nil
}

// String does not tell it.
func (Password) String() string { return "******" }

// GoString does not tell it either.
func (Password) GoString() string { return "******" }

// Bits of the configuration in a registration.
const (
	ConfigPayments    = 0x02 // the cash register prints receipts of payments
	ConfigAdmin       = 0x04 // and of administration
	ConfigProgress    = 0x08 // the terminal says what goes on
	ConfigNoPayments  = 0x10 // nobody starts payments on the terminal itself
	ConfigNoAdmin     = 0x20 // nor administration
	ConfigPrintsLines = 0x80 // the terminal sends receipts as lines; else the cash register makes them up

	// ConfigFull is what a checkout without a cashier wants.
	ConfigFull = ConfigPayments | ConfigAdmin | ConfigProgress | ConfigNoPayments | ConfigNoAdmin | ConfigPrintsLines
)

// Registration tells the terminal who its cash register is. With blocks it says that receipts may come as 06 D3, which some banks
// require.
func Registration(p Password, config byte, c showroom.Currency, blocks bool) APDU {
	data := binary.BigEndian.AppendUint16(append(p[:], config), numeric(c))
	if blocks {
		commands := TLV{Tag: tagCommands}
		for _, code := range []Code{CodePrintLine, CodePrintBlock} {
			commands.Children = append(commands.Children, TLV{Tag: tagCommand, Value: []byte{code.Class(), code.Instr()}})
		}
		data = appendField(data, bmpTLV, commands.Append(nil))
	}
	return APDU{CodeRegistration, data}
}

// MaxAmount is the largest amount a message can hold, in minor units.
const MaxAmount = 999_999_999_999

// Authorization is a payment. The amount is more than nothing and no more than MaxAmount.
func Authorization(amount showroom.Money) APDU {
	return APDU{CodeAuthorization, appendMoney(nil, amount)}
}

// Reversal undoes the payment with this receipt number, four digits.
func Reversal(p Password, receipt string) APDU {
	return APDU{CodeReversal, appendReceipt(p[:], receipt)}
}

// Refund gives money back.
func Refund(p Password, amount showroom.Money) APDU {
	return APDU{CodeRefund, appendMoney(p[:], amount)}
}

// RepeatReceipt asks for the last receipt again. It moves nothing.
func RepeatReceipt(p Password) APDU { return APDU{CodeRepeatReceipt, p[:]} }

// EndOfDay closes the terminal's books of the day.
func EndOfDay(p Password) APDU { return APDU{CodeEndOfDay, p[:]} }

// Diagnosis has the terminal try its connection.
func Diagnosis() APDU { return APDU{Code: CodeDiagnosis} }

// StatusEnquiry asks how the terminal is.
func StatusEnquiry(p Password) APDU { return APDU{CodeStatusEnquiry, p[:]} }

// AbortWish asks the terminal to stop what it is doing. It may be too late.
func AbortWish() APDU { return APDU{Code: CodeAbortWish} }

// LogOff ends a registration.
func LogOff() APDU { return APDU{Code: CodeLogOff} }

// Accept is the positive answer to any message.
func Accept() APDU { return APDU{Code: CodeOK} }

func appendMoney(dst []byte, m showroom.Money) []byte {
	dst = appendField(dst, bmpAmount, PackAmount(m.Minor))
	return appendField(dst, bmpCurrency, binary.BigEndian.AppendUint16(nil, numeric(m.Currency)))
}

// PackAmount packs the last twelve digits of an amount of at least nothing.
func PackAmount(minor int64) []byte {
	p := make([]byte, 6)
	for i := 11; i >= 0; i-- {
		setNibble(p, i, byte(minor%10))
		minor /= 10
	}
	return p
}

func appendReceipt(dst []byte, receipt string) []byte {
	var p [2]byte
	for i := range min(len(receipt), 4) {
		setNibble(p[:], i, receipt[i]-'0')
	}
	return appendField(dst, bmpReceipt, p[:])
}

// isReceipt says whether a reversal can name this receipt.
func isReceipt(s string) bool { return len(s) == 4 && strings.Trim(s, "0123456789") == "" }
