package zvt_test

import (
	"encoding/hex"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/showroom"
	"showroom/devices/pos/zvt"
	"showroom/devices/sim/zvtsim"
)

// broken is a payment of 5.00 whose line is cut at a step, after another one of the same sum went well, and before which and behind which
// somebody does something at the terminal itself. It answers what the terminal is asked about it afterwards, by a program that has
// forgotten all but its books.
func broken(t *testing.T, how zvt.Transport, o zvt.Options, step zvtsim.Step, before, behind func(*zvtsim.Terminal)) (showroom.Result, []zvtsim.Entry) {
	t.Helper()
	s := open(t, o, zvtsim.Options{Transport: how})
	defer func() { s.stop() }()
	first := payment(500)
	first = concluded(t, first, s.driver.Settle(t.Context(), first, deaf))
	<-time.After(10 * time.Minute)
	if before != nil {
		before(s.pt)
	}
	s.pt.Script(zvtsim.Fault{Trouble: zvtsim.Pull, Step: step})
	p := payment(500)
	if got := s.driver.Settle(t.Context(), p, deaf); got.Outcome != showroom.Unknown {
		t.Fatalf("got %+v", got)
	}
	s.stop()
	if behind != nil {
		behind(s.pt)
	}
	o.Transport = how
	o.Known = func(ref showroom.Reference) (showroom.Settlement, bool, error) {
		return first, ref.Receipt == first.Result.Reference.Receipt, nil
	}
	o.Before = func(showroom.Settlement) ([]showroom.Settlement, error) { return []showroom.Settlement{first}, nil }
	s.run(o)
	s.down()
	s.up()
	return s.driver.Recover(t.Context(), p), s.pt.Ledger()
}

// TestKeyedInAtTheTerminal: while the line is broken somebody keys in the same sum. Whether our payment was charged too, or instead,
// nobody can say from the last receipt; it is never guessed.
func TestKeyedInAtTheTerminal(t *testing.T) {
	after := func(wait time.Duration, kinds ...zvtsim.Kind) func(*zvtsim.Terminal) {
		return func(pt *zvtsim.Terminal) {
			<-time.After(wait)
			for _, k := range kinds {
				pt.KeyIn(k, 500)
			}
		}
	}
	unlocked := zvt.Options{Quirks: []zvt.Quirk{zvt.NoRegistration}}
	for name, c := range map[string]struct {
		step           zvtsim.Step
		before, behind func(*zvtsim.Terminal)
		options        zvt.Options
		want           showroom.Outcome
	}{
		"nobody does, never asked":                {zvtsim.Asked, nil, nil, zvt.Options{}, showroom.Declined},
		"nobody does, charged":                    {zvtsim.Approved, nil, nil, zvt.Options{}, showroom.Approved},
		"never asked, paid by hand later":         {zvtsim.Asked, nil, after(10*time.Minute, zvtsim.Payment), zvt.Options{}, showroom.Unknown},
		"never asked, given back by hand at once": {zvtsim.Asked, nil, after(time.Second, zvtsim.Refund), zvt.Options{}, showroom.Unknown},
		"never asked, undone by hand at once":     {zvtsim.Asked, nil, after(time.Second, zvtsim.Reversal), zvt.Options{}, showroom.Unknown},
		"charged, and paid by hand at once":       {zvtsim.Approved, nil, after(time.Second, zvtsim.Payment), zvt.Options{}, showroom.Unknown},
		"charged, and paid by hand later":         {zvtsim.Approved, nil, after(10*time.Minute, zvtsim.Payment), zvt.Options{}, showroom.Unknown},
		"charged, and undone by hand":             {zvtsim.Approved, nil, after(time.Minute, zvtsim.Reversal), zvt.Options{}, showroom.Unknown},
		"never asked, paid by hand just before":   {zvtsim.Asked, func(pt *zvtsim.Terminal) { pt.KeyIn(zvtsim.Payment, 500); <-time.After(time.Minute) }, nil, zvt.Options{}, showroom.Unknown},
		"never asked, locked by nobody":           {zvtsim.Asked, nil, nil, unlocked, showroom.Declined},
		"charged, locked by nobody":               {zvtsim.Approved, nil, nil, unlocked, showroom.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, how zvt.Transport) {
				got, ledger := broken(t, how, c.options, c.step, c.before, c.behind)
				if got.Outcome != c.want || got.Outcome == showroom.Unknown && got.Code == "" {
					t.Errorf("got %+v, want %q; the ledger is %+v", got, c.want, ledger)
				}
			})
		})
	}
}

// TestATerminalThatWorkedForUsAlone is believed although it lets people key in: it has ended the command itself.
func TestATerminalThatWorkedForUsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, zvt.Options{Quirks: []zvt.Quirk{zvt.NoRegistration}}, zvtsim.Options{})
		defer func() { s.stop() }()
		s.pt.Script(zvtsim.Fault{Trouble: zvtsim.NoStatus})
		if got := s.driver.Settle(t.Context(), payment(500), deaf); got.Outcome != showroom.Approved {
			t.Errorf("got %+v", got)
		}
	})
}

// TestTheNextReceipt: terminals count round, and some count in the trace number alone; it is taken by what has no receipt too.
func TestTheNextReceipt(t *testing.T) {
	type numbers struct{ receipt, trace string }
	declined := func(n numbers) showroom.Settlement {
		s := payment(900)
		s.State, s.Result = showroom.SettlementDeclined, showroom.Result{Outcome: showroom.Declined, Code: "05", Reference: showroom.Reference{Receipt: n.receipt, Trace: n.trace}}
		return s
	}
	decided := func(minor int64) showroom.Settlement {
		s := payment(minor)
		s.State, s.By = showroom.SettlementApproved, "ayse"
		return s
	}
	later := func(n numbers) showroom.Settlement {
		s := decided(900)
		s.State, s.Later = showroom.SettlementDeclined, showroom.Result{Outcome: showroom.Approved, Reference: showroom.Reference{Receipt: n.receipt, Trace: n.trace}}
		return s
	}
	approved := showroom.Approved
	for name, c := range map[string]struct {
		was     numbers
		is      numbers
		between func() []showroom.Settlement
		want    showroom.Outcome
	}{
		"the next":                                   {numbers{"0007", "000001"}, numbers{"0008", "000005"}, nil, approved},
		"the one behind":                             {numbers{"0007", "000001"}, numbers{"0009", "000002"}, nil, showroom.Unknown},
		"the same with another trace":                {numbers{"0007", "000001"}, numbers{"0007", "000002"}, nil, showroom.Unknown},
		"an older one":                               {numbers{"0007", "000001"}, numbers{"0006", "000002"}, nil, showroom.Unknown},
		"counted round":                              {numbers{"9999", "000001"}, numbers{"0001", "000002"}, nil, approved},
		"the numbers begin anew":                     {numbers{"0412", "000001"}, numbers{"0001", "000002"}, nil, showroom.Unknown},
		"traces alone":                               {numbers{"", "000041"}, numbers{"", "000042"}, nil, approved},
		"a trace is missing":                         {numbers{"0000", "000041"}, numbers{"0000", "000043"}, nil, showroom.Unknown},
		"traces counted round":                       {numbers{"", "999999"}, numbers{"", "000001"}, nil, approved},
		"no trace that counts":                       {numbers{"0007", "000000"}, numbers{"0008", "000000"}, nil, approved},
		"no number at all":                           {numbers{"0007", "000001"}, numbers{"0000", "000000"}, nil, showroom.Unknown},
		"one with a number was declined":             {numbers{"0007", "000001"}, numbers{"0009", "000003"}, func() []showroom.Settlement { return []showroom.Settlement{declined(numbers{"0008", "000002"})} }, approved},
		"one without one was declined":               {numbers{"0007", "000001"}, numbers{"0008", "000002"}, func() []showroom.Settlement { return []showroom.Settlement{declined(numbers{})} }, approved},
		"a person decided one":                       {numbers{"0007", "000001"}, numbers{"0009", "000003"}, func() []showroom.Settlement { return []showroom.Settlement{decided(900)} }, approved},
		"a person decided one, which had none":       {numbers{"0007", "000001"}, numbers{"0008", "000002"}, func() []showroom.Settlement { return []showroom.Settlement{decided(900)} }, approved},
		"a person decided one, and one is too many":  {numbers{"0007", "000001"}, numbers{"0010", "000004"}, func() []showroom.Settlement { return []showroom.Settlement{decided(900)} }, showroom.Unknown},
		"a person decided one of that sum":           {numbers{"0007", "000001"}, numbers{"0009", "000003"}, func() []showroom.Settlement { return []showroom.Settlement{decided(500)} }, showroom.Unknown},
		"the terminal has said of one later":         {numbers{"0007", "000001"}, numbers{"0009", "000003"}, func() []showroom.Settlement { return []showroom.Settlement{later(numbers{"0008", "000002"})} }, approved},
		"the terminal has said of one later, behind": {numbers{"0007", "000001"}, numbers{"0009", "000003"}, func() []showroom.Settlement { return []showroom.Settlement{later(numbers{"0007", "000001"})} }, showroom.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				first := payment(500)
				first = concluded(t, first, showroom.Result{Outcome: showroom.Approved, Amount: euro(500), Reference: showroom.Reference{
					Receipt: c.was.receipt, Trace: c.was.trace, At: time.Now(),
				}})
				<-time.After(time.Hour)
				books := []showroom.Settlement{first}
				if c.between != nil {
					books = append(c.between(), books...)
				}
				p := payment(500)
				status := "2700" + "04000000000500" + "490978" + "0c" + hex.EncodeToString(packed(time.Now().Format("150405"))) + "0d" + hex.EncodeToString(packed(time.Now().Format("0102")))
				if c.is.receipt != "" {
					status += "87" + c.is.receipt
				}
				if c.is.trace != "" {
					status += "0b" + c.is.trace
				}
				got := recovered(t, zvt.Options{Before: func(showroom.Settlement) ([]showroom.Settlement, error) { return books, nil }}, p,
					[]zvt.APDU{zvt.Accept(), {Code: zvt.CodeStatus, Data: unhex(t, status)}, {Code: zvt.CodeCompletion}})
				if got.Outcome != c.want {
					t.Errorf("got %+v, want %q", got, c.want)
				}
			})
		})
	}
}

// TestWhichWayTheMoneyWent is in the headings of a slip.
func TestWhichWayTheMoneyWent(t *testing.T) {
	for _, c := range []struct {
		lines []string
		want  showroom.SettlementKind
	}{
		{[]string{"** Kundenbeleg **", "Zahlung", "Betrag EUR 5,00"}, showroom.Payment},
		{[]string{"KARTENZAHLUNG", "Gutschrift"}, showroom.Refund},
		{[]string{"Transaktion stornieren", "Original Transaktion:", "ZAHLUNG"}, showroom.Reversal},
		{[]string{"      Purchase MASTERCARD"}, showroom.Payment},
		{[]string{"** REFUND **"}, showroom.Refund},
		{[]string{"Zahlung", "Keine Gutschrift", "No refund"}, showroom.Payment},
		{[]string{"Bitte die Gutschrift gut aufbewahren", "VISA Credit", "Storno 4711"}, ""},
		{nil, ""},
	} {
		var all []zvt.APDU
		for _, line := range c.lines {
			all = append(all, zvt.APDU{Code: zvt.CodePrintLine, Data: append([]byte{0}, line...)})
		}
		if got := zvt.KindOf(all); got != c.want {
			t.Errorf("%q: %q, want %q", c.lines, got, c.want)
		}
	}
}

// TestWhatWasToldLateTellsNoTime: a settlement that was recovered after a while says little of how the clocks differ, and the one before it
// says more. Or what was keyed in just before ours would seem to have come behind it.
func TestWhatWasToldLateTellsNoTime(t *testing.T) {
	for late, want := range map[time.Duration]showroom.Outcome{10 * time.Second: showroom.Approved, 2 * time.Minute: showroom.Unknown} {
		synctest.Test(t, func(t *testing.T) {
			told := func(receipt string, after time.Duration) showroom.Settlement {
				s := payment(500)
				at := time.Now()
				<-time.After(after)
				return concluded(t, s, showroom.Result{Outcome: showroom.Approved, Amount: euro(500), Reference: showroom.Reference{Receipt: receipt, At: at}})
			}
			first := told("0007", time.Second)
			second := told("0008", late)
			keyed := time.Now()
			if want == showroom.Approved {
				keyed = keyed.Add(time.Minute)
			}
			<-time.After(time.Minute)
			status := "2700" + "04000000000500" + "490978" + "870009" + "0c" + hex.EncodeToString(packed(keyed.Format("150405"))) + "0d" + hex.EncodeToString(packed(keyed.Format("0102")))
			o := zvt.Options{Before: func(showroom.Settlement) ([]showroom.Settlement, error) {
				return []showroom.Settlement{second, first}, nil
			}}
			got := recovered(t, o, payment(500), []zvt.APDU{zvt.Accept(), {Code: zvt.CodeStatus, Data: unhex(t, status)}, {Code: zvt.CodeCompletion}})
			if got.Outcome != want {
				t.Errorf("told %v late: %+v, want %q", late, got, want)
			}
		})
	}
}
