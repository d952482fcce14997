package screen_test

import (
	"bytes"
	"image"
	_ "image/jpeg"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"showroom/agent/localapi"
	"showroom/kiosk/kiosktest"
	"showroom/kiosk/screen"
	"showroom/kiosk/screen/panel"
	"showroom/kiosk/screen/picture"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/view"
)

// scene is one picture of the kiosk: what the agent said, and what was tapped.
type scene struct {
	name  string
	state func(s *kiosktest.Shop, language string) localapi.KioskState
	then  []view.Msg
}

func polo(s *kiosktest.Shop, language string) localapi.KioskState {
	return kiosktest.Visited(language, kiosktest.Hang(s.Polo(language), 2))
}

// with changes the room of a state.
func with(base func(*kiosktest.Shop, string) localapi.KioskState, change func(*localapi.KioskState, *kiosktest.Shop, string)) func(*kiosktest.Shop, string) localapi.KioskState {
	return func(s *kiosktest.Shop, language string) localapi.KioskState {
		k := base(s, language)
		change(&k, s, language)
		return k
	}
}

// request is the room with one request for the piece at that place, by Elif.
func request(at int, state string) func(*localapi.KioskState, *kiosktest.Shop, string) {
	return func(k *localapi.KioskState, s *kiosktest.Shop, language string) {
		r := kiosktest.Asked(s.Polo(language), at, state)
		if state == "accepted" || state == "on_the_way" || state == "delivered" {
			r.By = "Elif"
		}
		k.Room.Requests = append([]localapi.Request{r}, k.Room.Requests...)
	}
}

const (
	poloM  = "urn:epc:id:sgtin:0614141.00614141000243"
	poloL  = "00614141000244"
	poloXS = "00614141000241"
	poloXL = "00614141000245"
)

func four(s *kiosktest.Shop, language string) localapi.KioskState { return s.Four(language) }

func empty(_ *kiosktest.Shop, language string) localapi.KioskState { return kiosktest.Empty(language) }

// payable is a room of a shop with a checkout.
func payable(base func(*kiosktest.Shop, string) localapi.KioskState) func(*kiosktest.Shop, string) localapi.KioskState {
	return with(base, func(k *localapi.KioskState, _ *kiosktest.Shop, _ string) { k.ToCheckout = true })
}

// listed is the answer to the first command: the code for a checkout.
func listed() view.Msg {
	p := kiosktest.Listed()
	return view.CommandDone{Ticket: 1, Parked: &p}
}

func capturing(k *localapi.KioskState, _ *kiosktest.Shop, _ string) {
	k.Capture = kiosktest.Capturing()
}

// scanned is what the kiosk says of a code of that kind.
func scanned(kind string) scene {
	return scene{"scan-" + kind, with(four, func(k *localapi.KioskState, _ *kiosktest.Shop, _ string) { k.Scan = kiosktest.Scanned(kind) }), nil}
}

func scenes() []scene {
	open := view.TapGarment{EPC: poloM}
	return []scene{
		{"idle", func(_ *kiosktest.Shop, l string) localapi.KioskState { return kiosktest.Empty(l) }, nil},
		{"idle-after-visit", func(_ *kiosktest.Shop, l string) localapi.KioskState {
			k := kiosktest.Empty(l)
			k.Room.LeftBehind = 2
			return k
		}, nil},
		{"room-empty", func(_ *kiosktest.Shop, l string) localapi.KioskState { return kiosktest.Visited(l) }, nil},
		{"room-one", polo, nil},
		{"room-three", with(four, func(k *localapi.KioskState, _ *kiosktest.Shop, _ string) {
			k.Room.Garments = k.Room.Garments[:3]
			k.Room.Garments[1].Unconfirmed = true
		}), nil},
		{"room-four", four, nil},
		{"room-seven", with(four, func(k *localapi.KioskState, s *kiosktest.Shop, l string) {
			k.Room.Garments = append(k.Room.Garments, kiosktest.Hang(s.Tee(l), 1), kiosktest.Hang(s.Tee(l), 2), kiosktest.Hang(s.Hoodie(l), 3))
			request(3, "accepted")(k, s, l)
			request(5, "requested")(k, s, l)
		}), nil},
		{"room-fault-offline", with(four, func(k *localapi.KioskState, _ *kiosktest.Shop, _ string) {
			k.Offline, k.Room.Reader.State, k.Room.Reader.Reason, k.Room.Called = true, "silent", "no answer", true
		}), nil},
		{"room-unknown-tag", with(four, func(k *localapi.KioskState, _ *kiosktest.Shop, _ string) {
			k.Room.Unknown, k.Room.LeftBehind = 1, 1
			k.Room.Garments[3].LeftBehind = true
		}), nil},
		{"room-requested", with(four, request(3, "requested")), nil},
		{"room-unavailable", with(four, request(3, "unavailable")), nil},
		{"room-agent-lost", four, []view.Msg{view.TapBring{GTIN: poloL, For: "00614141000243"}, view.Disconnected{}, view.CommandFailed{Ticket: 1}}},
		{"room-to-checkout", payable(four), nil},
		{"room-to-checkout-one", payable(polo), nil},
		{"room-to-checkout-full", with(payable(four), func(k *localapi.KioskState, s *kiosktest.Shop, l string) {
			k.Offline, k.Room.Reader.State, k.Room.Called = true, "silent", true
			request(3, "accepted")(k, s, l)
			request(5, "requested")(k, s, l)
		}), nil},
		{"room-to-checkout-unavailable", with(payable(four), request(3, "unavailable")), nil},
		{"room-to-checkout-offline", with(payable(four), func(k *localapi.KioskState, s *kiosktest.Shop, l string) {
			k.Offline = true
			request(3, "unavailable")(k, s, l)
		}), nil},
		{"room-to-checkout-refused", payable(four), []view.Msg{view.TapTransfer{}, view.CommandFailed{Ticket: 1, Code: "unavailable"}}},
		{"transfer", payable(four), []view.Msg{view.TapTransfer{}, listed()}},
		{"transfer-wait", payable(four), []view.Msg{view.TapTransfer{}}},
		{"transfer-lost", payable(four), []view.Msg{view.TapTransfer{}, listed(), view.Disconnected{}}},
		{"room-taking-long", with(polo, func(k *localapi.KioskState, s *kiosktest.Shop, l string) {
			request(3, "accepted")(k, s, l)
			k.Room.Requests[0].Escalated = 1
		}), nil},
		{"garment-waiting", with(polo, request(4, "waiting")), []view.Msg{open, view.TapVariant{GTIN: poloXL}}},
		{"garment-refused", polo, []view.Msg{open, view.TapVariant{GTIN: poloL}, view.TapBring{GTIN: poloL}, view.CommandFailed{Ticket: 1, Code: "unavailable"}}},
		{"garment", polo, []view.Msg{open}},
		{"garment-offline", with(polo, func(k *localapi.KioskState, _ *kiosktest.Shop, _ string) { k.Offline = true }), []view.Msg{open}},
		{"garment-sending", polo, []view.Msg{open, view.TapVariant{GTIN: poloL}, view.TapBring{GTIN: poloL, For: "00614141000243"}}},
		{"garment-to-bring", polo, []view.Msg{open, view.TapVariant{GTIN: poloL}}},
		{"garment-none", polo, []view.Msg{open, view.TapVariant{GTIN: poloXS}}},
		{"garment-elsewhere", polo, []view.Msg{open, view.TapVariant{GTIN: poloXL}}},
		{"garment-accepted", with(polo, request(3, "accepted")), []view.Msg{open, view.TapVariant{GTIN: poloL}}},
		{"garment-delivered", with(polo, request(3, "delivered")), []view.Msg{open, view.TapVariant{GTIN: poloL}}},
		{"garment-unavailable", with(polo, request(3, "unavailable")), []view.Msg{open, view.TapVariant{GTIN: poloL}}},
		{"garment-shoes", four, []view.Msg{view.TapGarment{EPC: "urn:epc:id:sgtin:0614141.00614141300003"}}},
		{"leave", polo, []view.Msg{view.TapLeave{}}},
		{"scan-piece", with(four, func(k *localapi.KioskState, s *kiosktest.Shop, l string) {
			k.Scan = kiosktest.ScannedPiece(s.Polo(l), 3)
		}), nil},
		{"scan-piece-idle", with(empty, func(k *localapi.KioskState, s *kiosktest.Shop, l string) {
			k.Scan = kiosktest.ScannedPiece(s.Shoes(l), 2)
		}), nil},
		{"scan-piece-asked", with(four, func(k *localapi.KioskState, s *kiosktest.Shop, l string) {
			k.Scan = kiosktest.ScannedPiece(s.Polo(l), 3)
			request(3, "accepted")(k, s, l)
		}), nil},
		scanned(localapi.ScanUnknown), scanned(localapi.ScanUnreadable), scanned(localapi.ScanCustomer), scanned(localapi.ScanReceipt),
		scanned(localapi.ScanOrder), scanned(localapi.ScanOther),
		{"capture-idle", with(empty, capturing), nil},
		{"capture-room", with(four, func(k *localapi.KioskState, s *kiosktest.Shop, l string) {
			capturing(k, s, l)
			request(3, "requested")(k, s, l)
		}), nil},
		{"capture-room-fault", with(four, func(k *localapi.KioskState, s *kiosktest.Shop, l string) {
			capturing(k, s, l)
			request(3, "requested")(k, s, l)
			k.Room.Reader.State = "silent"
		}), nil},
		{"capture-garment", with(polo, capturing), []view.Msg{open, view.TapVariant{GTIN: poloL}}},
		{"capture-leave", with(polo, capturing), []view.Msg{view.TapLeave{}}},
		{"capture-scan", with(with(polo, capturing), func(k *localapi.KioskState, _ *kiosktest.Shop, _ string) {
			k.Scan = kiosktest.Scanned(localapi.ScanOrder)
		}), nil},
	}
}

// build answers the state of the scene.
func (sc scene) build(shop *kiosktest.Shop, language string) view.State {
	at := kiosktest.Noon()
	s, _ := view.Reduce(view.State{}, view.StateLoaded{Kiosk: sc.state(shop, language)}, at)
	for _, m := range sc.then {
		switch told := m.(type) {
		case view.Tick: // nobody has touched it for long enough
			at = at.Add(time.Minute)
			s, _ = view.Reduce(s, m, at)
			at = at.Add(6 * time.Second)
		case view.StateLoaded:
			m = view.StateLoaded{Kiosk: kiosktest.Counter(language)} // the shopper has gone
			if c := told.Kiosk.Checkout; c != nil {                  // or is told that something did not work
				m = view.StateLoaded{Kiosk: kiosktest.Told(sc.state(shop, language), c.Notice.Code)}
			}
		}
		s, _ = view.Reduce(s, m, at)
	}
	return s
}

// pictures prepares the pictures of the shop at once, each once.
type pictures struct {
	shop *kiosktest.Shop
	made map[string]image.Image // by sha256 and size
}

func (p pictures) Picture(sha string, size image.Point, _ func()) image.Image {
	key := sha + size.String()
	if p.made[key] == nil {
		if img := p.prepare(sha, size); img != nil {
			p.made[key] = img
		}
	}
	return p.made[key]
}

func (p pictures) prepare(sha string, size image.Point) image.Image {
	data, ok := p.shop.Picture(sha)
	if !ok {
		return nil
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	return picture.Prepare(img, size, theme.Plate)
}

func openShop(t testing.TB) *kiosktest.Shop {
	t.Helper()
	shop, err := kiosktest.OpenShop("testdata/pictures")
	if err != nil {
		t.Fatal(err)
	}
	return shop
}

// stage is a screen in a window of the panel's size.
type stage struct {
	screen *screen.Screen
	canvas fyne.Canvas
	sent   []view.Msg
	at     time.Time
}

func newStage(t testing.TB, shop *kiosktest.Shop, p panel.Profile) *stage {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.Theme{Panel: p})
	st := &stage{at: kiosktest.Noon()}
	st.screen = screen.New(screen.Options{
		Panel: p, Pictures: pictures{shop, map[string]image.Image{}}, RunOnUI: func(f func()) { f() },
		Send: func(m view.Msg) { st.sent = append(st.sent, m) }, Now: func() time.Time { return st.at },
	})
	w := test.NewTempWindow(t, st.screen.Object())
	w.SetPadded(false)
	w.Resize(fyne.NewSize(float32(p.Width), float32(p.Height)))
	st.canvas = w.Canvas()
	return st
}
