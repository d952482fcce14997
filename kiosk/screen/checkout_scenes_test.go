package screen_test

import (
	"fmt"
	"slices"

	"showroom/agent/localapi"
	"showroom/kiosk/kiosktest"
	"showroom/kiosk/view"
)

func counter(_ *kiosktest.Shop, l string) localapi.KioskState { return kiosktest.Counter(l) }

func shopping(s *kiosktest.Shop, l string) localapi.KioskState { return s.Shopping(l) }

func paying(progress string) func(*kiosktest.Shop, string) localapi.KioskState {
	return func(s *kiosktest.Shop, l string) localapi.KioskState {
		return kiosktest.Paying(s.Shopping(l), progress)
	}
}

func paid(s *kiosktest.Shop, l string) localapi.KioskState {
	return kiosktest.Paid(kiosktest.Paying(s.Shopping(l), "printing"))
}

func aside(reason string) func(*kiosktest.Shop, string) localapi.KioskState {
	return func(s *kiosktest.Shop, l string) localapi.KioskState {
		return kiosktest.SetAside(s.Shopping(l), reason)
	}
}

// slip is a basket set aside at a kiosk whose printer is like that, and how it stands with the slip.
func slip(printer, how string) func(*kiosktest.Shop, string) localapi.KioskState {
	return changed(aside("till"), func(c *localapi.Checkout) {
		p := *c.Parked
		p.Printer, p.Slip = printer, how
		c.Parked = &p
	})
}

func closed(why string) func(*kiosktest.Shop, string) localapi.KioskState {
	return changed(counter, func(c *localapi.Checkout) { c.Stage, c.Closed = localapi.StageClosed, why })
}

func scannerDown(c *localapi.Checkout) { c.Scanner.State = "down" }

func bothDown(c *localapi.Checkout) { c.Scanner.State, c.Tray.Reader.State = "down", "silent" }

// changed changes the checkout of a state.
func changed(base func(*kiosktest.Shop, string) localapi.KioskState, change func(*localapi.Checkout)) func(*kiosktest.Shop, string) localapi.KioskState {
	return func(s *kiosktest.Shop, l string) localapi.KioskState { return kiosktest.Changed(base(s, l), change) }
}

// told is the basket with a notice.
func told(code string) func(*kiosktest.Shop, string) localapi.KioskState {
	return func(s *kiosktest.Shop, l string) localapi.KioskState { return kiosktest.Told(s.Shopping(l), code) }
}

// seven are garments on the tray, one of which nobody knows.
func seven(s *kiosktest.Shop, l string) localapi.KioskState {
	lines := kiosktest.Tray(kiosktest.Line(s.Polo(l), 2, 1), kiosktest.Line(s.Polo(l), 3, 1), kiosktest.Line(s.Hoodie(l), 1, 1), kiosktest.Line(s.Tee(l), 0, 1),
		kiosktest.Line(s.Tee(l), 1, 1), kiosktest.Line(s.Shoes(l), 3, 1), kiosktest.Line(s.Shoes(l), 4, 1))
	return kiosktest.Fill(kiosktest.Counter(l), lines...)
}

// sixty is as much as a trolley holds.
func sixty(s *kiosktest.Shop, l string) localapi.KioskState {
	var lines []localapi.BasketLine
	for i := range 60 {
		line := kiosktest.Line(s.Tee(l), i%3, 1+i%4)
		line.ID = fmt.Sprint(i)
		lines = append(lines, line)
	}
	return kiosktest.Fill(kiosktest.Counter(l), lines...)
}

// wishes came from a fitting room, and one of them is here.
func wishes(s *kiosktest.Shop, l string) localapi.KioskState {
	wish := kiosktest.Line(s.Hoodie(l), 2, 1)
	wish.Wish, wish.Tagged = true, true
	return kiosktest.Fill(kiosktest.Counter(l), kiosktest.Line(s.Polo(l), 3, 1), wish)
}

// priced is the basket with every price in another currency.
func priced(currency string, minor int64) func(*kiosktest.Shop, string) localapi.KioskState {
	return func(s *kiosktest.Shop, l string) localapi.KioskState {
		one, two := kiosktest.Line(s.Polo(l), 3, 2), kiosktest.Line(s.Tee(l), 1, 1)
		for _, line := range []*localapi.BasketLine{&one, &two} {
			line.Unit = localapi.Money{Minor: minor, Currency: currency}
			line.Gross = localapi.Money{Minor: minor * int64(line.Quantity), Currency: currency}
		}
		return kiosktest.Fill(kiosktest.Counter(l), one, two)
	}
}

func checkoutScenes() []scene {
	return []scene{
		{"attract", counter, nil},
		{"attract-scanner", changed(counter, func(c *localapi.Checkout) { c.Tray = nil }), nil},
		{"attract-tray", changed(counter, scannerDown), nil},
		{"attract-neither", changed(counter, bothDown), nil},
		{"basket", shopping, nil},
		{"basket-seven", seven, nil},
		{"basket-reading", changed(seven, func(c *localapi.Checkout) { c.Tray.Reading = true }), nil},
		{"basket-held", changed(shopping, func(c *localapi.Checkout) { c.Tray.Held, c.Tray.Elsewhere = 1, 1 }), nil},
		{"basket-sixty", sixty, nil},
		{"basket-empty", func(_ *kiosktest.Shop, l string) localapi.KioskState { return kiosktest.Fill(kiosktest.Counter(l)) }, nil},
		{"basket-wishes", wishes, nil},
		{"basket-wishes-only", func(s *kiosktest.Shop, l string) localapi.KioskState {
			coat, shirt := kiosktest.Line(s.Hoodie(l), 2, 1), kiosktest.Line(s.Polo(l), 3, 1)
			coat.Wish, coat.Tagged, shirt.Wish, shirt.Tagged = true, true, true, true
			return kiosktest.Fill(kiosktest.Counter(l), coat, shirt)
		}, nil},
		{"basket-declined", told(localapi.NoticeDeclined), nil},
		{"basket-no-price", changed(told(localapi.NoticeNoPrice), func(c *localapi.Checkout) { c.Notice.Name = "Kapüşonlu Uzun Sweatshirt, düğmeli" }), nil},
		{"basket-no-room", told(localapi.NoticeDiskFull), nil},
		{"basket-taken", changed(told(localapi.NoticeTaken), func(c *localapi.Checkout) { c.Tray.Elsewhere = 1 }), nil},
		{"pay-paper", paying("paper_out"), nil},
		{"pay-no-room", paying("disk_full"), nil},
		{"pay-unrecorded", paying("unrecorded"), nil},
		{"closed-disk", closed("disk"), nil},
		{"basket-removed", shopping, []view.Msg{view.TapQuantity{Line: "l-00614141300003-1"}}},
		{"basket-tray-fault", changed(shopping, func(c *localapi.Checkout) { c.Tray.Reader.State = "down" }), nil},
		{"basket-scanner-fault", changed(shopping, scannerDown), nil},
		{"basket-neither-fault", changed(shopping, bothDown), nil},
		{"basket-no-scanner", changed(shopping, func(c *localapi.Checkout) { c.Scanner = nil }), nil},
		{"basket-empty-neither", func(_ *kiosktest.Shop, l string) localapi.KioskState {
			return kiosktest.Changed(kiosktest.Fill(kiosktest.Counter(l)), bothDown)
		}, nil},
		{"basket-wishes-tray", changed(wishes, scannerDown), nil},
		{"basket-staff", changed(shopping, func(c *localapi.Checkout) { c.Staff, c.Tray.Held = "elif", 1 }), nil},
		{"basket-yen", priced("JPY", 12900), nil},
		{"basket-dinar", priced("KWD", 21_500), nil},
		{"bag", changed(shopping, withBag), []view.Msg{view.TapPay{}}},
		{"pay-card", paying("present_card"), nil},
		{"pay-pin", paying("enter_pin"), nil},
		{"pay-wait", paying("authorising"), nil},
		{"pay-take", paying("remove_card"), nil},
		{"pay-printing", paying("printing"), nil},
		{"pay-unheard-of", paying("dance"), nil},
		{"receipt", paid, nil},
		{"receipt-unreleased", changed(paid, func(c *localapi.Checkout) {
			p := *c.Paid
			p.Unreleased, p.Printer, p.Local = 2, "out", "http://192.168.4.1/r/9Xk2mQ7vRtYb1LcPz4WdHs8NfJg"
			c.Paid = &p
		}), nil},
		{"thanks", paid, []view.Msg{view.StateLoaded{}}},
		{"parked", aside("till"), nil},
		{"parked-print", slip("ready", ""), nil},
		{"parked-printing", slip("ready", ""), []view.Msg{view.TapPrint{}}},
		{"parked-printed", slip("low", "done"), nil},
		{"parked-print-failed", slip("ready", "failed"), nil},
		{"parked-no-paper", slip("out", "asked"), nil},
		{"parked-power", aside("power"), nil},
		{"unknown-code", changed(paying("please_wait"), func(c *localapi.Checkout) {
			c.Stage, c.Parked = localapi.StageUnknown, &localapi.Parked{Number: 12, Code: "K7M4QX", Due: c.Basket.Due, Reason: "unknown"}
		}), nil},
		{"unknown", changed(paying("please_wait"), func(c *localapi.Checkout) { c.Stage = localapi.StageUnknown }), nil},
		{"unknown-looked-up", lookedUp, nil},
		{"closed-code", closed("terminal"), typing(view.TapResume{}, "4711")},
		{"closed-declined", changed(closed("terminal"), func(c *localapi.Checkout) { c.Notice = &localapi.Notice{ID: "n", Code: localapi.NoticeDeclined} }), nil},
		{"closed-schedule", closed("schedule"), nil},
		{"closed-fiscal", closed("fiscal"), nil},
		{"stage-unheard-of", changed(counter, func(c *localapi.Checkout) { c.Stage = "ballet" }), nil},
		{"search", shopping, append(typing(view.TapSearch{}, "kapüş"), found("kapüş"))},
		{"search-doubtful", shopping, append(typing(view.TapSearch{}, "kapüş"), doubtful("kapüş"))},
		{"search-begin", shopping, []view.Msg{view.TapSearch{}}},
		{"search-none", shopping, append(typing(view.TapSearch{}, "zürafa"), view.Searched{Found: localapi.Found{Query: "zürafa"}})},
		{"search-digits", shopping, []view.Msg{view.TapSearch{}, view.TapDigits{}}},
		{"coupon", shopping, typing(view.TapCoupon{}, "BAHAR10")},
		{"coupon-refused", shopping, append(typing(view.TapCoupon{}, "BAHAR1O"), refused(localapi.NoticeNoCoupon))},
		{"resume", counter, []view.Msg{view.TapResume{}}},
		{"resume-type", changed(counter, scannerDown), []view.Msg{view.TapResume{}}},
		{"help", counter, []view.Msg{view.TapHelp{}}},
		{"help-tray", changed(counter, scannerDown), []view.Msg{view.TapHelp{}}},
		{"help-neither", changed(counter, bothDown), []view.Msg{view.TapHelp{}}},
		{"help-called", changed(counter, func(c *localapi.Checkout) { c.Called, c.Tray = true, nil }), []view.Msg{view.TapHelp{}}},
		{"unlock-who", counter, []view.Msg{view.TapStaff{}}},
		{"unlock-pin", counter, append([]view.Msg{view.TapStaff{}}, typing(view.TapPerson{ID: "elif"}, "482")...)},
		{"unlock-wrong", counter, []view.Msg{view.TapStaff{}, view.TapPerson{ID: "elif"}, refused(localapi.NoticeWrongPIN)}},
		{"price", changed(shopping, func(c *localapi.Checkout) { c.Staff = "elif" }),
			append(typing(view.TapPrice{Line: "l-00614141300003-1"}, "199900"), view.TapReason{Reason: "damaged"})},
		{"abandon", shopping, []view.Msg{view.TapAbandon{}}},
		{"still-there", shopping, []view.Msg{view.Tick{}}},
	}
}

// refused is the agent's word that something did not work.
func refused(code string) view.Msg {
	return view.StateLoaded{Kiosk: kiosktest.Told(kiosktest.Counter("tr"), code)}
}

// lookedUp is a payment at another kiosk of which nobody knows yet what became of it.
func lookedUp(_ *kiosktest.Shop, l string) localapi.KioskState {
	return kiosktest.Changed(kiosktest.Counter(l), func(c *localapi.Checkout) {
		c.Stage, c.Parked = localapi.StageUnknown, &localapi.Parked{Number: 12, Code: "471108", Due: kiosktest.Lira(129_900), Reason: "looked_up"}
	})
}

// typing opens a page and types into it.
func typing(open view.Msg, text string) []view.Msg {
	msgs := []view.Msg{open}
	for _, r := range text {
		msgs = append(msgs, view.TapKey{Rune: r})
	}
	return msgs
}

// found is what the agent finds for the query.
func found(query string) view.Searched {
	shop, err := kiosktest.OpenShop("testdata/pictures")
	if err != nil {
		panic(err) // the pictures are beside the tests
	}
	f := localapi.Found{Query: query}
	for i := range 4 {
		f.Items = append(f.Items, kiosktest.Line(shop.Hoodie("tr"), i, 1))
	}
	f.Items = append(f.Items, kiosktest.Line(shop.Tee("tr"), 0, 1))
	return view.Searched{Found: f}
}

// doubtful is found of which the first has no price and the next two are none in stock.
func doubtful(query string) view.Searched {
	f := found(query)
	f.Found.Items[0].Notice = localapi.NoticeNoPrice
	f.Found.Items = slices.Delete(f.Found.Items, 1, 3)
	for i := range f.Found.Items[1:] {
		f.Found.Items[1+i].Notice = localapi.NoticeNoStock
	}
	return f
}

func withBag(c *localapi.Checkout) {
	c.Bag = &localapi.BasketLine{ID: "bag", GTIN: "08690000000012", Name: "Poşet", Unit: kiosktest.Lira(50), Quantity: 1}
}
