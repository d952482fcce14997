package checkout_test

import (
	"testing"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// reduces has the feed bring an offer that gives one of so many pieces free.
func (s *shop) reduces(pieces int) {
	s.t.Helper()
	s.update(func(tx *store.Tx) error {
		return tx.PutOffer(showroom.Offer{ID: "o", Name: showroom.Text{"en": "one free"}, Kind: showroom.OfferNForM, N: pieces, M: pieces - 1}, int64(pieces))
	})
}

// oneSum checks that a till and staff are shown what the kiosk shows for the basket it has set aside.
func (s *shop) oneSum(now checkout.Now, want showroom.Money) {
	s.t.Helper()
	var b showroom.Basket
	s.update(func(tx *store.Tx) (err error) {
		b, err = tx.BasketByCode(now.Parked.Code)
		return err
	})
	totals, err := showroom.AddUp(b.Currency, b.Payable())
	if err != nil {
		s.t.Fatal(err)
	}
	if now.Due != want || totals.Due != want {
		s.t.Errorf("the kiosk shows %v, others see %v, want %v", now.Due, totals.Due, want)
	}
}

func TestABasketThatIsSetAsideComesToOneSumEverywhere(t *testing.T) {
	story(t, func(s *shop) {
		s.reduces(3)
		for range 3 {
			s.scans("sco1", shirt)
		}
		now := s.must("sco1", s.Park)
		s.oneSum(now, eur(2*2990))
		s.reduces(4)
		s.oneSum(s.look("sco1"), eur(2*2990))
		if got := s.resumes("sco2", now.Parked.Code); got.Totals.Due != eur(3*2990) {
			t.Errorf("gone on with after the offer has changed it comes to %v", got.Totals.Due)
		}
	})
}

func TestWhatWasTakenOffBeforeAPaymentThatFailedIsReckonedAnew(t *testing.T) {
	story(t, func(s *shop) {
		s.reduces(3)
		for range 3 {
			s.scans("sco1", shirt)
		}
		s.term.will(declines(showroom.DeclinedByCard))
		line := s.pays("sco1").Basket.Lines[0].ID
		s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.SetQuantity(tx, k, line, 1) })
		s.oneSum(s.must("sco1", s.Park), eur(2990))
	})
}
