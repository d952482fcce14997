package checkout_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

// kinds are the two kinds of devices: one is asked by the number of a settlement, the other tells of its last receipt.
func kinds() map[string]func() simulated {
	return map[string]func() simulated{"fiscal": newFiscal, "terminal": newTerminalOnly}
}

// unheard are the settlements whose device is still to be asked about what staff have decided.
func (s *shop) unheard() (all []showroom.Settlement) {
	s.t.Helper()
	s.update(func(tx *store.Tx) (err error) {
		all, err = tx.UnheardSettlements()
		return err
	})
	return all
}

// TestWhatStaffDecideIsAskedAboutOnceMore: what they say while the device is away it confirms or contradicts when it is back, to the same
// agent or to the next one.
func TestWhatStaffDecideIsAskedAboutOnceMore(t *testing.T) {
	for kind, device := range kinds() {
		for name, c := range map[string]struct {
			taken   bool
			decided showroom.Outcome
			against bool
		}{
			"declined, though it was taken":     {true, showroom.Declined, true},
			"approved, though it was not taken": {false, showroom.Approved, true},
			"declined, and it was not taken":    {false, showroom.Declined, false},
			"approved, and it was taken":        {true, showroom.Approved, false},
		} {
			for how, comesBack := range map[string]func(*wired){
				"the cable":       (*wired).again,
				"a new agent":     func(w *wired) { w.restarts(); w.untilUp(); time.Sleep(10 * time.Second); synctest.Wait() },
				"agent and cable": func(w *wired) { w.restarts(); w.again() },
			} {
				t.Run(kind+"/"+name+"/"+how, func(t *testing.T) {
					wire(t, device, func(w *wired) {
						w.buys() // of which the device can tell, should nothing have moved since
						if c.taken {
							w.sim.cutAfterMoney()
						} else {
							w.sim.cutBefore()
						}
						id := w.unknown()
						w.unplug()
						w.decides(id, c.decided)
						if n := len(w.unheard()); n != 1 || len(w.contradicted()) != 0 {
							t.Fatalf("before it was asked %d are to be asked about, %+v are against", n, w.contradicted())
						}
						comesBack(w)
						got := w.contradicted()
						if len(got) == 1 != c.against || c.against && (got[0].ID != id || got[0].Later.Outcome == c.decided) {
							t.Errorf("staff are told of %+v", got)
						}
						if slices.Contains(w.said(), showroom.KindSettlementContradicted) != c.against {
							t.Errorf("said %v", w.said())
						}
						if left := w.unheard(); len(left) != 0 {
							t.Errorf("it is asked again: %+v", left)
						}
						now := w.settlement(id)
						if (now.State == showroom.SettlementApproved) != (c.decided == showroom.Approved) || now.By != "ayse" {
							t.Errorf("it is %s by %q", now.State, now.By)
						}
						if !c.against && now.Result.Outcome != c.decided {
							t.Errorf("the device says %+v", now.Result)
						}
					})
				})
			}
		}
	}
}

// TestWhatADeviceCanNotSayItIsNotAskedForEver: another receipt than the one that would tell, or another device; the next payment goes on.
func TestWhatADeviceCanNotSayItIsNotAskedForEver(t *testing.T) {
	for name, c := range map[string]struct {
		device func() simulated
		spoil  func(*wired)
	}{
		"a receipt behind it":       {newTerminalOnly, func(w *wired) { w.sim.forgets(); w.again() }},
		"another terminal":          {newTerminalOnly, replaced},
		"another fiscal device":     {newFiscal, replaced},
		"none of that name is left": {newFiscal, func(w *wired) { w.isRenamed() }},
	} {
		t.Run(name, func(t *testing.T) {
			wire(t, c.device, func(w *wired) {
				w.buys()
				w.sim.cutAfterMoney()
				id := w.unknown()
				w.unplug()
				w.decides(id, showroom.Declined)
				c.spoil(w)
				if n := len(w.unheard()); n != 0 || len(w.contradicted()) != 0 || w.settlement(id).State != showroom.SettlementDeclined {
					t.Errorf("%d are to be asked about, and %+v are against", n, w.contradicted())
				}
				if name == "none of that name is left" {
					return
				}
				w.buys()
			})
		})
	}
}

// replaced puts another device in the place of the one that was there.
func replaced(w *wired) {
	w.sim = w.sim.another()
	w.restarts()
	w.untilUp()
	time.Sleep(10 * time.Second)
	synctest.Wait()
}

// isRenamed has the agent start with another device in the configuration.
func (w *wired) isRenamed() {
	w.opt.Machines = map[showroom.DeviceID]checkout.Machine{"pt2": {Settler: newTerminal()}}
	w.restart(10 * time.Second)
}

// TestNobodyPaysTwiceForWhatStaffGotWrong: whoever pays for the basket again, at the kiosk where it was released or with its code at another
// one, is not charged.
func TestNobodyPaysTwiceForWhatStaffGotWrong(t *testing.T) {
	for kind, device := range kinds() {
		for name, again := range map[string]func(*wired, showroom.Basket) showroom.KioskID{
			"at the kiosk": func(w *wired, _ showroom.Basket) showroom.KioskID { w.again(); return "sco1" },
			"at another one": func(w *wired, b showroom.Basket) showroom.KioskID {
				w.must("sco1", w.Park)
				w.again()
				w.resumes("sco2", b.Code)
				w.pays("sco2")
				return "sco2"
			},
		} {
			t.Run(kind+"/"+name, func(t *testing.T) {
				wire(t, device, func(w *wired) {
					w.sim.cutAfterMoney()
					id := w.unknown()
					b := w.look("sco1").Basket
					w.unplug()
					w.decides(id, showroom.Declined)
					at := again(w, b)
					if got := w.look(at); got.Stage == checkout.StageReceipt || got.Has {
						t.Errorf("the kiosk shows %q, with a basket %v", got.Stage, got.Has)
					}
					if all := w.sim.moved(); len(all) != 1 {
						t.Errorf("the device has moved %v", all)
					}
					if all := w.setAside(); len(all) != 1 || all[0].ID != b.ID || all[0].Reason != "staff" || len(w.sales()) != 0 {
						t.Errorf("set aside: %+v, and %d sales", all, len(w.sales()))
					}
					if n := len(w.contradicted()); n != 1 {
						t.Fatalf("staff are told of %d", n)
					}
				})
			})
		}
	}
}

// thinking is a terminal that thinks about what it is asked until over is closed; nil is not at all.
type thinking struct {
	*terminal
	over chan struct{} // set while nobody asks
}

func (m *thinking) Recover(ctx context.Context, s showroom.Settlement) showroom.Result {
	if m.over != nil {
		<-m.over
	}
	return m.terminal.Recover(ctx, s)
}

// TestTheDeviceIsAskedBeforeItIsPaidAt: somebody has pressed the button when the device was back and had not said a word. While it is away
// nobody is charged who pressed it just before.
func TestTheDeviceIsAskedBeforeItIsPaidAt(t *testing.T) {
	for name, away := range map[string]bool{"it answers": false, "it is away again": true} {
		t.Run(name, func(t *testing.T) {
			thinks := &thinking{}
			story(t, func(s *shop) {
				id := s.unsure(true).Basket.Settlement
				s.board.SetDevice(devices.Status{Device: "pt1", State: devices.Down, At: time.Now()})
				time.Sleep(time.Minute)
				s.term.mute(false)
				s.term.will(nil)
				s.decides(id, showroom.Declined)
				s.wants(s.look("sco1"), checkout.StageBasket, "declined")
				thinks.over = make(chan struct{})
				s.board.SetDevice(devices.Status{Device: "pt1", State: devices.Up, At: time.Now()})
				synctest.Wait()
				s.wants(s.pays("sco1"), checkout.StagePaying, "")
				if away {
					s.board.SetDevice(devices.Status{Device: "pt1", State: devices.Down, At: time.Now()})
					s.term.mute(true)
				}
				close(thinks.over)
				synctest.Wait()
				if n := len(s.term.asked); n != 1 {
					t.Errorf("the device was asked for money %d times", n)
				}
				if away {
					s.wants(s.look("sco1"), checkout.StageBasket, "terminal_fault")
					return
				}
				if all := s.setAside(); len(all) != 1 || len(s.contradicted()) != 1 {
					t.Errorf("set aside: %+v, staff are told of %+v", all, s.contradicted())
				}
			}, func(o *checkout.Options) {
				thinks.terminal = o.Machines["pt1"].Settler.(*terminal)
				o.Machines["pt1"] = checkout.Machine{Settler: thinks}
			})
		})
	}
}

// TestADeviceThatIsBackMayNeedAMoment: it is there and can not say at once; who has pressed the button is not charged before it can.
func TestADeviceThatIsBackMayNeedAMoment(t *testing.T) {
	story(t, func(s *shop) {
		id := s.unsure(true).Basket.Settlement
		s.term.will(nil)
		s.decides(id, showroom.Declined)
		s.wants(s.pays("sco1"), checkout.StagePaying, "")
		time.Sleep(2 * time.Second)
		s.term.mute(false)
		time.Sleep(10 * time.Second)
		if n := len(s.term.asked); n != 1 || len(s.setAside()) != 1 || len(s.contradicted()) != 1 {
			t.Errorf("the device was asked for money %d times, and staff are told of %+v", n, s.contradicted())
		}
	})
}

// TestABasketThatWasPaidAgainElsewhereMeanwhile: the device that took it first comes back only then. Both have moved, and staff are told.
func TestABasketThatWasPaidAgainElsewhereMeanwhile(t *testing.T) {
	story(t, func(s *shop) {
		id := s.unsure(true).Basket.Settlement
		s.board.SetDevice(devices.Status{Device: "pt1", State: devices.Down, At: time.Now()})
		b := s.look("sco1").Basket
		s.decides(id, showroom.Declined)
		s.must("sco1", s.Park)
		s.resumes("sco2", b.Code)
		s.wants(s.pays("sco2"), checkout.StageReceipt, "")
		s.term.mute(false)
		s.board.SetDevice(devices.Status{Device: "pt1", State: devices.Up, At: time.Now()})
		synctest.Wait()
		if got := s.contradicted(); len(got) != 1 || got[0].Basket != b.ID || got[0].Later.Outcome != showroom.Approved {
			t.Errorf("staff are told of %+v", got)
		}
		s.wants(s.look("sco2"), checkout.StageReceipt, "")
		if n := len(s.sales()); n != 1 {
			t.Errorf("%d sales", n)
		}
	}, func(o *checkout.Options) {
		o.Kiosks[1].Settler = "pt2"
		o.Machines["pt2"] = checkout.Machine{Settler: newTerminal()}
	})
}

// TestMoneyIsNotGivenBackTwiceBecauseStaffGotItWrong: what they want given back again waits until the device was asked.
func TestMoneyIsNotGivenBackTwiceBecauseStaffGotItWrong(t *testing.T) {
	story(t, func(s *shop) {
		sale := s.sold()
		s.term.mute(true)
		s.term.will(func(_ showroomCtx, p showroom.Settlement, _ tell) showroom.Result {
			s.term.charge(p)
			return showroom.Result{}
		})
		id := s.orders(sale)
		s.board.SetDevice(devices.Status{Device: "pt1", State: devices.Down, At: time.Now()})
		s.decides(id, showroom.Declined)
		again := s.orders(sale)
		if got := s.settlement(again); got.State != showroom.SettlementWaiting {
			t.Errorf("while the device is away the second one is %s", got.State)
		}
		s.term.mute(false)
		s.board.SetDevice(devices.Status{Device: "pt1", State: devices.Up, At: time.Now()})
		synctest.Wait()
		if got := s.settlement(again); got.Result.Reason != showroom.DeclinedNotBegun {
			t.Errorf("the second one is %s, %+v", got.State, got.Result)
		}
		if _, err := s.Reverse(s.t.Context(), sale.ID, "omer", "once more"); showroom.ErrorCode(err) != showroom.CodeConflict {
			t.Errorf("a third one was taken: %v", err)
		}
		if n := len(s.term.asked); n != 2 || len(s.contradicted()) != 1 {
			t.Errorf("the device was asked %d times, and staff are told of %+v", n, s.contradicted())
		}
	})
}

// TestADeviceThatIsThereAndSaysNothing is let alone some day: after so many times, or so many days, and through any number of restarts.
func TestADeviceThatIsThereAndSaysNothing(t *testing.T) {
	for name, c := range map[string]struct {
		days  func(*shop)
		asked bool
	}{
		"so many times": {func(*shop) { time.Sleep(2 * time.Hour) }, true},
		"so many times, restarts in between": {func(s *shop) {
			for range 20 {
				s.restart(time.Minute)
				time.Sleep(5 * time.Minute)
			}
		}, true},
		"so many days": {func(s *shop) {
			s.board.SetDevice(devices.Status{Device: "pt1", State: devices.Down, At: time.Now()})
			time.Sleep(8 * 24 * time.Hour)
			s.board.SetDevice(devices.Status{Device: "pt1", State: devices.Up, At: time.Now()})
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(s *shop) {
				s.decides(s.unsure(true).Basket.Settlement, showroom.Declined)
				if n := len(s.unheard()); n != 1 {
					t.Fatalf("%d are to be asked about", n)
				}
				c.days(s)
				synctest.Wait()
				if all := s.unheard(); len(all) != 0 {
					t.Errorf("it is still asked about: %+v", all)
				}
				s.term.mute(false) // now it would say
				s.restart(time.Minute)
				time.Sleep(time.Hour)
				if all := s.contradicted(); len(all) != 0 {
					t.Errorf("it was asked all the same: %+v", all)
				}
				if n := s.term.recover; n > 80 || c.asked && n < 60 {
					t.Errorf("it was asked %d times", n)
				}
			})
		})
	}
}
