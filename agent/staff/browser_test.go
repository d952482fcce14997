package staff_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	cdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"showroom/agent/live"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

// patience is after how long nobody waits for the browser any more.
const patience = 90 * time.Second

// browser is a phone with a real browser on it. Everything it complains about fails the test: a violated content policy too.
type browser struct {
	s   *shop
	ctx context.Context

	mu         sync.Mutex // guards complaints
	complaints []string
}

func newBrowser(s *shop) *browser {
	s.t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			s.t.Fatal("Chromium is needed to test the staff page as people see it: apt-get install chromium")
		}
		s.t.Skip("Chromium is not installed")
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WSURLReadTimeout(patience))
	for _, f := range []string{"disable-quic", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"} {
		flags = append(flags, chromedp.Flag(f, true))
	}
	ctx, stop := context.WithTimeout(s.t.Context(), 5*time.Minute)
	s.t.Cleanup(stop)
	ctx, closeBrowser := chromedp.NewExecAllocator(ctx, flags...)
	s.t.Cleanup(closeBrowser)
	ctx, closeTab := chromedp.NewContext(ctx)
	s.t.Cleanup(closeTab)
	b := &browser{s: s, ctx: ctx}
	b.run(chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulateTouch))
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		s.t.Fatal(err)
	}
	return b
}

func (b *browser) listen(event any) {
	complaint := ""
	switch e := event.(type) {
	case *log.EventEntryAdded:
		// An answer with a status of 400 or more is logged from the network; refusals are answers like others.
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork || e.Entry.Source == log.EntrySourceSecurity {
			complaint = e.Entry.Text
		}
	case *runtime.EventExceptionThrown:
		complaint = e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			complaint += " " + x.Description
		}
	case *cdp.EventJavascriptDialogOpening:
		// A listener must not wait for an answer.
		b.s.wait.Go(func() {
			_, _ = chromedp.Call(b.ctx, cdp.HandleJavaScriptDialog, cdp.HandleJavaScriptDialogParams{Accept: true})
		})
	}
	if complaint != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.complaints = append(b.complaints, complaint)
	}
}

func (b *browser) run(steps ...chromedp.Action[chromedp.Void]) {
	b.s.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.s.t.Fatalf("%v; the browser says %q", err, b.complaints)
	}
}

func (b *browser) script(text string) {
	b.s.t.Helper()
	b.run(chromedp.Evaluate[chromedp.Void](text))
}

func (b *browser) text(expression string) string {
	b.s.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		b.s.t.Fatal(err)
	}
	return text
}

func (b *browser) calm() {
	b.s.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.complaints) > 0 {
		b.s.t.Errorf("the browser complains: %q", b.complaints)
	}
}

// sees waits until the page shows the text.
func (b *browser) sees(text string) {
	b.s.t.Helper()
	b.until(fmt.Sprintf(`document.body.innerText.includes(%q)`, text))
}

func (b *browser) until(condition string) {
	b.s.t.Helper()
	var err error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		// A page that is left while it is looked at is an error to the browser, and none to us.
		if err = chromedp.Do(b.ctx, chromedp.Poll[chromedp.Void](condition, chromedp.WithPollingInterval(30*time.Millisecond), chromedp.WithPollingTimeout(patience))); err == nil {
			return
		}
	}
	b.s.t.Fatalf("waiting for %s: %v; the page says\n%s", condition, err, b.text(`document.body.innerText`))
}

func (b *browser) open(path string) {
	b.s.t.Helper()
	b.run(chromedp.Navigate(b.s.srv.URL + path))
}

func (b *browser) signIn(name string) {
	b.s.t.Helper()
	b.open("/staff")
	b.tap(`//a[text()="` + name + `"]`)
	b.run(chromedp.SendKeys(chromedp.CSS("#pin"), pin))
	b.tap(`//main//button`)
	b.run(chromedp.WaitVisible(chromedp.CSS("#tabs")))
	b.until(`document.readyState === "complete"`) // before that a form is sent by the browser itself, and the page is another one
}

func (b *browser) tap(xpath string) {
	b.s.t.Helper()
	b.run(chromedp.Tap(chromedp.Search(xpath), chromedp.NodeVisible))
}

// calmThumb waits until the next tap is one of its own: two taps of one nervous thumb are one.
func (b *browser) calmThumb() {
	b.s.t.Helper()
	b.script(`window.calmSince = performance.now()`)
	b.until(`performance.now() - window.calmSince > 1000`)
}

// picture saves what the phone shows, with -update only: it is for people to look at.
func (b *browser) picture(name string) {
	b.s.t.Helper()
	if !*update {
		return
	}
	b.until(`[...document.images].every(i => i.complete)`)
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.s.t.Fatal(err)
	}
	if err := os.WriteFile("testdata/screens/"+name+".png", png, 0o644); err != nil {
		b.s.t.Fatal(err)
	}
}

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
