package till_test

import (
	"context"
	"testing"

	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/agent/till"
	"showroom/devices"
)

// pays is a sale of one tagged garment at a kiosk, as checkouts save it.
func (s *shop) pays(kiosk showroom.KioskID, n byte) {
	s.t.Helper()
	s.update(func(tx *store.Tx) error {
		line := showroom.Line{ID: "l1", GTIN: trousers, Quantity: 1, Unit: try(99_990), VATBasisPoints: 1000, Tagged: true}
		totals, err := showroom.AddUp("TRY", []showroom.Line{line})
		if err != nil {
			return err
		}
		sale := showroom.Sale{
			ID: showroom.SaleID("at " + kiosk), Number: int64(n), Kiosk: kiosk, Basket: showroom.BasketID("of " + kiosk), Lines: []showroom.Line{line}, Totals: totals, At: tx.Now().Wall,
		}
		return tx.PutSale(sale, []store.Release{{ID: "r-" + string(kiosk), GTIN: trousers, EPC: tag(n), State: store.ReleaseWaiting, Changed: tx.Now()}})
	})
}

func TestEachDeviceLetsGoOfWhatWasPaidForBesideIt(t *testing.T) {
	s := open(t, till.Security{ID: "eas1", Topic: "eas/1", Key: []byte(key), Kiosks: []showroom.KioskID{"sco1"}},
		till.Security{ID: "eas2", Topic: "eas/2", Key: []byte(key), Tills: []showroom.TillID{"k1"}})
	wires := map[showroom.DeviceID]*wire{}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 3) // one result each
	for _, id := range []showroom.DeviceID{"eas1", "eas2"} {
		w := &wire{commands: make(chan till.Command, 6), results: make(chan devices.Message)}
		wires[id] = w
		go func() { ended <- s.Serve(ctx, id, w) }()
	}
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended; <-ended; <-ended })

	s.pays("sco1", 11)
	if c := <-wires["eas1"].commands; c.Device != "eas1" || c.EPC != tag(11) {
		t.Errorf("beside the kiosk %+v", c)
	}
	s.parks("AB12")
	offered, err := s.Claim(t.Context(), "k1", "AB12")
	if err != nil {
		t.Fatal(err)
	}
	s.takes("k1", event(1, offered))
	for range 2 {
		if c := <-wires["eas2"].commands; c.Device != "eas2" || c.EPC == tag(11) {
			t.Errorf("beside the till %+v", c)
		}
	}
	s.pays("sco2", 12) // nothing stands there
	s.until("it is forgotten", func() bool {
		var there error
		s.view(func(v *store.View) error { _, there = v.Release("r-sco2"); return nil })
		return showroom.ErrorCode(there) == showroom.CodeNotFound
	})
	if _, failed := s.releases(); len(failed) != 0 {
		t.Errorf("staff are called to %+v", failed)
	}
}
