package view_test

import (
	"testing"

	"showroom/kiosk/kiosktest"
	"showroom/kiosk/view"
)

func TestThanksAreInTheLanguageOfWhoPaid(t *testing.T) {
	s := begin(t, kiosktest.Paid(kiosktest.Paying(shop(t).Shopping("en"), "printing")))
	s.tell(view.TapFinish{})
	s.answered(1, kiosktest.Counter("tr")) // who comes next is greeted in Turkish
	s.on(view.RouteThanks)
	if title := s.state.Thanks().Title; title != "Thank you" {
		t.Errorf("the shopper spoke English and is told %q", title)
	}
	s.tell(view.TapLanguage{Language: "tr"})
	s.expect(view.SetLanguage{Ticket: 2, Language: "tr"})
	s.answered(2, kiosktest.Counter("tr"))
	s.on(view.RouteThanks)
	if title := s.state.Thanks().Title; title != "Teşekkür ederiz" {
		t.Errorf("after a tap on TR it says %q", title)
	}
	s.tell(view.TapLanguage{Language: "en"})
	s.answered(3, kiosktest.Counter("en"))
	s.at = s.at.Add(view.ThanksFor)
	s.tell(view.Tick{})
	s.on(view.RouteAttract)
	if title := s.state.Attract().Title; title != "Welcome" {
		t.Errorf("the next shopper tapped EN and is greeted with %q", title)
	}
}

func TestTheNextShopperChoosesWhileTheLastIsThanked(t *testing.T) {
	s := begin(t, kiosktest.Paid(kiosktest.Paying(shop(t).Shopping("en"), "printing")))
	s.tell(view.TapFinish{})
	s.answered(1, kiosktest.Counter("tr"))
	s.tell(view.TapLanguage{Language: "en"}) // the screen speaks it, but would not for long
	s.expect(view.SetLanguage{Ticket: 2, Language: "en"})
	s.tell(view.TapLanguage{Language: "en"})
	s.expect()
}
