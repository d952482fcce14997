package okcsim

import (
	"fmt"
	"time"

	"showroom/agent/showroom"
	"showroom/devices/pos/okc"
)

// work is the basket the device is busy with.
type work struct {
	basket  okc.Basket
	entry   *Entry
	fault   Fault
	at      Step
	next    time.Time // when the next step is due
	last    time.Time // when it spoke last
	say     okc.Progress
	shown   bool // a card was: the bank decides now
	stopped bool // somebody wants it to give up
	waited  int  // beats without paper
	// line and seq are who asked; line is compared with the one that is there now.
	line *wire
	seq  uint32
}

// submit begins a basket, or says why not.
func (d *Device) submit(from *wire, seq uint32, b okc.Basket, now time.Time) {
	if e, known := d.entries[b.ID]; known {
		d.answer(from, seq, okc.Answer{Say: okc.SayDocument, Document: &e.Document})
		return
	}
	var fault Fault
	if len(d.script) > 0 {
		fault, d.script = d.script[0], d.script[1:]
	}
	if fault.Trouble == Pull && fault.At == Unheard {
		d.cut()
		return
	}
	if refusal := d.refuse(b, fault); refusal != nil {
		d.answer(from, seq, okc.Answer{Say: okc.SayRefused, Refusal: refusal})
		return
	}
	e := &Entry{Document: okc.Document{
		ID: b.ID, Act: b.Act, State: okc.Open, Serial: d.o.Serial, Currency: b.Currency, Total: b.Total, VAT: b.VAT,
	}}
	d.entries[b.ID] = e
	d.order = append(d.order, b.ID)
	d.now = &work{basket: b, entry: e, fault: fault, at: Heard, next: now.Add(d.o.Beat), last: now, line: from, seq: seq}
	d.suffer(now)
}

// refuse is why a basket can not be begun; nil when it can.
func (d *Device) refuse(b okc.Basket, f Fault) *okc.Refusal {
	no := func(why showroom.DeclineReason, code, text string) *okc.Refusal {
		return &okc.Refusal{Reason: why, Code: code, Text: text}
	}
	switch {
	case d.spent[b.ID]:
		return no(showroom.DeclinedDevice, "spent", "Numara sorgulandı")
	case d.fault != "":
		return no(showroom.DeclinedDevice, "fault", d.fault)
	case d.now != nil || f.Trouble == Busy:
		return no(showroom.DeclinedBusy, "busy", "İşlem sürüyor")
	case d.noPaper:
		return no(showroom.DeclinedPaper, "paper", "Kağıt bitti")
	case b.Currency != d.o.Currency || f.Trouble == OtherCurrency:
		return no(showroom.DeclinedCurrency, "currency", "Geçersiz para birimi")
	case b.Act == okc.Void:
		return d.refuseVoid(b)
	case b.Act == okc.Sale && b.Info != (d.o.InvoiceLimit > 0 && b.Total > d.o.InvoiceLimit):
		return no(showroom.DeclinedByDevice, "invoice", "Bilgi fişi gerekli")
	}
	if words := d.wrong(b); words != "" {
		return no(showroom.DeclinedByDevice, "sums", words)
	}
	return nil
}

func (d *Device) refuseVoid(b okc.Basket) *okc.Refusal {
	e := d.find(b.Of)
	if e == nil || e.Total != b.Total || b.Of.Z != d.z {
		return &okc.Refusal{Reason: showroom.DeclinedByDevice, Code: "void", Text: "İptal edilemez"}
	}
	return nil
}

// find is the sale of a number that has not been undone.
func (d *Device) find(n okc.Number) *Entry {
	for _, e := range d.entries {
		if e.Act == okc.Sale && e.State == okc.Closed && !e.Voided && e.Number == n {
			return e
		}
	}
	return nil
}

// wrong says what does not add up in a basket.
func (d *Device) wrong(b okc.Basket) string {
	gross, all := map[int]int64{}, int64(0)
	for _, l := range b.Lines {
		g, ok := d.parameters().GroupOf(l.BasisPoints)
		if !ok || g.Group != l.Group || g.Section != l.Section {
			return "Kısım hatası"
		}
		if l.Quantity < 1 || int64(l.Quantity)*l.Unit-l.Reduced != l.Due || l.Due < 0 {
			return "Satır toplamı hatalı"
		}
		gross[l.Group] += l.Due
		all += l.Due
	}
	for _, v := range b.VAT {
		if gross[v.Group] != v.Gross || v.Tax < 0 || v.Tax > v.Gross {
			return "KDV toplamı hatalı"
		}
		delete(gross, v.Group)
	}
	var paid int64
	for _, t := range b.Tenders {
		paid += t.Amount
	}
	if len(gross) > 0 || all != b.Total || paid != b.Total || b.Total <= 0 {
		return "Toplam hatalı"
	}
	return ""
}

// advance is what has happened until now.
func (d *Device) advance(now time.Time) {
	for d.now != nil && d.now.entry.State != unfinished && !now.Before(d.now.next) && !now.Before(d.hungUntil) {
		w := d.now
		w.next = w.next.Add(d.o.Beat)
		if w.next.Before(d.hungUntil) {
			w.next = d.hungUntil.Add(d.o.Beat) // it has stood still
		}
		d.step(w, now)
	}
	if w := d.now; w != nil && w.say.Code != "" && now.Sub(w.last) >= 2*d.o.Beat {
		d.progress(w, w.say.Code, w.say.Text, now)
	}
}

// step goes on to the next step of a basket.
func (d *Device) step(w *work, now time.Time) {
	switch w.at {
	case Heard:
		d.answer(w.line, w.seq, okc.Answer{Say: okc.SayAccepted})
		w.at = Accepted
	case Accepted:
		w.at = Card
		d.progress(w, "present_card", w.words("Kartınızı okutunuz"), now)
	case Card:
		if d.hesitates && !w.shown && !w.stopped {
			return
		}
		if why := w.fails(); why != "" {
			d.finish(w, okc.Unpaid, why)
			return
		}
		if !w.shown {
			w.shown = true
			d.progress(w, "authorising", w.words("Banka aranıyor"), now)
			return
		}
		w.at = Approved
		d.move(w)
		d.progress(w, "printing", "Fiş yazdırılıyor", now)
	case Approved:
		later := w.fault.Trouble == PaperLater
		if (w.fault.Trouble == NoPaper || later) && w.waited == 0 {
			d.noPaper = true
		}
		if d.noPaper {
			if w.waited++; w.waited > patience && !later {
				w.entry.State = unfinished
				d.tell(w)
				return
			}
			d.progress(w, "paper_out", "Kağıt bitti", now)
			return
		}
		d.print(now)
		return
	}
	d.suffer(now)
}

// fails is why no money moves: until a card was shown for the shopper's sake, then for the bank's.
func (w *work) fails() showroom.DeclineReason {
	switch {
	case !w.shown && (w.stopped || w.fault.Trouble == ShopperStops):
		return showroom.DeclinedByShopper
	case !w.shown && w.fault.Trouble == NoCard:
		return showroom.DeclinedTimeout
	case w.shown && w.fault.Trouble == CardRefused:
		return showroom.DeclinedByCard
	case w.shown && w.fault.Trouble == BankOffline:
		return showroom.DeclinedDevice
	}
	return ""
}

// move moves the money.
func (d *Device) move(w *work) {
	e := w.entry
	e.Moved = e.Total
	if e.Act != okc.Sale {
		e.Moved = -e.Total
	}
	if e.Act == okc.Void {
		d.find(w.basket.Of).Voided = true
	}
	e.Payments = []okc.Payment{{Tender: okc.Tender{Kind: showroom.TenderCard, Amount: e.Total}, Card: "TROY", Last4: "0004", Auth: fmt.Sprintf("%06d", len(d.order))}}
}

// print closes the document.
func (d *Device) print(now time.Time) {
	w, e := d.now, d.now.entry
	d.receipt++
	e.Number, e.EKU, e.At = okc.Number{Z: d.z, Receipt: d.receipt}, eku, now.UTC()
	if e.Info = w.basket.Info; e.Info {
		e.ETTN = fmt.Sprintf("5e000000-0000-4000-8000-%012d", len(d.order))
		e.Invoice = fmt.Sprintf("SIM%d%09d", now.Year(), len(d.order))
	}
	e.Slip, e.MerchantSlip = slips(w.basket, e.Document)
	if w.fault.Trouble == Tells {
		w.tellCard()
	}
	waited := e.State == unfinished
	e.State = okc.Closed
	if waited {
		d.now = nil // the answer was given long ago
		return
	}
	w.at = Printed
	d.suffer(now)
	d.tell(w)
	d.now = nil
}

// finish ends a basket without money.
func (d *Device) finish(w *work, s okc.State, why showroom.DeclineReason) {
	w.entry.State, w.entry.Reason, w.entry.Moved = s, why, 0
	d.tell(w)
	d.now = nil
}

// cancel undoes what is not closed.
func (d *Device) cancel(from *wire, seq uint32, id showroom.SettlementID) {
	e, known := d.entries[id]
	if !known || e.State == okc.Closed {
		d.answer(from, seq, okc.Answer{Say: okc.SayRefused, Refusal: &okc.Refusal{Reason: showroom.DeclinedByDevice, Code: "cancel", Text: "İptal edilemez"}})
		return
	}
	if e.State == okc.Open || e.State == unfinished {
		e.State, e.Reason = okc.Unpaid, showroom.DeclinedByShopper
		if e.Moved != 0 {
			e.State, e.Reason, e.Moved, e.Payments = okc.Reversed, showroom.DeclinedPaper, 0, nil
		}
		d.now = nil
	}
	d.answer(from, seq, okc.Answer{Say: okc.SayDocument, Document: &e.Document})
}

// last is what became of a basket.
func (d *Device) last(from *wire, seq uint32, id showroom.SettlementID) {
	e, known := d.entries[id]
	if !known {
		d.spent[id] = true
		d.answer(from, seq, okc.Answer{Say: okc.SayNothing, Since: d.born.UTC()})
		return
	}
	d.answer(from, seq, okc.Answer{Say: okc.SayDocument, Document: &e.Document})
}
