package okc_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/pos/okc"
	"showroom/devices/sim/okcsim"
)

// tell plays a story in simulated time.
func tell(t *testing.T, story func(t *testing.T, s *shop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { story(t, open(t, okcsim.Options{}, okc.Options{}, nil, nil)) })
}

func TestSale(t *testing.T) {
	tell(t, func(t *testing.T, s *shop) {
		reduced := line(3, 9_999, 10)
		reduced.Reductions = []showroom.Reduction{{Offer: "o1", Amount: lira(9_999)}}
		p := payment(t, "s1", line(1, 129_990, 20), reduced, line(2, 50, 1))
		r := s.settle(p)
		s.is(p, r, showroom.Approved, "")
		if diff := cmp.Diff([]string{"present_card", "authorising", "printing"}, s.told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		want := showroom.Fiscal{Device: "SIM0000001", Z: 1, Receipt: 1, EKU: 1, At: r.Fiscal.At}
		if diff := cmp.Diff(want, *r.Fiscal); diff != "" || r.Fiscal.At.IsZero() {
			t.Errorf("fiscal (-want +got):\n%s", diff)
		}
		ref := showroom.Reference{Receipt: "1", Trace: "1", Auth: "000001", TerminalID: "SIM0000001", At: r.Fiscal.At}
		if diff := cmp.Diff(ref, r.Reference); diff != "" || r.Card != (showroom.Card{Name: "TROY", Last4: "0004"}) {
			t.Errorf("reference (-want +got):\n%s%+v", diff, r.Card)
		}
		if text := strings.Join(r.Slip, "\n"); !strings.Contains(text, "TOPLAM *1.500,88") || !strings.Contains(text, "Gömlek çizgili") {
			t.Errorf("slip:\n%s", text)
		}
		if again := s.terminal.Recover(t.Context(), p); !cmp.Equal(again, r) {
			t.Errorf("recovered:\n%s", cmp.Diff(r, again))
		}
	})
}

func TestNothingMoves(t *testing.T) {
	for why, fault := range map[showroom.DeclineReason]okcsim.Fault{
		showroom.DeclinedByCard:    {Trouble: okcsim.CardRefused},
		showroom.DeclinedByShopper: {Trouble: okcsim.ShopperStops},
		showroom.DeclinedTimeout:   {Trouble: okcsim.NoCard},
		showroom.DeclinedDevice:    {Trouble: okcsim.BankOffline},
		showroom.DeclinedBusy:      {Trouble: okcsim.Busy},
		showroom.DeclinedCurrency:  {Trouble: okcsim.OtherCurrency},
		showroom.DeclinedPaper:     {Trouble: okcsim.NoPaper}, // what had moved is given back
	} {
		t.Run(string(why), func(t *testing.T) {
			tell(t, func(t *testing.T, s *shop) {
				s.device.Script(fault)
				p := payment(t, "s1", line(1, 10_000, 20))
				s.is(p, s.settle(p), showroom.Declined, why)
				s.device.PutPaper()
				if s.device.Till() != 0 {
					t.Errorf("%d have moved", s.device.Till())
				}
				next := payment(t, "s2", line(1, 20_000, 20))
				s.is(next, s.settle(next), showroom.Approved, "")
			})
		})
	}
}

func TestRefusedBeforeAnythingIsSent(t *testing.T) {
	tell(t, func(t *testing.T, s *shop) {
		good := payment(t, "s1", line(1, 10_000, 20))
		short, euro, none, unknown := good, good, good, good
		short.Amount.Minor--
		euro.Amount.Currency = "EUR"
		none.Amount.Minor, none.Lines = 0, nil
		unknown.Kind = "gift"
		for _, c := range []struct {
			p    showroom.Settlement
			why  showroom.DeclineReason
			code string
		}{
			{payment(t, "s1", line(1, 10_000, 18)), showroom.DeclinedByDevice, okc.CodeNoGroup},
			{short, showroom.DeclinedByDevice, okc.CodeSums},
			{euro, showroom.DeclinedCurrency, "TRY"},
			{none, showroom.DeclinedByDevice, okc.CodeSums},
			{unknown, showroom.DeclinedByDevice, ""},
		} {
			r := s.settle(c.p)
			s.is(c.p, r, showroom.Declined, c.why)
			if r.Code != c.code {
				t.Errorf("code %q, want %q", r.Code, c.code)
			}
		}
		s.device.TakePaper()
		s.is(good, s.settle(good), showroom.Declined, showroom.DeclinedPaper)
		s.device.PutPaper()
		s.device.Break("EKÜ dolu")
		s.is(good, s.settle(good), showroom.Declined, showroom.DeclinedDevice)
		if n := len(s.device.Ledger()); n != 0 {
			t.Errorf("%d documents were begun", n)
		}
	})
}

func TestNotConnected(t *testing.T) {
	terminal := okc.New(okc.Options{Device: "okc1"})
	p := payment(t, "s1", line(1, 10_000, 20))
	if r := terminal.Settle(t.Context(), p, nil); r.Outcome != showroom.Declined || r.Reason != showroom.DeclinedDevice || r.Code != okc.CodeNotSent {
		t.Errorf("without a line: %+v", r)
	}
	if r := terminal.Recover(t.Context(), p); r.Outcome != showroom.Unknown {
		t.Errorf("without a line it knows: %+v", r)
	}
	terminal.Abort() // there is nothing to abort
}

func TestAbort(t *testing.T) {
	for name, c := range map[string]struct {
		after time.Duration
		want  showroom.Outcome
		why   showroom.DeclineReason
	}{
		"in time":  {1500 * time.Millisecond, showroom.Declined, showroom.DeclinedByShopper},
		"too late": {3500 * time.Millisecond, showroom.Approved, ""},
	} {
		t.Run(name, func(t *testing.T) {
			tell(t, func(t *testing.T, s *shop) {
				stop := time.AfterFunc(c.after, s.terminal.Abort)
				defer stop.Stop()
				p := payment(t, "s1", line(1, 10_000, 20))
				s.is(p, s.settle(p), c.want, c.why)
			})
		})
	}
}

func TestOneAtATime(t *testing.T) {
	tell(t, func(t *testing.T, s *shop) {
		first, second := payment(t, "s1", line(1, 10_000, 20)), payment(t, "s2", line(1, 10_000, 20))
		done := make(chan showroom.Result)
		go func() { done <- s.terminal.Settle(t.Context(), first, nil) }()
		<-time.After(time.Second)
		s.is(second, s.settle(second), showroom.Declined, showroom.DeclinedBusy)
		if r := s.terminal.Recover(t.Context(), first); r.Outcome != showroom.Unknown {
			t.Errorf("recovered in the middle: %+v", r)
		}
		s.is(first, <-done, showroom.Approved, "")
	})
}

func TestInformationSlip(t *testing.T) {
	tell(t, func(t *testing.T, s *shop) {
		p := payment(t, "s1", line(1, 1_200_001, 20))
		r := s.settle(p)
		s.is(p, r, showroom.Approved, "")
		if !r.Fiscal.Info || r.Fiscal.ETTN == "" || r.Fiscal.Invoice == "" || r.Slip[0] != "BİLGİ FİŞİ" {
			t.Errorf("above the limit: %+v %q", r.Fiscal, r.Slip)
		}
		p = payment(t, "s2", line(1, 1_200_000, 20))
		if r := s.settle(p); r.Fiscal == nil || r.Fiscal.Info || r.Fiscal.ETTN != "" {
			t.Errorf("at the limit: %+v", r.Fiscal)
		}
	})
}

func TestReversalAndRefund(t *testing.T) {
	tell(t, func(t *testing.T, s *shop) {
		sale := payment(t, "s1", line(2, 10_000, 20))
		sold := s.settle(sale)
		back := showroom.Settlement{ID: "s2", Kind: showroom.Reversal, Amount: sale.Amount, Of: sold.Reference, Started: sale.Started}
		s.is(back, s.settle(back), showroom.Approved, "")
		if s.device.Till() != 0 {
			t.Errorf("%d are left after the reversal", s.device.Till())
		}
		back.ID = "s3"
		s.is(back, s.settle(back), showroom.Declined, showroom.DeclinedByDevice)

		sale = payment(t, "s4", line(2, 10_000, 20))
		sold = s.settle(sale)
		s.device.CloseDay()
		back.ID, back.Of = "s5", sold.Reference
		s.is(back, s.settle(back), showroom.Declined, showroom.DeclinedByDevice) // yesterday's
		back.ID, back.Of.TerminalID = "s6", "ANOTHER"
		if r := s.settle(back); r.Code != okc.CodeOtherOne {
			t.Errorf("of another device: %+v", r)
		}
		back.ID, back.Of = "s7", showroom.Reference{Receipt: "x"}
		s.is(back, s.settle(back), showroom.Declined, showroom.DeclinedByDevice)

		refund := payment(t, "s8", line(1, 10_000, 20))
		refund.Kind = showroom.Refund
		r := s.settle(refund)
		s.is(refund, r, showroom.Approved, "")
		if s.device.Till() != 10_000 || r.Fiscal.Z != 2 || r.Fiscal.Receipt != 1 {
			t.Errorf("after the refund the till has %d, sealed as %+v", s.device.Till(), r.Fiscal)
		}
	})
}

func TestLateAnswerIsHeard(t *testing.T) {
	tell(t, func(t *testing.T, s *shop) {
		s.device.Script(okcsim.Fault{Trouble: okcsim.Late, At: okcsim.Approved, For: 25 * time.Second})
		p := payment(t, "s1", line(1, 10_000, 20))
		s.is(p, s.settle(p), showroom.Approved, "")
	})
}

func TestHangAfterApproval(t *testing.T) {
	tell(t, func(t *testing.T, s *shop) {
		s.device.Script(okcsim.Fault{Trouble: okcsim.Hang, At: okcsim.Approved})
		p := payment(t, "s1", line(1, 10_000, 20))
		s.is(p, s.settle(p), showroom.Unknown, "")
		if r := s.terminal.Recover(t.Context(), p); r.Outcome != showroom.Unknown {
			t.Errorf("while it hangs: %+v", r)
		}
		s.feed.WaitState(t, devices.Silent)
		s.device.Restart()
		s.is(p, s.recover(p), showroom.Approved, "")
		if s.device.Till() != 10_000 {
			t.Errorf("the till has %d", s.device.Till())
		}
	})
}

// TestCablePulledAtEachStep: whatever the step, the device knows, and nothing is charged that is not.
func TestCablePulledAtEachStep(t *testing.T) {
	for _, step := range okcsim.Steps() {
		tell(t, func(t *testing.T, s *shop) {
			s.device.Script(okcsim.Fault{Trouble: okcsim.Pull, At: step})
			p := payment(t, "s1", line(1, 10_000, 20))
			s.is(p, s.settle(p), showroom.Unknown, "")
			if step == okcsim.Unheard {
				r := s.recover(p)
				s.is(p, r, showroom.Declined, showroom.DeclinedDevice)
				if r.Code != okc.CodeNeverHeard {
					t.Errorf("never heard, and the code is %q", r.Code)
				}
				// Asked about, it is spent: what was still on its way is begun no more.
				s.is(p, s.settle(p), showroom.Declined, showroom.DeclinedDevice)
				return
			}
			s.is(p, s.recover(p), showroom.Approved, "")
			s.is(p, s.settle(p), showroom.Approved, "") // the same once more is the same document
			if s.device.Till() != 10_000 || len(s.device.Ledger()) != 1 {
				t.Errorf("pulled at step %d, the till has %d", step, s.device.Till())
			}
		})
	}
}

func TestPaidWithoutSlip(t *testing.T) {
	// pulled: the cable comes off when the money has moved, and there is nobody to undo it.
	begin := func(t *testing.T, s *shop) showroom.Settlement {
		s.device.Script(okcsim.Fault{Trouble: okcsim.NoPaper})
		p := payment(t, "s1", line(1, 10_000, 20))
		ctx, cancel := context.WithCancel(t.Context())
		defer time.AfterFunc(4500*time.Millisecond, cancel).Stop()
		if r := s.terminal.Settle(ctx, p, func(showroom.Progress) {}); r.Outcome != showroom.Unknown {
			t.Fatalf("in the middle: %+v", r)
		}
		r := s.recover(p)
		if r.Code != okc.CodeNoSlip || r.Amount != p.Amount || r.Fiscal != nil {
			t.Errorf("paid without slip: %+v", r)
		}
		next := payment(t, "s2", line(1, 20_000, 20))
		s.is(next, s.settle(next), showroom.Declined, showroom.DeclinedPaper)
		s.feed.WaitState(t, devices.Fault)
		return p
	}
	t.Run("somebody brings paper", func(t *testing.T) {
		tell(t, func(t *testing.T, s *shop) {
			p := begin(t, s)
			s.device.PutPaper()
			s.is(p, s.recover(p), showroom.Approved, "")
			s.feed.WaitState(t, devices.Up)
		})
	})
	t.Run("somebody cancels it", func(t *testing.T) {
		tell(t, func(t *testing.T, s *shop) {
			p := begin(t, s)
			if d, err := s.terminal.Cancel(t.Context(), p.ID); err != nil || d.State != okc.Reversed {
				t.Fatalf("%+v, %v", d, err)
			}
			s.is(p, s.recover(p), showroom.Declined, showroom.DeclinedPaper)
		})
	})
}

// TestForgotten: a device whose memory began after the settlement can not say.
func TestForgotten(t *testing.T) {
	tell(t, func(t *testing.T, s *shop) {
		p := payment(t, "s1", line(1, 10_000, 20))
		p.Started.Wall = time.Now().Add(-25 * time.Hour)
		if r := s.terminal.Recover(t.Context(), p); r.Outcome != showroom.Unknown || r.Code != okc.CodeForgotten {
			t.Errorf("%+v", r)
		}
		p.Started.Wall = time.Time{}
		if r := s.terminal.Recover(t.Context(), p); r.Outcome != showroom.Unknown {
			t.Errorf("without a time: %+v", r)
		}
	})
}

func TestHealth(t *testing.T) {
	tell(t, func(t *testing.T, s *shop) {
		s.device.TakePaper()
		s.feed.WaitState(t, devices.Fault)
		if last := s.feed.Last(); last.Reason != "paper out" || last.Advice == "" {
			t.Errorf("%+v", last)
		}
		s.device.PutPaper()
		s.feed.WaitState(t, devices.Up)
		s.device.Unplug()
		s.feed.WaitState(t, devices.Down)
		s.feed.WaitState(t, devices.Up)
		if last := s.feed.Last(); last.Frames.Good == 0 || last.LastData.IsZero() {
			t.Errorf("%+v", last)
		}
	})
}
