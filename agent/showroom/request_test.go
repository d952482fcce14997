package showroom_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	. "showroom/agent/showroom"
)

const jacket40 = "00614141007349"

func moment(after time.Duration) Moment {
	return Moment{Wall: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC).Add(after), Boot: "boot", Mono: time.Hour + after, Quality: ClockNTP}
}

func openRequest(t *testing.T, wait bool) SizeRequest {
	t.Helper()
	v, _ := OpenVisit("v1", "2", moment(0))
	r, made, err := NewRequest("r1", v, jacket40, "", wait, moment(0))
	if err != nil {
		t.Fatal(err)
	}
	if made.Request != "r1" || made.Room != "2" || made.Waiting != wait {
		t.Fatalf("made %+v", made)
	}
	return r
}

func TestARequestIsBrought(t *testing.T) {
	r := openRequest(t, false)
	r, _, err := r.Accept("s1", "Elif", moment(time.Second))
	if err != nil || r.State != SizeAccepted || r.ByName != "Elif" {
		t.Fatalf("accepted: %+v, %v", r, err)
	}
	if r, _, err = r.Leave(moment(2 * time.Second)); err != nil || r.State != SizeOnTheWay {
		t.Fatalf("on the way: %+v, %v", r, err)
	}
	if r, _, err = r.Deliver(moment(3 * time.Second)); err != nil || r.State != SizeDelivered {
		t.Fatalf("delivered: %+v, %v", r, err)
	}
	if r.By != "" || r.ByName != "" {
		t.Errorf("a closed request still says who brought it: %q", r.ByName)
	}
	if r.Version != 4 {
		t.Errorf("version %d after three changes", r.Version)
	}
}

func TestTheSecondAssociateIsToldWhoHasIt(t *testing.T) {
	r, _, err := openRequest(t, false).Accept("s1", "Elif", moment(0))
	if err != nil {
		t.Fatal(err)
	}
	same, _, err := r.Accept("s2", "Can", moment(0))
	if ErrorCode(err) != CodeTaken || ErrorMessage(err) != "Already taken by Elif." {
		t.Errorf("second accept: %v", err)
	}
	if same != r {
		t.Errorf("the refused accept changed the request: %+v", same)
	}
}

func TestWaitingBecomesRequestedWhenThePieceIsFree(t *testing.T) {
	r := openRequest(t, true)
	if _, _, err := r.Accept("s1", "Elif", moment(0)); ErrorCode(err) != CodeConflict {
		t.Errorf("accepting a waiting request: %v", err)
	}
	r, _, err := r.Free(moment(time.Minute))
	if err != nil || r.State != SizeRequested {
		t.Fatalf("freed: %+v, %v", r, err)
	}
	policy := EscalationPolicy{90 * time.Second, 180 * time.Second}
	if _, _, due, next := r.Escalate(policy, moment(time.Minute)); due || next != 90*time.Second {
		t.Errorf("the escalation clock did not start when it was freed: due %t, next %v", due, next)
	}
}

func TestARequestNobodyTakesIsRaised(t *testing.T) {
	policy := EscalationPolicy{90 * time.Second, 180 * time.Second}
	r := openRequest(t, false)
	steps := []struct {
		at    time.Duration
		due   bool
		level int
		next  time.Duration
	}{
		{89 * time.Second, false, 0, time.Second},
		{90 * time.Second, true, 1, 90 * time.Second},
		{91 * time.Second, false, 1, 89 * time.Second},
		{200 * time.Second, true, 2, 0},
		{time.Hour, false, 2, 0},
	}
	for _, s := range steps {
		raised, e, due, next := r.Escalate(policy, moment(s.at))
		if due != s.due || raised.Escalated != s.level || next != s.next || (due && e.Level != s.level) {
			t.Errorf("after %v: due %t level %d next %v; want %t %d %v", s.at, due, raised.Escalated, next, s.due, s.level, s.next)
		}
		r = raised
	}
	if r.Version != 1 {
		t.Errorf("raising a request made an associate's picture of it old")
	}
}

// Whatever is tapped in whatever order, a closed request stays as it is and every change raises the version by one.
func TestClosedStaysClosed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, _ := OpenVisit("v1", "2", moment(0))
		r, _, err := NewRequest("r1", v, jacket40, "", rapid.Bool().Draw(t, "wait"), moment(0))
		if err != nil {
			t.Fatal(err)
		}
		for i := range rapid.IntRange(1, 12).Draw(t, "taps") {
			at := moment(time.Duration(i) * time.Second)
			before := r
			switch rapid.IntRange(0, 5).Draw(t, "tap") {
			case 0:
				r, _, err = r.Accept("s", "Elif", at)
			case 1:
				r, _, err = r.Leave(at)
			case 2:
				r, _, err = r.Deliver(at)
			case 3:
				r, _, err = r.Unavailable(at)
			case 4:
				r, _, err = r.Cancel(CancelShopper, at)
			case 5:
				r, _, err = r.Free(at)
			}
			if err != nil && r != before {
				t.Fatalf("refused (%v), yet changed from %+v to %+v", err, before, r)
			}
			if err == nil && r.Version != before.Version+1 {
				t.Fatalf("version went from %d to %d", before.Version, r.Version)
			}
			if before.State.Closed() && err == nil {
				t.Fatalf("a closed request changed: %+v to %+v", before, r)
			}
			if r.State.Closed() && r.ByName != "" {
				t.Fatalf("closed, and still names %q", r.ByName)
			}
		}
	})
}

func TestAVisitEndsByPauseNotByTags(t *testing.T) {
	policy := VisitPolicy{OpensAfter: 4 * time.Second, PauseEmpty: time.Minute, PauseIdle: 20 * time.Minute, PauseAsked: 5 * time.Minute}
	v, _ := OpenVisit("v1", "2", moment(0))
	for _, c := range []struct {
		garments int
		asked    bool
		at       time.Duration
		over     bool
		left     time.Duration
	}{
		{0, false, 0, false, time.Minute},
		{0, false, 59 * time.Second, false, time.Second},
		{0, false, time.Minute, true, 0},
		{0, true, time.Minute, false, 4 * time.Minute},
		{0, true, 5 * time.Minute, true, 0},
		{2, false, time.Minute, false, 19 * time.Minute},
		{2, true, 21 * time.Minute, true, 0},
	} {
		if over, left := v.Over(policy, c.garments, c.asked, moment(c.at)); over != c.over || left != c.left {
			t.Errorf("%d garments after %v: over %t, left %v; want %t, %v", c.garments, c.at, over, left, c.over, c.left)
		}
	}
	touched := v.Touch(moment(50 * time.Second))
	if over, _ := touched.Over(policy, 0, false, moment(time.Minute)); over {
		t.Error("a touch did not extend the visit")
	}
	ended, e, err := v.Finish(EndDone, 2, moment(61*time.Second))
	if err != nil || ended.Open() || e.LeftBehind != 2 || e.Seconds != 61 {
		t.Fatalf("finished: %+v %+v %v", ended, e, err)
	}
	if _, _, err := ended.Finish(EndPause, 0, moment(time.Hour)); ErrorCode(err) != CodeConflict {
		t.Errorf("ended twice: %v", err)
	}
	if _, _, err := NewRequest("r", ended, jacket40, "", false, moment(0)); ErrorCode(err) != CodeConflict {
		t.Errorf("a request in an ended visit: %v", err)
	}
}

func TestDurationsSurviveAWrongClock(t *testing.T) {
	a := moment(0)
	b := moment(10 * time.Second)
	b.Wall = a.Wall.AddDate(-50, 0, 0)
	if d := b.Since(a); d != 10*time.Second {
		t.Errorf("within a boot the monotonic clock decides, got %v", d)
	}
	b.Boot = "another"
	if d := b.Since(a); d != 0 {
		t.Errorf("across boots a clock that went back gives no negative time, got %v", d)
	}
}

func TestAvailability(t *testing.T) {
	for _, c := range []struct {
		a     Availability
		own   int
		bring int
		tried bool
	}{
		{Availability{Stock: 3, InRooms: 1, Promised: 1}, 1, 1, false},
		{Availability{Stock: 1, InRooms: 1}, 0, 0, true},
		{Availability{Stock: 1, InRooms: 1}, 1, 0, false},
		{Availability{Stock: 1, InRooms: 2}, 0, 0, true},
		{Availability{}, 0, 0, false},
		{Availability{Stock: 2, InBaskets: 2}, 0, 0, false},
	} {
		if got := c.a.ToBring(); got != c.bring {
			t.Errorf("%+v: to bring %d, want %d", c.a, got, c.bring)
		}
		if got := c.a.TriedElsewhere(c.own); got != c.tried {
			t.Errorf("%+v: tried elsewhere %t, want %t", c.a, got, c.tried)
		}
	}
}

func TestMoneyRefusesWhatItCanNotAdd(t *testing.T) {
	try := func(minor int64) Money { return Money{Minor: minor, Currency: "TRY"} }
	if sum, err := try(150).Add(try(-50)); err != nil || sum != try(100) {
		t.Errorf("150-50 = %v, %v", sum, err)
	}
	if sum, err := (Money{}).Add(try(5)); err != nil || sum != try(5) {
		t.Errorf("nothing+5 = %v, %v", sum, err)
	}
	if _, err := try(1).Add(Money{Minor: 1, Currency: "EUR"}); err == nil {
		t.Error("added lira to euro")
	}
	if _, err := try(1 << 62).Add(try(1 << 62)); err == nil {
		t.Error("a sum beyond 64 bits went through")
	}
}
