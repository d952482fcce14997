package okc_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/devices/pos/okc"
	"showroom/devices/sim/okcsim"
)

// odd is a device that is not the simulated one: it does what a test says.
type odd struct {
	status    okc.Status
	statusErr error
	asked     func() // called when it is asked how it is
	document  func(okc.Basket) (okc.Document, error)
	cancelled okc.Document
	cancelErr error
	last      okc.Memory
	lastErr   error
	knows     map[showroom.SettlementID]bool // besides what last says of any
	submitted int
}

func (d *odd) Parameters(context.Context) (okc.Parameters, error) {
	return okc.Parameters{Serial: "ODD", Currency: "TRY", Groups: []okc.Group{{Group: 1, Section: 1, BasisPoints: 2000}}}, nil
}

func (d *odd) Status(context.Context) (okc.Status, error) {
	if d.asked != nil {
		d.asked()
	}
	return d.status, d.statusErr
}

func (d *odd) Submit(_ context.Context, b okc.Basket, _ <-chan struct{}, _ func(showroom.Progress)) (okc.Document, error) {
	d.submitted++
	return d.document(b)
}

func (d *odd) Cancel(context.Context, showroom.SettlementID) (okc.Document, error) {
	return d.cancelled, d.cancelErr
}

func (d *odd) LastDocument(_ context.Context, id showroom.SettlementID) (okc.Memory, error) {
	if d.knows[id] {
		return okc.Memory{Found: true, Document: okc.Document{ID: id, State: okc.Closed}}, nil
	}
	return d.last, d.lastErr
}

// sealed is a sound document of a basket.
func sealed(b okc.Basket) okc.Document {
	return okc.Document{
		ID: b.ID, Act: b.Act, State: okc.Closed, Serial: "ODD", Number: okc.Number{Z: 1, Receipt: 1}, Currency: b.Currency, Total: b.Total,
		VAT: b.VAT, Payments: []okc.Payment{{Tender: okc.Tender{Kind: showroom.TenderCard, Amount: b.Total}}}, At: time.Now(),
	}
}

// TestSealedDifferently: a document that is not what was asked for closes nothing.
func TestSealedDifferently(t *testing.T) {
	for name, change := range map[string]func(*okc.Document){
		"total":    func(d *okc.Document) { d.Total, d.Payments[0].Amount = d.Total+1, d.Total+1 },
		"currency": func(d *okc.Document) { d.Currency = "EUR" },
		"tax":      func(d *okc.Document) { d.VAT[0].Tax++ },
		"rate":     func(d *okc.Document) { d.VAT[0].BasisPoints = 1000 },
		"no tax":   func(d *okc.Document) { d.VAT = nil },
		"payments": func(d *okc.Document) { d.Payments = nil },
		"act":      func(d *okc.Document) { d.Act = okc.Refund },
		"state":    func(d *okc.Document) { d.State = "lost" },
		"end":      func(d *okc.Document) { d.State = okc.Unpaid }, // with payments
		"sound":    func(*okc.Document) {},
	} {
		d := &odd{document: func(b okc.Basket) (okc.Document, error) {
			doc := sealed(b)
			change(&doc)
			return doc, nil
		}}
		p := payment(t, "s1", line(1, 10_000, 20))
		r := okc.Over(d, okc.Options{}).Settle(t.Context(), p, nil)
		after, err := p.Conclude(r, p.Started)
		if err != nil || (after.State == showroom.SettlementApproved) != (name == "sound") || after.State == showroom.SettlementDeclined {
			t.Errorf("another %s: %s, %v (%+v)", name, after.State, err, r)
		}
		if name != "sound" && r.Code == "" && name != "total" && name != "currency" {
			t.Errorf("another %s is not named: %+v", name, r)
		}
	}
}

// TestNotReady: nothing is submitted to a device that is not ready.
func TestNotReady(t *testing.T) {
	for name, c := range map[string]struct {
		d    odd
		why  showroom.DeclineReason
		code string
	}{
		"busy":       {odd{status: okc.Status{Busy: true}}, showroom.DeclinedBusy, ""},
		"unfinished": {odd{status: okc.Status{Unfinished: "s0", Busy: true}}, showroom.DeclinedBusy, okc.CodeUnfinished},
		"paper":      {odd{status: okc.Status{Paper: okc.PaperOut}}, showroom.DeclinedPaper, ""},
		"fault":      {odd{status: okc.Status{Fault: "E7"}}, showroom.DeclinedDevice, "E7"},
		"mute":       {odd{statusErr: okc.ErrNoAnswer}, showroom.DeclinedDevice, okc.CodeNoAnswer},
		"away":       {odd{statusErr: okc.ErrNotSent}, showroom.DeclinedDevice, okc.CodeNotSent},
		"refusing":   {odd{statusErr: &okc.Refusal{Reason: "moon", Code: "M"}}, showroom.DeclinedDevice, "M"},
	} {
		r := okc.Over(&c.d, okc.Options{}).Settle(t.Context(), payment(t, "s1", line(1, 10_000, 20)), nil)
		if r.Outcome != showroom.Declined || r.Reason != c.why || r.Code != c.code || c.d.submitted > 0 {
			t.Errorf("%s: %+v, %d submitted", name, r, c.d.submitted)
		}
	}
}

func TestAbortBeforeAnythingIsSent(t *testing.T) {
	d := &odd{}
	s := okc.Over(d, okc.Options{})
	d.asked = func() { s.Abort(); s.Abort() }
	r := s.Settle(t.Context(), payment(t, "s1", line(1, 10_000, 20)), nil)
	if r.Outcome != showroom.Declined || r.Reason != showroom.DeclinedByShopper || d.submitted > 0 {
		t.Errorf("%+v, %d submitted", r, d.submitted)
	}
}

// TestSubmitFails: only a device that has heard nothing, or said no, makes a settlement declined.
func TestSubmitFails(t *testing.T) {
	for _, c := range []struct {
		err  error
		want showroom.Outcome
		code string
	}{
		{okc.ErrNotSent, showroom.Declined, okc.CodeNotSent},
		{&okc.Refusal{Reason: showroom.DeclinedByCard, Code: "05"}, showroom.Declined, "05"},
		{okc.ErrNoAnswer, showroom.Unknown, okc.CodeNoAnswer},
		{errors.New("anything"), showroom.Unknown, okc.CodeNoAnswer},
	} {
		d := &odd{document: func(okc.Basket) (okc.Document, error) { return okc.Document{}, c.err }}
		r := okc.Over(d, okc.Options{}).Settle(t.Context(), payment(t, "s1", line(1, 10_000, 20)), nil)
		if r.Outcome != c.want || r.Code != c.code || d.submitted != 1 {
			t.Errorf("%v: %+v, %d submitted", c.err, r, d.submitted)
		}
	}
}

// TestUndo: a payment without a slip is given back, found to be closed after all, or left to staff.
func TestUndo(t *testing.T) {
	var closed okc.Document
	for name, c := range map[string]struct {
		d    odd
		want showroom.Outcome
		code string
	}{
		"given back":   {odd{cancelled: okc.Document{ID: "s1", State: okc.Reversed, Reason: showroom.DeclinedPaper}}, showroom.Declined, ""},
		"never moved":  {odd{cancelled: okc.Document{ID: "s1", State: okc.Unpaid}}, showroom.Declined, ""},
		"closed now":   {odd{cancelErr: &okc.Refusal{}, last: okc.Memory{Found: true}}, showroom.Approved, ""},
		"can not":      {odd{cancelled: okc.Document{ID: "s1", State: okc.Unfinished}}, showroom.Unknown, okc.CodeNoSlip},
		"nobody knows": {odd{cancelErr: okc.ErrNoAnswer}, showroom.Unknown, okc.CodeNoSlip},
		"refuses":      {odd{cancelErr: &okc.Refusal{}, lastErr: okc.ErrNoAnswer}, showroom.Unknown, okc.CodeNoSlip},
	} {
		c.d.document = func(b okc.Basket) (okc.Document, error) {
			closed = sealed(b)
			if c.d.last.Found {
				c.d.last.Document = closed
			}
			doc := closed
			doc.State = okc.Unfinished
			return doc, nil
		}
		r := okc.Over(&c.d, okc.Options{}).Settle(t.Context(), payment(t, "s1", line(1, 10_000, 20)), nil)
		if r.Outcome != c.want || r.Code != c.code || (r.Fiscal != nil) != (c.want == showroom.Approved) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestRefundWithoutSlipIsStaffs: money given back is not taken again.
func TestRefundWithoutSlipIsStaffs(t *testing.T) {
	tell(t, func(t *testing.T, s *shop) {
		s.device.Script(okcsim.Fault{Trouble: okcsim.NoPaper})
		p := payment(t, "s1", line(1, 10_000, 20))
		p.Kind = showroom.Refund
		if r := s.settle(p); r.Outcome != showroom.Unknown || r.Code != okc.CodeNoSlip {
			t.Errorf("%+v", r)
		}
		s.device.PutPaper()
		s.is(p, s.recover(p), showroom.Approved, "")
	})
}

// TestMemoryIsReckonedByTheDevicesClock: one that was cleared after the basket came, and whose clock is slow, seems to remember longer.
func TestMemoryIsReckonedByTheDevicesClock(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		cleared, slow time.Duration // ago; how slow its clock is
		want          string
	}{
		"remembers":                    {8 * time.Hour, 0, okc.CodeNeverHeard},
		"remembers, slow":              {8 * time.Hour, time.Hour, okc.CodeNeverHeard},
		"remembers, fast":              {8 * time.Hour, -7 * time.Hour, okc.CodeNeverHeard},
		"cleared since":                {time.Minute, 0, okc.CodeForgotten},
		"cleared since, an hour slow":  {time.Minute, time.Hour, okc.CodeForgotten},
		"cleared just before, in time": {12 * time.Minute, 0, okc.CodeForgotten}, // within the slack
	} {
		d := &odd{status: okc.Status{At: now.Add(-c.slow)}, last: okc.Memory{Since: now.Add(-c.cleared - c.slow)}}
		s := payment(t, "s1", line(1, 10_000, 20))
		s.Started.Wall = now.Add(-5 * time.Minute)
		if r := okc.Over(d, okc.Options{Now: func() time.Time { return now }}).Recover(t.Context(), s); r.Code != c.want {
			t.Errorf("%s: %+v, want %s", name, r, c.want)
		}
	}
	d := &odd{statusErr: okc.ErrNoAnswer, last: okc.Memory{Since: now.Add(-time.Hour)}}
	if r := okc.Over(d, okc.Options{}).Recover(t.Context(), payment(t, "s1", line(1, 10_000, 20))); r.Outcome != showroom.Unknown {
		t.Errorf("a device that does not say what time it is: %+v", r)
	}
}

// TestAClockThatWasSetDoesNotForget: a device that was cleared while its clock was an hour slow says, once that has been put right, that
// it remembers longer than it does. What it was told of before, and knows no more, gives it away.
func TestAClockThatWasSetDoesNotForget(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	sealedBy := func(id showroom.SettlementID, device string) showroom.Settlement {
		return showroom.Settlement{ID: id, State: showroom.SettlementApproved, Result: showroom.Result{Outcome: showroom.Approved, Fiscal: &showroom.Fiscal{Device: device}}}
	}
	decided := showroom.Settlement{ID: "s8", State: showroom.SettlementApproved, By: "ayse"}
	refused := showroom.Settlement{ID: "s7", State: showroom.SettlementDeclined, Result: showroom.Result{Outcome: showroom.Declined}}
	for name, c := range map[string]struct {
		knows  showroom.SettlementID
		before []showroom.Settlement
		err    error
		want   string
	}{
		"cleared since":                     {"", []showroom.Settlement{sealedBy("s0", "ODD")}, nil, okc.CodeForgotten},
		"cleared since, others in between":  {"", []showroom.Settlement{refused, decided, sealedBy("s0", "ODD")}, nil, okc.CodeForgotten},
		"remembers":                         {"s0", []showroom.Settlement{sealedBy("s0", "ODD")}, nil, okc.CodeNeverHeard},
		"remembers, others in between":      {"s0", []showroom.Settlement{decided, refused, sealedBy("s0", "ODD")}, nil, okc.CodeNeverHeard},
		"remembers one that is older still": {"s0", []showroom.Settlement{sealedBy("s1", "ODD"), sealedBy("s0", "ODD")}, nil, okc.CodeForgotten},
		"another one stands here":           {"s0", []showroom.Settlement{sealedBy("s0", "EVEN")}, nil, okc.CodeOtherOne},
		"the first of all":                  {"", nil, nil, okc.CodeNeverHeard},
		"nobody can look it up":             {"s0", nil, errors.New("disk I/O error"), okc.CodeUnknownPast},
	} {
		d := &odd{
			status: okc.Status{Serial: "ODD", At: now}, last: okc.Memory{Since: now.Add(-time.Hour)},
			knows: map[showroom.SettlementID]bool{c.knows: c.knows != ""},
		}
		s := payment(t, "s9", line(1, 10_000, 20))
		s.Started.Wall = now.Add(-5 * time.Minute)
		o := okc.Options{Now: func() time.Time { return now }, Before: func(b showroom.Settlement) ([]showroom.Settlement, error) {
			if b.ID != s.ID {
				t.Errorf("asked for what was before %s", b.ID)
			}
			return c.before, c.err
		}}
		r := okc.Over(d, o).Recover(t.Context(), s)
		if r.Code != c.want || (r.Outcome == showroom.Declined) != (c.want == okc.CodeNeverHeard) {
			t.Errorf("%s: %+v, want %s", name, r, c.want)
		}
	}
}
