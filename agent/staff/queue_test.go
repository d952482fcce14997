package staff_test

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

func TestARequestIsTakenAndBroughtWithoutAScript(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.occupied("2", dress, 1)
	r := s.asks("2", shirt)
	at := "/staff/requests/" + string(r.ID)
	s.later(2 * time.Minute)
	p := s.signIn("elif")
	queue := p.get("/staff/queue")
	queue.has(t, "Kabin 2", "Kısa Kollu Keten Gömlek", "<b>L</b>", "Çağla yeşili", "Mağazada 1 adet", `fill="#4c5a46"`, "2 dk", "14:00", "Yeni", `value="120"`, "(1) İstekler")
	taken := p.press(queue, at+"/accept")
	if taken.path != "/staff/queue" {
		t.Errorf("after the button the phone is at %s, where loading again would press it again", taken.path)
	}
	taken.has(t, "Sizde", at+"/leave")
	taken.hasNot(t, at+"/accept", "Mağazada")
	left := p.press(taken, at+"/leave")
	left.has(t, "Yoldasınız")
	left.hasNot(t, at+"/leave")
	p.press(left, at+"/deliver").has(t, "Açık istek yok")
	if got := s.request(r.ID); got.State != showroom.SizeDelivered || got.By != "" || got.ByName != "" {
		t.Errorf("request %+v", got)
	}
}

func TestTheSecondIsToldWhoHasIt(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.occupied("2", dress, 1)
	r := s.asks("2", shirt)
	accept := "/staff/requests/" + string(r.ID) + "/accept"
	elif, cagri := s.signIn("elif"), s.signIn("cagri")
	both := cagri.get("/staff/queue")
	elif.press(elif.get("/staff/queue"), accept)
	late := cagri.press(both, accept)
	if late.status != http.StatusConflict {
		t.Errorf("status %d", late.status)
	}
	late.has(t, `<p class="notice">Elif üstlendi</p>`, `class="word theirs">Elif üstlendi`)
	late.hasNot(t, accept, `class="notice alert"></p>`)
	if got := s.request(r.ID); got.By != "elif" {
		t.Errorf("taken by %q", got.By)
	}
}

func TestOneButtonPressedTwiceDoesItOnce(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.occupied("2", dress, 1)
	r := s.asks("2", shirt)
	at := "/staff/requests/" + string(r.ID)
	p := s.signIn("elif")
	queue := p.get("/staff/queue")
	p.press(queue, at+"/accept")
	if a := p.press(queue, at+"/accept"); a.status != http.StatusOK {
		t.Errorf("the same press again: %d", a.status)
	}
	if got := s.request(r.ID); got.Version != 2 {
		t.Errorf("version %d", got.Version)
	}
	if a := p.post(at+"/leave", url.Values{}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a press without an id: %d", a.status)
	}
	if a := p.post(at+"/dance", url.Values{"command": {"c1"}}); a.status != http.StatusNotFound {
		t.Errorf("an unknown button: %d", a.status)
	}
	if a := p.post("/staff/requests/none/accept", url.Values{"command": {"c2"}}); a.status != http.StatusNotFound {
		t.Errorf("an unknown request: %d", a.status)
	}
}

func TestNotAvailableClosesTheRequestAndCorrectsTheStock(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.occupied("2", dress, 1)
	r := s.asks("2", jacket)
	p := s.signIn("elif")
	p.press(p.get("/staff/queue"), "/staff/requests/"+string(r.ID)+"/unavailable").has(t, "Açık istek yok")
	err := s.db.View(t.Context(), func(v *store.View) error {
		free, err := v.Availability(jacket)
		if free.ToBring() != 0 {
			t.Errorf("still %d to bring", free.ToBring())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCallsStandOnTopAndTheOldestFirst(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.occupied("2", dress, 1)
	first := s.asks("2", shirt)
	s.later(time.Minute)
	second := s.asks("2", jacket)
	s.update(func(tx *store.Tx) error {
		first.Escalated = 1
		return tx.PutRequest(first)
	})
	call := s.calls("3")
	p := s.signIn("elif")
	queue := p.get("/staff/queue")
	order := regexp.MustCompile(`(?s)id="call-` + string(call.ID) + `".*id="request-` + string(first.ID) + `".*id="request-` + string(second.ID) + `"`)
	if !order.MatchString(queue.html) {
		t.Errorf("order:\n%s", queue.html)
	}
	queue.has(t, "Kabin 3 (geniş)", "Yardım istiyor", `class="word late">Çok uzun süredir bekliyor`, "(3) ")
	p.press(queue, "/staff/calls/"+string(call.ID)+"/answer").hasNot(t, "Yardım istiyor")
	again := p.press(queue, "/staff/requests/"+string(second.ID)+"/accept")
	again.has(t, "(1) ")
}

func TestAWaitingRequestHasNothingToPress(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.occupied("1", shirt, 1)
	s.asks("1", dress)
	s.occupied("2", dress, 2)
	waiting := s.asks("2", shirt)
	if waiting.State != showroom.SizeWaiting {
		t.Fatalf("state %s", waiting.State)
	}
	queue := s.signIn("elif").get("/staff/queue")
	queue.has(t, "Tek ürün şu anda deneniyor", "Ürünün boşalmasını bekleyenler")
	queue.hasNot(t, "/staff/requests/"+string(waiting.ID))
}

func TestHostileNamesStayText(t *testing.T) {
	s := newShop(t, func(o *staffOptions) {
		o.StoreName = `<b>"Shop"</b>`
		o.People[1].Name = `Elif"><script>alert(1)</script>`
	})
	s.sells(dress, "Elbise", showroom.Item{}, "", 1)
	s.sells(shirt, `<script>alert("ş")</script>`, showroom.Item{Size: `"><img src=x>`, Colour: showroom.Text{"tr": `<i>`}, ColourHex: `red" onload="x`}, "", 2)
	s.occupied("2", dress, 1)
	s.asks("2", shirt)
	p := s.signIn("elif")
	for _, path := range []string{"/staff/queue", "/staff/rooms", "/staff/devices"} {
		p.get(path).hasNot(t, "<script>alert", "<img src=x>", "<i>", "onload", "<b>\"Shop")
	}
	p.get("/staff/queue").has(t, "&lt;script&gt;alert(&#34;ş&#34;)&lt;/script&gt;")
}

// golden compares with a file under testdata/golden; ids that are new each time are hidden.
func golden(t *testing.T, name, html string) {
	t.Helper()
	html = regexp.MustCompile(`(name="command" value=")[^"]*`).ReplaceAllString(html, "${1}ID")
	html = regexp.MustCompile(`/staff/assets/[0-9a-f]+/`).ReplaceAllString(html, "/staff/assets/SUM/")
	file := "testdata/golden/" + name + ".html"
	if *update {
		if err := os.WriteFile(file, []byte(html), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(html, "\n")); diff != "" {
		t.Errorf("%s (-want +got), -update writes it anew:\n%s", file, diff)
	}
}

func TestFragments(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.occupied("2", dress, 1)
	taken := s.asks("2", shirt)
	s.update(func(tx *store.Tx) error {
		_, err := s.rooms.Accept(tx, taken.ID, "elif", "Elif")
		return err
	})
	s.later(95 * time.Second)
	s.asks("2", jacket)
	s.calls("1")
	p := s.signIn("elif")
	inside := func(path string) string {
		r := p.ask(http.MethodGet, path, nil)
		r.Header.Set("HX-Request", "true")
		return p.do(r).html
	}
	golden(t, "queue", inside("/staff/queue"))
	golden(t, "rooms", inside("/staff/rooms"))
	golden(t, "devices", inside("/staff/devices"))
	golden(t, "signin", s.phone().get("/staff/signin?as=elif").html)
}

func TestAColleaguesRequestIsClosedOnlyOnPurpose(t *testing.T) {
	for _, c := range []struct {
		deed, label string
		ends        showroom.RequestState
	}{{"deliver", "Evet, ben teslim ettim", showroom.SizeDelivered}, {"unavailable", "Evet, bulunamadı", showroom.SizeUnavailable}} {
		t.Run(c.deed, func(t *testing.T) {
			s := newShop(t)
			s.sellsAll()
			s.occupied("2", dress, 1)
			r := s.asks("2", shirt)
			at := "/staff/requests/" + string(r.ID)
			elif, cagri := s.signIn("elif"), s.signIn("cagri")
			elif.press(elif.get("/staff/queue"), at+"/accept")
			asked := cagri.press(cagri.get("/staff/queue"), at+"/"+c.deed)
			asked.has(t, "Bu istek Elif üzerinde. Yine de siz mi kapatıyorsunuz?", c.label, "Kabin 2", `href="/staff/queue"`)
			asked.hasNot(t, "<script") // nothing takes the question away
			if got := s.request(r.ID); got.State != showroom.SizeAccepted || got.By != "elif" {
				t.Fatalf("before the answer: %+v", got)
			}
			// Asked about Elif, and by now somebody else has it.
			s.update(func(tx *store.Tx) error {
				other := s.request(r.ID)
				other.By, other.ByName = "deniz", "Deniz"
				return tx.PutRequest(other)
			})
			again := cagri.press(asked, at+"/"+c.deed)
			again.has(t, "Bu istek Deniz üzerinde.")
			cagri.press(again, at+"/"+c.deed).has(t, "Açık istek yok")
			if got := s.request(r.ID); got.State != c.ends {
				t.Errorf("after the answer: %+v", got)
			}
			if late := cagri.press(again, at+"/"+c.deed); late.status != http.StatusOK {
				t.Errorf("the same answer again: %d", late.status)
			}
		})
	}
}

func TestWhoeverWaitsForRequestsIsSentToTheCheckout(t *testing.T) {
	s, _ := sells(t)
	s.signIn("elif").get("/staff/queue").has(t, "Kasada ilgilenmeniz gereken 2 konu var", `href="/staff/checkout"`, "(2)")
}
