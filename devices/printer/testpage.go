package printer

import (
	"fmt"

	"showroom/agent/showroom"
)

// TestPage is what shows whether a model of the configuration is that of the printer: every Turkish letter, every kind of line and
// both codes. text is what the QR code says.
func TestPage(m Model, width int, text string) showroom.Slip {
	how := "pictures"
	switch m.Charset {
	case CP857:
		how = fmt.Sprintf("PC857 = ESC t %d", m.Page)
	case CP1254:
		how = fmt.Sprintf("CP1254 = ESC t %d", m.Page)
	}
	return showroom.Slip{
		{Text: "showroom", Centre: true, Large: true, Bold: true},
		{Text: "Yazıcı denemesi / printer test", Centre: true},
		{Rule: true},
		{Text: "model", Right: m.Name},
		{Text: "letters", Right: how},
		{Text: "columns", Right: fmt.Sprint(width)},
		{Rule: true},
		{Text: "ç ğ ı i ö ş ü  Ç Ğ I İ Ö Ş Ü"},
		{Text: "Pijamalı hasta yağız şoföre çabucak güvendi.", Bold: true},
		{Text: "TOPLAM", Right: "1.234,50 TL", Large: true},
		{},
		{QR: text},
		{EAN: "8690123456789"},
	}
}
