package staff_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"showroom/agent/live"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

func TestARequestAppearsByItselfAndIsTaken(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.occupied("2", dress, 1)
	b := newBrowser(s)
	b.open("/staff")
	b.sees("Siz kimsiniz?")
	b.picture("names")
	b.tap(`//a[text()="Elif"]`)
	b.run(chromedp.WaitVisible(chromedp.CSS("#pin")))
	if how := b.text(`getComputedStyle(document.querySelector("#pin")).webkitTextSecurity`); how != "disc" {
		t.Errorf("whoever looks on reads the PIN: %q", how)
	}
	if n := b.text(`String(document.querySelectorAll("[type=password]").length)`); n != "0" {
		t.Errorf("the browser offers to keep what is typed into %s fields", n)
	}
	b.picture("pin")
	b.signIn("Elif")
	b.sees("Açık istek yok")
	b.picture("queue-empty")

	r := s.asks("2", shirt)
	b.sees("Kısa Kollu Keten Gömlek")
	b.until(`document.title.startsWith("(1)")`)
	b.tap(`//button[text()="Üstleniyorum"]`)
	b.sees("Sizde")
	if got := s.request(r.ID); got.State != showroom.SizeAccepted || got.By != "elif" {
		t.Errorf("request %+v", got)
	}
	if path := b.text(`location.pathname`); path != "/staff/queue" {
		t.Errorf("the page has moved to %s", path)
	}
	b.calmThumb()
	b.tap(`//button[text()="Bulunamadı"]`)
	b.sees("Açık istek yok")
	if got := s.request(r.ID); got.State != showroom.SizeUnavailable {
		t.Errorf("request %+v", got)
	}
	b.calm()
}

func TestAColleaguesRequestIsAskedAboutOnAPageThatStays(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.occupied("2", dress, 1)
	r := s.asks("2", shirt)
	s.update(func(tx *store.Tx) error {
		_, err := s.rooms.Accept(tx, r.ID, "cagri", "Çağrı")
		return err
	})
	b := newBrowser(s)
	b.signIn("Elif")
	b.tap(`//button[text()="Teslim ettim"]`)
	b.sees("Bu istek Çağrı üzerinde. Yine de siz mi kapatıyorsunuz?")
	b.picture("colleague")
	b.tap(`//a[text()="İsteklere dön"]`)
	b.sees("Çağrı üstlendi")
	b.tap(`//button[text()="Teslim ettim"]`)
	b.tap(`//button[text()="Evet, ben teslim ettim"]`)
	b.sees("Açık istek yok")
	if got := s.request(r.ID); got.State != showroom.SizeDelivered {
		t.Errorf("request %+v", got)
	}
	b.calm()
}

func TestTheSecondTapIsToldCalmlyAndTheNoticeStays(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.occupied("2", dress, 1)
	b := newBrowser(s)
	b.signIn("Elif")
	b.until(`!!window.htmx`)
	// The stream is cut first, so that the page is older than the shop.
	b.script(`document.getElementById("stream").remove()`)
	r := s.asks("2", shirt)
	b.script(`htmx.trigger("#live", "again")`)
	b.sees("Üstleniyorum")
	s.update(func(tx *store.Tx) error {
		_, err := s.rooms.Accept(tx, r.ID, "cagri", "Çağrı")
		return err
	})
	b.tap(`//button[text()="Üstleniyorum"]`)
	b.until(`document.getElementById("notice").innerText === "Çağrı üstlendi"`)
	b.script(`htmx.trigger("#live", "again")`)
	b.until(`document.getElementById("notice").innerText === "Çağrı üstlendi"`)
	b.picture("taken")
	b.calm()
}

func TestALostConnectionIsSaidAndFound(t *testing.T) {
	s := newShop(t)
	b := newBrowser(s)
	b.signIn("Elif")
	b.until(`document.getElementById("lost").hidden`)
	address := s.srv.Listener.Addr().String()
	s.srv.CloseClientConnections()
	s.srv.Close()
	b.until(`!document.getElementById("lost").hidden`)
	b.picture("lost")
	s.openAt(address)
	b.until(`document.getElementById("lost").hidden`)
	s.calls("1")
	b.sees("Yardım istiyor")
}

func TestATapThatIsLostIsSaid(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.occupied("2", dress, 1)
	r := s.asks("2", shirt)
	b := newBrowser(s)
	b.signIn("Elif")
	b.sees("Üstleniyorum")
	address := s.srv.Listener.Addr().String()
	s.srv.CloseClientConnections()
	s.srv.Close()
	b.until(`!document.getElementById("lost").hidden`)
	b.tap(`//button[text()="Üstleniyorum"]`)
	b.sees("Dokunuşunuz iletilemedi. Bağlantı gelince yeniden dokunun.")
	b.picture("unsent")
	if got := s.request(r.ID); got.State != showroom.SizeRequested {
		t.Errorf("the request is %s", got.State)
	}
	s.openAt(address)
	b.until(`document.getElementById("lost").hidden`)
	b.calmThumb()
	b.tap(`//button[text()="Üstleniyorum"]`)
	b.sees("Sizde")
	b.until(`document.getElementById("unsent").hidden`)
}

func TestAStreamThatFailsAtFirstIsFollowedLater(t *testing.T) {
	s := newShop(t)
	s.deaf.Store(true)
	b := newBrowser(s)
	b.signIn("Elif")
	b.until(`!document.getElementById("lost").hidden`)
	s.deaf.Store(false)
	b.script(`htmx.trigger("#live", "again")`) // which the page does by itself every twenty seconds
	b.until(`document.getElementById("lost").hidden`)
	s.calls("1")
	b.sees("Yardım istiyor")
	b.calm()
}

func TestNothingMovesUnderAFinger(t *testing.T) {
	s := newShop(t)
	b := newBrowser(s)
	b.signIn("Elif")
	b.script(`dispatchEvent(new PointerEvent("pointerdown"))`)
	s.calls("1")
	b.script(`new Promise(done => document.addEventListener("htmx:before:request", done, {once: true})).then(() => { window.asked = true })`)
	s.calls("2")
	b.until(`window.asked`)
	if text := b.text(`document.querySelector("main").innerText`); strings.Contains(text, "Kabin") {
		t.Errorf("under a finger the page has become\n%s", text)
	}
	b.script(`dispatchEvent(new PointerEvent("pointerup"))`)
	b.sees("Kabin 2")
	b.calm()
}

func TestANervousThumbPressesOnce(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.occupied("2", dress, 1)
	r := s.asks("2", shirt)
	b := newBrowser(s)
	b.signIn("Elif")
	b.script(`const press = () => document.querySelector("main form").requestSubmit();
		new MutationObserver(() => { if (!window.again && document.querySelector("main form").action.endsWith("/leave")) { window.again = true; press() } }).observe(document.querySelector("main"), {subtree: true, childList: true, attributes: true});
		press()`)
	b.until(`window.again`) // what came in place of the button has been pressed at once
	s.calls("1")
	b.sees("Yardım istiyor") // requests of the page stand in one queue: that press would have arrived by now
	if got := s.request(r.ID); got.State != showroom.SizeAccepted {
		t.Errorf("one nervous tap has made the request %s", got.State)
	}
	b.calm()
}

func TestPictures(t *testing.T) {
	if !*update {
		t.Skip("pictures are for people; -update draws them anew")
	}
	s := newShop(t, func(o *staffOptions) { o.Central = true })
	s.sellsAll()
	now := s.now().Wall
	s.board.SetSync(now.Add(-25*time.Minute), live.Sync{Error: "connect: no route to host"})
	s.board.SetDevice(devices.Status{Device: "fr1", State: devices.Up, At: now.Add(-time.Hour), LastData: now, Frames: devices.Frames{Good: 184203, Foreign: 12}})
	s.board.SetDevice(devices.Status{Device: "upstairs", State: devices.Fault, Reason: "antenna 2 open", Advice: "Check the cable and the connector of antenna 2.", At: now.Add(-10 * time.Minute),
		LastData: now.Add(-2 * time.Minute), Frames: devices.Frames{Good: 5512, Bad: 3}})
	s.occupied("1", shirt, 1)
	s.occupied("2", dress, 2)
	late := s.asks("2", jacket)
	s.later(4 * time.Minute)
	mine := s.asks("1", dress)
	s.update(func(tx *store.Tx) error {
		late.Escalated = 1
		if err := tx.PutRequest(late); err != nil {
			return err
		}
		_, err := s.rooms.Accept(tx, mine.ID, "elif", "Elif")
		return err
	})
	s.later(100 * time.Second)
	theirs := s.asks("1", jacket)
	s.update(func(tx *store.Tx) error {
		_, err := s.rooms.Accept(tx, theirs.ID, "cagri", "Çağrı")
		return err
	})
	s.asks("2", shirt)
	b := newBrowser(s)
	b.signIn("Elif")
	b.picture("queue")
	b.script(`window.scrollTo(0, 620)`)
	b.picture("queue-more")
	s.calls("3")
	b.open("/staff/rooms")
	b.picture("rooms")
	b.open("/staff/devices")
	b.picture("devices")
	b.script(`document.querySelector("[lang=en][name=language]").click()`)
	b.until(`document.documentElement.lang === "en"`)
	b.open("/staff/queue")
	b.picture("queue-english")
	b.calm()
}
