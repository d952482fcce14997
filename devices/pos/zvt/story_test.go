package zvt_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/pos/zvt"
	"showroom/devices/sim/zvtsim"
)

// both runs a story over either transport.
func both(t *testing.T, story func(*testing.T, zvt.Transport)) {
	for _, how := range []zvt.Transport{zvt.TCP, zvt.Serial} {
		t.Run(string(how), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { story(t, how) })
		})
	}
}

func TestPayment(t *testing.T) {
	both(t, func(t *testing.T, how zvt.Transport) {
		s := open(t, zvt.Options{}, zvtsim.Options{Transport: how, Pace: 3 * time.Second})
		defer func() { s.stop() }()
		var said []string
		got := s.driver.Settle(t.Context(), payment(1250), func(p showroom.Progress) { said = append(said, p.Code) })
		want := showroom.Result{
			Outcome: showroom.Approved, Code: "00", Amount: euro(1250), Card: showroom.Card{Name: "VISA", Last4: "1111"},
			Reference: showroom.Reference{Receipt: "0001", Trace: "000001", Auth: "100001", TerminalID: "52523535", At: got.Reference.At},
			Slip: []string{"   K-U-N-D-E-N-B-E-L-E-G", "Zahlung", "Betrag EUR 12,50", "Karte **** **** **** 1111",
				"TA-Nr 000001 BNr 0001"},
			MerchantSlip: []string{"  H-Ä-N-D-L-E-R-B-E-L-E-G", "Zahlung", "Betrag EUR 12,50", "Karte **** **** **** 1111",
				"TA-Nr 000001 BNr 0001"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if age := time.Since(got.Reference.At); age < 0 || age > time.Minute {
			t.Errorf("the terminal says it was at %v", got.Reference.At)
		}
		if said = slices.Compact(said); !slices.Equal(said, []string{"present_card", "enter_pin", "authorising", "printing"}) {
			t.Errorf("the shopper was told %v", said)
		}
	})
}

func TestDeclines(t *testing.T) {
	for name, c := range map[string]struct {
		fault zvtsim.Fault
		want  showroom.DeclineReason
	}{
		"bank":     {zvtsim.Fault{Trouble: zvtsim.Decline, Code: 0x05}, showroom.DeclinedByCard},
		"card":     {zvtsim.Fault{Trouble: zvtsim.Decline, Code: 0x64}, showroom.DeclinedCard},
		"expired":  {zvtsim.Fault{Trouble: zvtsim.Decline, Code: 0x78}, showroom.DeclinedCard},
		"stopped":  {zvtsim.Fault{Trouble: zvtsim.Decline, Code: 0x6C}, showroom.DeclinedByShopper},
		"paper":    {zvtsim.Fault{Trouble: zvtsim.Decline, Code: 0xCC}, showroom.DeclinedPaper},
		"currency": {zvtsim.Fault{Trouble: zvtsim.Refuse, Code: 0x6F}, showroom.DeclinedCurrency},
		"busy":     {zvtsim.Fault{Trouble: zvtsim.Refuse, Code: 0x9C}, showroom.DeclinedBusy},
		"function": {zvtsim.Fault{Trouble: zvtsim.Refuse, Code: 0x83}, showroom.DeclinedByDevice},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, how zvt.Transport) {
				s := open(t, zvt.Options{}, zvtsim.Options{Transport: how})
				defer func() { s.stop() }()
				s.pt.Script(c.fault)
				if got := s.driver.Settle(t.Context(), payment(100), deaf); got.Outcome != showroom.Declined || got.Reason != c.want {
					t.Errorf("got %+v, want %s", got, c.want)
				}
				if n := len(s.pt.Ledger()); n != 0 {
					t.Errorf("%d charged", n)
				}
				if got := s.driver.Settle(t.Context(), payment(100), deaf); got.Outcome != showroom.Approved {
					t.Errorf("the next is %+v", got)
				}
			})
		})
	}
}

// A terminal need not tell a currency back: what it moved would be taken for what was asked.
func TestMoneyOfAnotherCurrencyIsNotAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, zvt.Options{}, zvtsim.Options{})
		defer func() { s.stop() }()
		for _, currency := range []showroom.Currency{"TRY", "XTS"} {
			p := payment(100)
			p.Amount.Currency = currency
			if got := s.driver.Settle(t.Context(), p, deaf); got.Reason != showroom.DeclinedCurrency || s.pt.Commands() != 0 {
				t.Errorf("%s: %+v after %d commands", currency, got, s.pt.Commands())
			}
		}
	})
}

func TestAbort(t *testing.T) {
	both(t, func(t *testing.T, how zvt.Transport) {
		s := open(t, zvt.Options{}, zvtsim.Options{Transport: how, Pace: time.Minute})
		defer func() { s.stop() }()
		s.driver.Abort() // nothing is under way
		got := s.driver.Settle(t.Context(), payment(100), func(p showroom.Progress) { s.driver.Abort() })
		if got.Outcome != showroom.Declined || got.Reason != showroom.DeclinedByShopper || len(s.pt.Ledger()) != 0 {
			t.Errorf("got %+v", got)
		}
	})
}

func TestReversalAndRefund(t *testing.T) {
	both(t, func(t *testing.T, how zvt.Transport) {
		s := open(t, zvt.Options{}, zvtsim.Options{Transport: how})
		defer func() { s.stop() }()
		paid := s.driver.Settle(t.Context(), payment(700), deaf)
		back := payment(700)
		back.Kind, back.Of = showroom.Reversal, paid.Reference
		if got := s.driver.Settle(t.Context(), back, deaf); got.Outcome != showroom.Approved || got.Amount != euro(700) {
			t.Errorf("reversal: %+v", got)
		}
		if got := s.driver.Settle(t.Context(), back, deaf); got.Outcome != showroom.Declined || got.Code != "B4" {
			t.Errorf("reversal again: %+v", got)
		}
		refund := payment(300)
		refund.Kind = showroom.Refund
		if got := s.driver.Settle(t.Context(), refund, deaf); got.Outcome != showroom.Approved {
			t.Errorf("refund: %+v", got)
		}
		back.Of.Receipt = ""
		if got := s.driver.Settle(t.Context(), back, deaf); got.Reason != showroom.DeclinedByDevice || s.pt.Commands() != 4 {
			t.Errorf("reversal of nothing: %+v after %d commands", got, s.pt.Commands())
		}
	})
}

// TestOddFirmware: none of it costs a doubt.
func TestOddFirmware(t *testing.T) {
	for name, fault := range map[string]zvtsim.Fault{
		"06 0F without 04 0F":         {Trouble: zvtsim.NoStatus},
		"84 9C and goes on":           {Trouble: zvtsim.BusyGoes},
		"more bytes behind 80 00 00":  {Trouble: zvtsim.Padded},
		"late with the answer":        {Trouble: zvtsim.Late, Step: zvtsim.Asked, Delay: 4 * time.Second},
		"late with the approval":      {Trouble: zvtsim.Late, Step: zvtsim.Approved, Delay: 50 * time.Second},
		"late with the end":           {Trouble: zvtsim.Late, Step: zvtsim.Slip, Delay: 170 * time.Second},
		"hangs after the last word":   {Trouble: zvtsim.Hang, Step: zvtsim.Completed},
		"cable pulled after the last": {Trouble: zvtsim.Pull, Step: zvtsim.Completed},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, how zvt.Transport) {
				s := open(t, zvt.Options{}, zvtsim.Options{Transport: how})
				defer func() { s.stop() }()
				s.driver.Settle(t.Context(), payment(900), deaf)
				s.pt.Script(fault)
				got := s.driver.Settle(t.Context(), payment(900), deaf)
				if got.Outcome != showroom.Approved || len(s.pt.Ledger()) != 2 || got.Reference.Receipt != "0002" {
					t.Errorf("got %+v with %d charged", got, len(s.pt.Ledger()))
				}
			})
		})
	}
}

// TestCableAndRecovery pulls the cable, or hangs the terminal, at each step: what was not told is unknown, and what the terminal
// says of its last receipt closes it.
func TestCableAndRecovery(t *testing.T) {
	for step := range zvtsim.Completed {
		for _, trouble := range []zvtsim.Trouble{zvtsim.Pull, zvtsim.Hang} {
			both(t, func(t *testing.T, how zvt.Transport) {
				s := open(t, zvt.Options{}, zvtsim.Options{Transport: how})
				defer func() { s.stop() }()
				s.driver.Settle(t.Context(), payment(500), deaf) // what the terminal would say if nothing followed
				s.pt.Script(zvtsim.Fault{Trouble: trouble, Step: step})
				p := payment(500)
				if got := s.driver.Settle(t.Context(), p, deaf); got.Outcome != showroom.Unknown {
					t.Errorf("step %d, trouble %d: %+v", step, trouble, got)
				}
				s.down()
				s.up()
				want, charged := showroom.Declined, len(s.pt.Ledger()) == 2
				if charged {
					want = showroom.Approved
				}
				got := s.driver.Recover(t.Context(), p)
				if got.Outcome != want || charged && got.Reference.Receipt != "0002" || charged != (step >= zvtsim.Approved) {
					t.Errorf("step %d, trouble %d: %+v, charged %v", step, trouble, got, charged)
				}
				if s.pt.Commands() != 2 {
					t.Errorf("%d commands to move money, want 2", s.pt.Commands())
				}
			})
		}
	}
}

// down waits until the line is, or the terminal says nothing.
func (s *shop) down() {
	for deadline := time.Now().Add(time.Hour); s.feed.last().State == devices.Up; {
		if time.Now().After(deadline) {
			s.t.Fatalf("the line does not go down: %+v", s.feed.last())
		}
		<-time.After(10 * time.Millisecond)
	}
}

func TestNothingIsSentWithoutALine(t *testing.T) {
	d := zvt.New(zvt.Options{Device: "pt1", Transport: zvt.TCP})
	if got := d.Settle(t.Context(), payment(1), deaf); got.Outcome != showroom.Declined || got.Reason != showroom.DeclinedDevice {
		t.Errorf("settle: %+v", got)
	}
	if got := d.Recover(t.Context(), payment(1)); got.Outcome != showroom.Unknown {
		t.Errorf("recover: %+v", got)
	}
	if _, err := d.State(t.Context()); err != zvt.ErrNotConnected {
		t.Errorf("state: %v", err)
	}
	for _, amount := range []int64{0, -1, zvt.MaxAmount + 1} {
		if got := d.Settle(t.Context(), payment(amount), deaf); got.Reason != showroom.DeclinedByDevice {
			t.Errorf("%d: %+v", amount, got)
		}
	}
}

func TestContextThatEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, zvt.Options{}, zvtsim.Options{Pace: time.Minute})
		defer func() { s.stop() }()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if got := s.driver.Settle(ctx, payment(1), deaf); got.Outcome != showroom.Unknown {
			t.Errorf("got %+v", got)
		}
		if got := s.driver.Settle(ctx, payment(1), deaf); got.Outcome != showroom.Declined || s.pt.Commands() != 1 {
			t.Errorf("a context that has ended: %+v after %d commands", got, s.pt.Commands())
		}
	})
}

func TestRecoveryDoesNotTakeAnothersReceipt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, zvt.Options{}, zvtsim.Options{})
		defer func() { s.stop() }()
		old := payment(500) // began, and nobody knows what became of it
		<-time.After(time.Second)
		if got := s.driver.Settle(t.Context(), payment(500), deaf); got.Outcome != showroom.Approved {
			t.Fatalf("got %+v", got)
		}
		if got := s.driver.Recover(t.Context(), old); got.Outcome != showroom.Unknown {
			t.Errorf("the receipt of a later payment: %+v", got)
		}
		<-time.After(time.Hour)
		other := payment(501)
		s.stop()
		s.run(zvt.Options{}) // and has forgotten
		s.down()
		s.up()
		if got := s.driver.Recover(t.Context(), other); got.Outcome != showroom.Unknown {
			t.Errorf("another amount: %+v", got)
		}
		if got := s.driver.Recover(t.Context(), payment(500)); got.Outcome != showroom.Unknown {
			t.Errorf("an hour old: %+v", got)
		}
	})
}

func TestIdleTerminalIsKeptAwakeAndMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, zvt.Options{}, zvtsim.Options{})
		defer func() { s.stop() }()
		before := s.feed.last()
		<-time.After(10 * time.Minute)
		if now := s.feed.last(); now.State != devices.Up || now.Frames.Good < before.Frames.Good+10 || time.Since(now.LastData) > 2*time.Minute {
			t.Errorf("after ten minutes: %+v", now)
		}
	})
}

func TestAdministration(t *testing.T) {
	both(t, func(t *testing.T, how zvt.Transport) {
		s := open(t, zvt.Options{}, zvtsim.Options{Transport: how})
		defer func() { s.stop() }()
		if _, err := s.driver.Repeat(t.Context()); err == nil || !strings.Contains(err.Error(), "B8") {
			t.Errorf("repeat of nothing: %v", err)
		}
		s.driver.Settle(t.Context(), payment(1250), deaf)
		end, err := s.driver.EndOfDay(t.Context(), deaf)
		if err != nil || !slices.Equal(end.Lines, []string{"** KASSENSCHNITT **", "Anzahl 1", "Gesamt 12,50"}) {
			t.Errorf("end of day: %+v, %v", end, err)
		}
		if r, err := s.driver.Repeat(t.Context()); err != nil || len(r.Lines) != 10 {
			t.Errorf("repeat: %+v, %v", r, err)
		}
		if r, err := s.driver.Diagnose(t.Context(), deaf); err != nil || r.Status != "" {
			t.Errorf("diagnosis: %+v, %v", r, err)
		}
		if r, err := s.driver.State(t.Context()); err != nil || r.Status != "" {
			t.Errorf("state: %+v, %v", r, err)
		}
	})
}

func TestSlipMadeUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, zvt.Options{Quirks: []zvt.Quirk{zvt.PlainSlips}}, zvtsim.Options{Loose: true})
		defer func() { s.stop() }()
		got := s.driver.Settle(t.Context(), payment(1250), deaf)
		text := strings.Join(got.Slip, "\n")
		for _, want := range []string{"EUR 12,50", "************1111", "VISA", "000001", "52523535"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %s in\n%s", want, text)
			}
		}
	})
}

// TestNumbersComeRound: a receipt whose numbers an old settlement has is not that settlement's when the terminal's time says so.
func TestNumbersComeRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old := payment(500)
		old.Result = showroom.Result{Outcome: showroom.Approved, Reference: showroom.Reference{Receipt: "0001", Trace: "000001", TerminalID: "52523535", At: time.Now()}}
		<-time.After(time.Minute)
		known := func(showroom.Reference) (showroom.Settlement, bool, error) { return old, true, nil }
		s := open(t, zvt.Options{Known: known}, zvtsim.Options{})
		defer func() { s.stop() }()
		s.pt.Script(zvtsim.Fault{Trouble: zvtsim.Pull, Step: zvtsim.Approved})
		p := payment(500)
		s.driver.Settle(t.Context(), p, deaf)
		s.down()
		s.up()
		if got := s.driver.Recover(t.Context(), p); got.Outcome != showroom.Approved {
			t.Errorf("got %+v", got)
		}
	})
}
