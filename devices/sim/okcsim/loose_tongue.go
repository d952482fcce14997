package okcsim

// words are words of the device, with the number of the card behind them where it tells that.
func (w *work) words(text string) string {
	if w.fault.Trouble == Tells {
		text += " " + w.fault.Card
	}
	return text
}

// tellCard writes the number of the card wherever a closed document has room for it. Real devices do so in one place or another.
func (w *work) tellCard() {
	e, card := w.entry, w.fault.Card
	e.Code, e.Invoice = "KART "+card, "FATURA "+card
	for i := range e.Payments {
		p := &e.Payments[i]
		p.Card, p.Last4, p.Auth = "TROY "+card, card, card
	}
	spaced, dashed := card, card
	for i := len(card) - 4; i > 0; i -= 4 {
		spaced, dashed = spaced[:i]+" "+spaced[i:], dashed[:i]+"-"+dashed[i:]
	}
	lines := []string{"KART NO: " + card, spaced, "#" + dashed + "#", "%B" + card + "^MUSTERI^2712", card + "=2712"}
	e.Slip, e.MerchantSlip = append(e.Slip, lines...), append(e.MerchantSlip, lines...)
}
