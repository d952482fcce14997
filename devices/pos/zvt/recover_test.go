package zvt_test

import (
	"encoding/hex"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/showroom"
	"showroom/devices/pos/zvt"
	"showroom/devices/sim/zvtsim"
)

// concluded is a settlement with what the terminal answered.
func concluded(t *testing.T, s showroom.Settlement, r showroom.Result) showroom.Settlement {
	t.Helper()
	s, err := s.Conclude(r, showroom.Moment{Wall: time.Now(), Boot: "the one before", Quality: showroom.ClockNTP})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRecoveryWithAWrongClock: the program forgets, and the terminal's clock is an hour slow. The receipt of the settlement before says
// where the last one stands.
func TestRecoveryWithAWrongClock(t *testing.T) {
	person := func(o showroom.Outcome) func(*testing.T, showroom.Settlement) showroom.Settlement {
		return func(t *testing.T, s showroom.Settlement) showroom.Settlement {
			s.State, s.Result = showroom.SettlementUnsure, showroom.Result{Code: "line"}
			s, err := s.Decide(o, "ayse", "asked the bank", showroom.Moment{Wall: time.Now()})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
	}
	for name, c := range map[string]struct {
		step   zvtsim.Step // at which the cable is pulled
		before func(*testing.T, showroom.Settlement) showroom.Settlement
		amount int64
		want   showroom.Outcome
	}{
		"charged":                                 {zvtsim.Approved, nil, 500, showroom.Approved},
		"never asked":                             {zvtsim.Asked, nil, 500, showroom.Declined},
		"charged, and one declined between":       {zvtsim.Approved, func(t *testing.T, s showroom.Settlement) showroom.Settlement { return concluded(t, s, declinedResult) }, 500, showroom.Approved},
		"charged, and a person decided between":   {zvtsim.Approved, person(showroom.Declined), 500, showroom.Unknown},
		"charged, and a person took it for paid":  {zvtsim.Approved, person(showroom.Approved), 500, showroom.Unknown},
		"charged, and one of another sum between": {zvtsim.Approved, person(showroom.Declined), 501, showroom.Approved},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, how zvt.Transport) {
				slow := func() time.Time { return time.Now().Add(-time.Hour) }
				s := open(t, zvt.Options{}, zvtsim.Options{Transport: how, Now: slow})
				defer func() { s.stop() }()
				first := payment(500)
				first = concluded(t, first, s.driver.Settle(t.Context(), first, deaf))
				books := []showroom.Settlement{first}
				if c.before != nil {
					books = append([]showroom.Settlement{c.before(t, payment(c.amount))}, books...)
				}
				<-time.After(time.Minute)
				s.pt.Script(zvtsim.Fault{Trouble: zvtsim.Pull, Step: c.step})
				p := payment(500)
				if got := s.driver.Settle(t.Context(), p, deaf); got.Outcome != showroom.Unknown {
					t.Fatalf("got %+v", got)
				}
				s.stop()
				s.run(zvt.Options{ // and has forgotten
					Transport: how,
					Known: func(ref showroom.Reference) (showroom.Settlement, bool, error) {
						return first, ref.Receipt == first.Result.Reference.Receipt, nil
					},
					Before: func(showroom.Settlement) ([]showroom.Settlement, error) { return books, nil },
				})
				s.down()
				s.up()
				if got := s.driver.Recover(t.Context(), p); got.Outcome != c.want || got.Outcome == showroom.Approved && got.Reference.Receipt != "0002" {
					t.Errorf("got %+v, want outcome %v", got, c.want)
				}
			})
		})
	}
}

// TestAReceiptOfSomebodyElse: between two settlements somebody takes the same sum at the terminal itself or from another till. The second
// is never asked for, and must not be taken for paid; and where it was charged behind that, its receipt is not the next one, so that
// nobody can tell whether somebody else has made both.
func TestAReceiptOfSomebodyElse(t *testing.T) {
	for name, c := range map[string]struct {
		step zvtsim.Step // at which the cable is pulled
		late time.Duration
		want showroom.Outcome
	}{
		"never asked":                    {zvtsim.Asked, 0, showroom.Unknown},
		"never asked, with a slow clock": {zvtsim.Asked, time.Hour, showroom.Unknown},
		"charged":                        {zvtsim.Approved, 0, showroom.Unknown},
		"charged, with a slow clock":     {zvtsim.Approved, time.Hour, showroom.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, how zvt.Transport) {
				s := open(t, zvt.Options{}, zvtsim.Options{Transport: how, Now: func() time.Time { return time.Now().Add(-c.late) }})
				defer func() { s.stop() }()
				first := payment(500)
				first = concluded(t, first, s.driver.Settle(t.Context(), first, deaf))
				<-time.After(10 * time.Minute)
				s.driver.Settle(t.Context(), payment(500), deaf) // by another till: it is in no book of ours
				<-time.After(10 * time.Minute)
				s.pt.Script(zvtsim.Fault{Trouble: zvtsim.Pull, Step: c.step})
				p := payment(500)
				s.driver.Settle(t.Context(), p, deaf)
				s.stop()
				s.run(zvt.Options{
					Transport: how,
					Known: func(ref showroom.Reference) (showroom.Settlement, bool, error) {
						return first, ref.Receipt == first.Result.Reference.Receipt, nil
					},
					Before: func(showroom.Settlement) ([]showroom.Settlement, error) { return []showroom.Settlement{first}, nil },
				})
				s.down()
				s.up()
				if got := s.driver.Recover(t.Context(), p); got.Outcome != c.want {
					t.Errorf("got %+v, want outcome %q", got, c.want)
				}
			})
		})
	}
}

// TestAnOldReceiptSaysNothing: a terminal that says again what was before the last approval, another one put in its place or one that
// keeps no refunds, does not tell that nothing was moved since.
func TestAnOldReceiptSaysNothing(t *testing.T) {
	both(t, func(t *testing.T, how zvt.Transport) {
		s := open(t, zvt.Options{}, zvtsim.Options{Transport: how})
		defer func() { s.stop() }()
		first := payment(500)
		first = concluded(t, first, s.driver.Settle(t.Context(), first, deaf))
		second := payment(700)
		second = concluded(t, second, showroom.Result{Outcome: showroom.Approved, Amount: euro(700), Reference: showroom.Reference{
			Receipt: "0412", Trace: "000412", TerminalID: "52523536", At: time.Now(),
		}})
		for name, c := range map[string]struct {
			books []showroom.Settlement
			want  showroom.Outcome
		}{
			"another stood here": {[]showroom.Settlement{second, first}, showroom.Unknown},
			"none did":           {[]showroom.Settlement{first}, showroom.Declined},
		} {
			s.stop()
			s.run(zvt.Options{
				Transport: how,
				Known:     func(showroom.Reference) (showroom.Settlement, bool, error) { return first, true, nil },
				Before:    func(showroom.Settlement) ([]showroom.Settlement, error) { return c.books, nil },
			})
			s.up()
			if got := s.driver.Recover(t.Context(), payment(500)); got.Outcome != c.want {
				t.Errorf("%s: got %+v, want outcome %q", name, got, c.want)
			}
		}
	})
}

var declinedResult = showroom.Result{Outcome: showroom.Declined, Reason: showroom.DeclinedByCard, Code: "05"}

// TestARepeatedReceiptSaidWithTheTimeOfNow is no new one: some terminals tell when they said it and not when money moved.
func TestARepeatedReceiptSaidWithTheTimeOfNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := payment(500)
		first = concluded(t, first, showroom.Result{Outcome: showroom.Approved, Amount: euro(500), Reference: showroom.Reference{
			Receipt: "0001", Trace: "000001", TerminalID: "52523535", At: time.Now(),
		}})
		<-time.After(time.Hour)
		status := zvt.APDU{Code: zvt.CodeStatus, Data: unhex(t, "2700"+"04000000000500"+"490978"+"0b000001"+"870001"+"2952523535"+
			"0c"+hex.EncodeToString(packed(time.Now().Format("150405")))+"0d"+hex.EncodeToString(packed(time.Now().Format("0102"))))}
		p := payment(500)
		for name, o := range map[string]zvt.Options{
			"the books before": {Before: func(showroom.Settlement) ([]showroom.Settlement, error) { return []showroom.Settlement{first}, nil }},
			"another terminal stood": {Before: func(showroom.Settlement) ([]showroom.Settlement, error) {
				b := first
				b.Result.Reference.TerminalID = "1"
				return []showroom.Settlement{b}, nil
			}},
		} {
			got := recovered(t, o, p, []zvt.APDU{zvt.Accept(), status, {Code: zvt.CodeCompletion}})
			if want := map[bool]showroom.Outcome{true: showroom.Unknown, false: showroom.Approved}[name == "the books before"]; got.Outcome != want {
				t.Errorf("%s: %+v", name, got)
			}
		}
	})
}

// TestTheSumOfADayIsNoPayment: a terminal that has closed its books by itself says that again, and a day may come to the sum asked for.
func TestTheSumOfADayIsNoPayment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := payment(500)
		for totals, want := range map[string]showroom.Outcome{"": showroom.Approved, "60f0f0f100": showroom.Unknown} {
			got := recovered(t, zvt.Options{}, p, []zvt.APDU{zvt.Accept(), {Code: zvt.CodeStatus, Data: unhex(t, "2700"+"04000000000500"+"0b000007"+totals+
				"0c"+hex.EncodeToString(packed(time.Now().Format("150405")))+"0d"+hex.EncodeToString(packed(time.Now().Format("0102"))))},
				{Code: zvt.CodeCompletion}})
			if got.Outcome != want {
				t.Errorf("totals %q: %+v", totals, got)
			}
		}
	})
}

// TestWhoCanNotLookUpKnowsNothing: a receipt that nobody can look up is not one that nobody has.
func TestWhoCanNotLookUpKnowsNothing(t *testing.T) {
	for name, o := range map[string]zvt.Options{
		"whose it is": {Known: func(showroom.Reference) (showroom.Settlement, bool, error) {
			return showroom.Settlement{}, false, errors.New("disk I/O error")
		}},
		"what was before": {Before: func(showroom.Settlement) ([]showroom.Settlement, error) { return nil, errors.New("disk I/O error") }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := open(t, zvt.Options{}, zvtsim.Options{})
				defer func() { s.stop() }()
				s.pt.Script(zvtsim.Fault{Trouble: zvtsim.Pull, Step: zvtsim.Approved})
				p := payment(500)
				s.driver.Settle(t.Context(), p, deaf)
				s.stop()
				s.run(o)
				s.down()
				s.up()
				if got := s.driver.Recover(t.Context(), p); got.Outcome != showroom.Unknown || got.Code == "" {
					t.Errorf("got %+v", got)
				}
			})
		})
	}
}

func packed(digits string) []byte {
	p := make([]byte, len(digits)/2)
	for i := range p {
		p[i] = (digits[2*i]-'0')<<4 | (digits[2*i+1] - '0')
	}
	return p
}

// recovered is what a terminal that says this to 06 20 makes of a settlement.
func recovered(t *testing.T, o zvt.Options, s showroom.Settlement, says []zvt.APDU) (got showroom.Result) {
	t.Helper()
	p := &peer{answers: map[zvt.Code][]zvt.APDU{zvt.CodeRegistration: done(), zvt.CodeStatusEnquiry: done(), zvt.CodeRepeatReceipt: says}}
	with(t, p, o, func(driver *zvt.Terminal) {
		<-time.After(time.Second) // for the registration
		got = driver.Recover(t.Context(), s)
	})
	return got
}

// TestAnotherSumStaysTold: a terminal that has moved another sum than it was asked for says so again when it is asked again, also by a
// program that knows only what it wrote down. It is not somebody else's receipt.
func TestAnotherSumStaysTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		status := zvt.APDU{Code: zvt.CodeStatus, Data: unhex(t, "2700"+"04000000000450"+"490978"+"0b000001"+"870001"+
			"0c"+hex.EncodeToString(packed(time.Now().Format("150405")))+"0d"+hex.EncodeToString(packed(time.Now().Format("0102"))))}
		says := []zvt.APDU{zvt.Accept(), status, {Code: zvt.CodeCompletion}}
		p := payment(500)
		told := func(s showroom.Settlement, r showroom.Result) showroom.Settlement {
			t.Helper()
			if r.Code != "line" && r.Outcome != showroom.Approved {
				t.Errorf("the terminal is taken to say %+v", r)
			}
			s = concluded(t, s, r)
			if s.State != showroom.SettlementUnsure || s.Result.Amount != euro(450) {
				t.Errorf("it is %s with %+v", s.State, s.Result)
			}
			return s
		}
		terminal := &peer{answers: map[zvt.Code][]zvt.APDU{
			zvt.CodeRegistration: done(), zvt.CodeStatusEnquiry: done(), zvt.CodeAuthorization: says, zvt.CodeRepeatReceipt: says,
		}}
		with(t, terminal, zvt.Options{}, func(driver *zvt.Terminal) {
			<-time.After(time.Second) // for the registration
			p = told(p, driver.Settle(t.Context(), p, deaf))
			p = told(p, driver.Recover(t.Context(), p))
			p = told(p, showroom.Result{Code: "line"})
		})
		told(p, recovered(t, zvt.Options{Known: func(showroom.Reference) (showroom.Settlement, bool, error) { return p, true, nil }}, p, says))
	})
}
