package zvtsim

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"showroom/devices/pos/zvt"
)

// status is what the terminal says of an entry: 04 0F.
func (v *visit) status(e Entry) zvt.APDU {
	data := append([]byte{0x27, 0x00, 0x04}, zvt.PackAmount(e.Amount)...)
	data = binary.BigEndian.AppendUint16(append(data, 0x49), v.o.Currency)
	data = append(append(data, 0x0C), packed(e.At.Format("150405"))...)
	data = append(append(data, 0x0D), packed(e.At.Format("0102"))...)
	data = append(append(data, 0x87), packed(fmt.Sprintf("%04d", e.Receipt))...)
	data = append(append(data, 0x0B), packed(fmt.Sprintf("%06d", e.Trace))...)
	data = append(append(data, 0x29), v.id()...)
	data = append(data, llvar(0x22, packed(testCard))...) // in clear, as some firmware says it
	data = append(data, 0x8A, 0x0A, 0x8B, 0xF0, 0xF5)
	data = append(data, "VISA\x00"...)
	data = append(append(data, 0x3B), fmt.Sprintf("%06d\x00\x00", 100000+e.Trace)...)
	return zvt.APDU{Code: zvt.CodeStatus, Data: data}
}

// testCard is a number that no bank issues.
const testCard = "4111111111111111"

func packed(digits string) []byte {
	p, err := hex.DecodeString(digits)
	if err != nil {
		return nil
	}
	return p
}

// slip is an entry's receipt for the shopper, and one for the merchant.
func (v *visit) slip(e Entry) []zvt.APDU {
	if v.o.Loose {
		return nil
	}
	words := map[Kind]string{Payment: "Zahlung", Reversal: "Storno", Refund: "Gutschrift"}
	text := []string{
		"   K-U-N-D-E-N-B-E-L-E-G",
		words[e.Kind],
		fmt.Sprintf("Betrag %s %d,%02d", v.currency(), e.Amount/100, e.Amount%100),
		"Karte 4111 1111 1111 1111",
		fmt.Sprintf("TA-Nr %06d BNr %04d", e.Trace, e.Receipt),
	}
	var all []zvt.APDU
	for _, line := range text {
		all = append(all, v.printed(line, 2))
	}
	text[0] = "  H-Ä-N-D-L-E-R-B-E-L-E-G"
	return append(all, v.block(text, 1))
}

func (v *visit) currency() string {
	if v.o.Currency == 0x0949 {
		return "TRY"
	}
	return "EUR"
}

// closing is the receipt of an end of day.
func (v *visit) closing() []zvt.APDU {
	sum, n := int64(0), 0
	v.mu.Lock()
	for _, e := range v.ledger {
		n++
		if e.Kind == Payment {
			sum += e.Amount
		} else {
			sum -= e.Amount
		}
	}
	v.mu.Unlock()
	return []zvt.APDU{v.printed("** KASSENSCHNITT **", 3), v.printed(fmt.Sprintf("Anzahl %d", n), 3), v.printed(fmt.Sprintf("Gesamt %d,%02d", sum/100, sum%100), 3)}
}

func (v *visit) printed(line string, receipt byte) zvt.APDU {
	data := append([]byte{0}, zvt.CP437.Bytes(line)...)
	return zvt.APDU{Code: zvt.CodePrintLine, Data: append(data, 0x06, 0x04, 0x1F, 0x07, 0x01, receipt)}
}

func (v *visit) block(lines []string, receipt byte) zvt.APDU {
	texts := zvt.TLV{Tag: 0x25}
	for _, line := range lines {
		texts.Children = append(texts.Children, zvt.TLV{Tag: 0x07, Value: zvt.CP437.Bytes(line)})
	}
	content := texts.Append(zvt.TLV{Tag: 0x1F07, Value: []byte{receipt}}.Append(nil))
	data := append([]byte{0x06, 0x82, byte(len(content) >> 8), byte(len(content))}, content...)
	return zvt.APDU{Code: zvt.CodePrintBlock, Data: data}
}

// again is the last receipt once more.
func (v *visit) again() []zvt.APDU {
	e, ok := v.last()
	if !ok {
		return []zvt.APDU{{Code: zvt.CodeAbort, Data: []byte{noReceipt}}}
	}
	return append(append([]zvt.APDU{v.status(e)}, v.slip(e)...), zvt.APDU{Code: zvt.CodeCompletion})
}
