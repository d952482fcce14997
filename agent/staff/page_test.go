package staff_test

import (
	"flag"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"showroom/agent/live"
	"showroom/agent/showroom"
	"showroom/agent/staff"
	"showroom/agent/store"
	"showroom/devices"
)

var update = flag.Bool("update", false, "write golden files and pictures anew")

type staffOptions = staff.Options

func TestATechnicianSeesDevicesAndNoShoppers(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.occupied("2", dress, 1)
	r := s.asks("2", shirt)
	p := s.signIn("omer")
	home := p.get("/staff")
	if home.path != "/staff/devices" {
		t.Errorf("a technician begins at %s", home.path)
	}
	home.has(t, "fr1", "Kabin 1, Kabin 2")
	home.hasNot(t, `href="/staff/queue"`, `href="/staff/rooms"`)
	for _, path := range []string{"/staff/queue", "/staff/rooms"} {
		a := p.get(path)
		if a.status != http.StatusForbidden {
			t.Errorf("%s: %d", path, a.status)
		}
		a.hasNot(t, "Gömlek", "Kabin 2")
	}
	for _, path := range []string{"/staff/requests/" + string(r.ID) + "/accept", "/staff/rooms/2/end", "/staff/calls/x/answer"} {
		if a := p.post(path, url.Values{"command": {"c"}}); a.status != http.StatusForbidden {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if got := s.request(r.ID); got.State != showroom.SizeRequested {
		t.Errorf("the request is %s", got.State)
	}
}

func TestAnUnknownPage(t *testing.T) {
	s := newShop(t)
	if a := s.phone().get("/staff/wages"); a.path != "/staff/signin" {
		t.Errorf("a stranger learns at %s what there is", a.path)
	}
	a := s.signIn("elif").get("/staff/wages")
	if a.status != http.StatusNotFound {
		t.Errorf("status %d", a.status)
	}
	a.has(t, `class="notice alert"`, `href="/staff"`)
}

func TestRooms(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.board.SetDevice(devices.Status{Device: "fr1", State: devices.Up, At: s.now().Wall})
	s.occupied("2", dress, 1)
	s.asks("2", shirt)
	s.calls("2")
	s.update(func(tx *store.Tx) error {
		garments, err := tx.GarmentsIn("2")
		if err != nil {
			return err
		}
		garments[0].Unconfirmed = true
		return tx.PutGarment(garments[0])
	})
	s.occupied("1", jacket, 4)
	p := s.signIn("elif")
	rooms := p.get("/staff/rooms")
	rooms.has(t, "Kabin 1", "Boş", "Kabin 2", "Dolu, başlangıç: 14:00", "1 ürün", "Yardım istiyor", "Yeniden başlatmadan beri doğrulanmadı",
		"Kabin 3 (geniş)", "Bilinmiyor", "Okuyucu bu kabini göremiyor")
	if n := strings.Count(rooms.html, "Okuyucu bu kabini"); n != 1 {
		t.Errorf("%d rooms are not seen, want 1", n)
	}
	s.board.SetDevice(devices.Status{Device: "fr1", State: devices.Fault, Reason: "temperature throttle", At: s.now().Wall})
	p.get("/staff/rooms").has(t, "Okuyucu bu kabindeki ürünleri kaçırabilir")
	ended := p.press(rooms, "/staff/rooms/2/end")
	ended.has(t, "1 ürün unutulmuş")
	ended.hasNot(t, "/staff/rooms/2/end", "Dolu")
}

func TestAnOldPageDoesNotEndTheVisitOfTheNext(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.occupied("2", dress, 1)
	s.asks("2", shirt)
	p := s.signIn("elif")
	old := p.get("/staff/rooms")
	s.update(func(tx *store.Tx) error { return s.rooms.Finish(tx, "2", "", showroom.EndDone) })
	s.occupied("2", jacket, 2)
	s.asks("2", shirt)
	a := p.press(old, "/staff/rooms/2/end")
	if a.status != http.StatusConflict {
		t.Errorf("status %d", a.status)
	}
	a.has(t, "Dolu", `<p class="notice">`)
}

func TestDevices(t *testing.T) {
	s := newShop(t, func(o *staffOptions) { o.Central = true })
	now := s.now().Wall
	s.board.SetDevice(devices.Status{Device: "fr1", State: devices.Up, At: now.Add(-time.Hour), LastData: now.Add(-10 * time.Second), Frames: devices.Frames{Good: 12345, Foreign: 7}})
	s.board.SetDevice(devices.Status{Device: "upstairs", State: devices.Fault, Reason: "antenna 2 open", Advice: "Check the cable of antenna 2.", At: now.Add(-30 * time.Hour),
		LastData: now.Add(-2 * time.Hour), Frames: devices.Frames{Bad: 3}})
	p := s.signIn("omer")
	a := p.get("/staff/devices")
	a.has(t, "Çalışıyor", "az önce", "12.345", "Arıza", "antenna 2 open", "Check the cable of antenna 2.", "2 sa önce", "21.11.2026 08:00", "Başlangıçtan beri ulaşılamadı")
	s.board.SetSync(now.Add(-5*time.Minute), live.Sync{Error: "dial: no route"})
	s.calls("1")
	p.get("/staff/devices").has(t, "Merkeze ulaşılamıyor, başlangıç: 13:55", "1 kayıt gönderilmeyi bekliyor", "dial: no route")
	s.board.SetSync(now, live.Sync{Connected: true})
	p.get("/staff/devices").has(t, "Bağlı", "başlangıç: 14:00")
}

func TestTheLanguageOfTheDevice(t *testing.T) {
	s := newShop(t)
	p := s.signIn("elif")
	p.get("/staff/queue").has(t, `<html lang="tr">`, "Açık istek yok")
	a := p.post("/staff/language", url.Values{"language": {"en"}, "back": {"/staff/rooms"}})
	if a.path != "/staff/rooms" {
		t.Errorf("the language leads to %s", a.path)
	}
	a.has(t, `<html lang="en">`, "Fitting rooms")
	for _, back := range []string{"https://elsewhere.example/", "//elsewhere.example", "/v1/stream"} {
		if a := p.post("/staff/language", url.Values{"language": {"en"}, "back": {back}}); a.path != "/staff/queue" {
			t.Errorf("back to %q leads to %s", back, a.path)
		}
	}
	if a := p.post("/staff/language", url.Values{"language": {"de"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a language nobody speaks: %d", a.status)
	}
}

func TestOtherSitesCanPressNothing(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.occupied("2", dress, 1)
	r := s.asks("2", shirt)
	p := s.signIn("elif")
	for name, value := range map[string]string{"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"} {
		ask := p.ask(http.MethodPost, "/staff/requests/"+string(r.ID)+"/accept", url.Values{"command": {"c"}})
		ask.Header.Set(name, value)
		if a := p.do(ask); a.status != http.StatusForbidden {
			t.Errorf("%s %s: %d", name, value, a.status)
		}
	}
	if got := s.request(r.ID); got.State != showroom.SizeRequested {
		t.Errorf("the request is %s", got.State)
	}
}

func TestPagesBringNothingInlineAndAreNotKept(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.occupied("2", dress, 1)
	s.asks("2", shirt)
	s.calls("2")
	p := s.signIn("elif")
	pages := []page{s.phone().get("/staff/signin"), s.phone().get("/staff/signin?as=elif"), p.get("/staff/queue"), p.get("/staff/rooms"), p.get("/staff/devices"), s.signIn("omer").get("/staff/queue")}
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|javascript:|<script>|hx-on|js:|https?://`)
	for _, a := range pages {
		h := a.header
		if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", a.path, csp)
		}
		if h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: headers %v", a.path, h)
		}
		if found := inline.FindString(a.html); found != "" {
			t.Errorf("%s holds %q", a.path, found)
		}
	}
}

func TestAssetsAreKeptForEver(t *testing.T) {
	s := newShop(t)
	p := s.signIn("elif")
	paths := regexp.MustCompile(`/staff/assets/[^"]+`).FindAllString(p.get("/staff/queue").html, -1)
	if len(paths) != 5 {
		t.Errorf("assets %q", paths)
	}
	kinds := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
	for _, path := range paths {
		a := p.get(path)
		if a.status != http.StatusOK || !strings.Contains(a.header.Get("Cache-Control"), "immutable") || a.header.Get("Content-Type") != kinds[path[strings.LastIndex(path, "."):]] {
			t.Errorf("%s: %d %v", path, a.status, a.header)
		}
		old := strings.Replace(path, "/assets/", "/assets/0", 1)
		if a := p.get(old); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", old, a.status)
		}
	}
}

// Colours are named once in the style sheet; these are the pairs of text and ground it uses.
func TestContrast(t *testing.T) {
	css, err := os.ReadFile("assets/staff.css")
	if err != nil {
		t.Fatal(err)
	}
	colour := map[string]float64{}
	for _, m := range regexp.MustCompile(`--([a-z]+): #([0-9a-f]{3,6});`).FindAllStringSubmatch(string(css), -1) {
		hex := m[2]
		if len(hex) == 3 {
			hex = fmt.Sprintf("%c%c%c%c%c%c", hex[0], hex[0], hex[1], hex[1], hex[2], hex[2])
		}
		var r, g, b uint8
		if _, err := fmt.Sscanf(hex, "%02x%02x%02x", &r, &g, &b); err != nil {
			t.Fatal(err)
		}
		linear := func(v uint8) float64 {
			if s := float64(v) / 255; s > 0.04045 {
				return math.Pow((s+0.055)/1.055, 2.4)
			}
			return float64(v) / 255 / 12.92
		}
		colour[m[1]] = 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
	}
	for _, pair := range []struct {
		fore, on string
		least    float64
	}{
		{"ink", "paper", 7}, {"ink", "plate", 7}, {"quiet", "paper", 4.5}, {"quiet", "plate", 4.5}, {"accent", "paper", 4.5}, {"accent", "plate", 4.5},
		{"ink", "blush", 7}, {"well", "paper", 4.5}, {"amber", "paper", 4.5}, {"paper", "accent", 4.5}, {"paper", "ink", 7}, {"edge", "paper", 3}, {"edge", "plate", 3},
	} {
		a, b := colour[pair.fore], colour[pair.on]
		if a == 0 && b == 0 {
			t.Fatalf("%s or %s is not in the style sheet", pair.fore, pair.on)
		}
		if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < pair.least {
			t.Errorf("%s on %s: %.2f, want %.1f", pair.fore, pair.on, ratio, pair.least)
		}
	}
}
