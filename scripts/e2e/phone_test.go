package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"showroom/scripts/shop"
)

// phone is an associate's, with a real browser. Whatever the browser complains about fails the test.
type phone struct {
	s   *testShop
	ctx context.Context

	mu         sync.Mutex // guards complaints
	complaints []string
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "Chromium is not installed, and the staff page is tested as people see it: scripts/setup.sh test installs it"
	if os.Getenv("CI") != "" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// openPhone opens the staff page at a path, signed in.
func openPhone(s *testShop, browser, path string) *phone {
	s.t.Helper()
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.DisableGPU)
	for _, f := range []string{"disable-quic", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"} {
		flags = append(flags, chromedp.Flag(f, true))
	}
	flags = append(flags, chromedp.WSURLReadTimeout(patience))
	ctx, stop := context.WithTimeout(s.t.Context(), 10*time.Minute)
	s.t.Cleanup(stop)
	ctx, closeBrowser := chromedp.NewExecAllocator(ctx, flags...)
	s.t.Cleanup(closeBrowser)
	ctx, closeTab := chromedp.NewContext(ctx)
	s.t.Cleanup(closeTab)
	p := &phone{s: s, ctx: ctx}
	p.run(chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulateTouch))
	s.must(chromedp.Listen(ctx, p.listen))
	p.run(chromedp.Navigate(s.Agent + "/staff"))
	p.tap(`//a[text()="` + shop.Associate + `"]`)
	p.run(chromedp.SendKeys(chromedp.CSS("#pin"), shop.PIN))
	p.tap(`//main//button`)
	p.run(chromedp.WaitVisible(chromedp.CSS("#tabs")))
	if path != "/staff" {
		p.run(chromedp.Navigate(s.Agent + path))
	}
	p.until("the page follows the shop", `document.getElementById("lost").hidden`)
	return p
}

func (p *phone) listen(event any) {
	complaint := ""
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			complaint = e.Entry.Text + " " + e.Entry.URL
		}
	case *runtime.EventExceptionThrown:
		complaint = e.ExceptionDetails.Text
	}
	if complaint != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.complaints = append(p.complaints, complaint)
	}
}

// calm fails the test when the browser has complained.
func (p *phone) calm() {
	p.s.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.complaints) > 0 {
		p.s.t.Errorf("the browser complains: %q", p.complaints)
	}
}

func (p *phone) run(steps ...chromedp.Action[chromedp.Void]) {
	p.s.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.s.t.Fatalf("%v; the browser says %q", err, p.complaints)
	}
}

// tap taps on what is found so. What the page has drawn anew before the finger came down is looked for again.
func (p *phone) tap(xpath string) {
	p.s.t.Helper()
	p.s.eventually("the phone taps on "+xpath, func() error {
		return chromedp.Do(p.ctx, chromedp.Tap(chromedp.Search(xpath), chromedp.NodeVisible))
	})
}

// ask evaluates an expression in the page, and again when the page was just being left.
func ask[T any](p *phone, expression string) (answer T) {
	p.s.t.Helper()
	p.s.eventually("the page answers", func() (err error) {
		answer, err = chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
		return err
	})
	return answer
}

// until waits until the page is as the expression says.
func (p *phone) until(what, condition string) {
	p.s.t.Helper()
	var err error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		// A page that is left while it is looked at is an error to the browser, and none to us.
		if err = chromedp.Do(p.ctx, chromedp.Poll[chromedp.Void](condition, chromedp.WithPollingInterval(30*time.Millisecond), chromedp.WithPollingTimeout(patience))); err == nil {
			return
		}
	}
	p.s.t.Fatalf("phone, waiting until %s: %v; the page says\n%s", what, err, ask[string](p, `document.body.innerText`))
}

// quiet waits until the page takes the next tap for one of its own, 600 ms after the last, and fetches the next news at once, 700 ms
// after it last did. News that came while a finger was on the screen is fetched later, and makes the news after it late.
func (p *phone) quiet() {
	p.s.t.Helper()
	p.until("the page is quiet", fmt.Sprintf(`performance.now() > %f + 750`, ask[float64](p, `performance.now()`)))
}

// note has the page write down when it first shows an element, by the clock of the machine.
func (p *phone) note(selector string) {
	p.s.t.Helper()
	ask[bool](p, fmt.Sprintf(`(() => {
		window.shown ??= {};
		const look = () => { for (const e of document.querySelectorAll(%q)) window.shown[e.id] ??= Date.now(); };
		new MutationObserver(look).observe(document.body, {childList: true, subtree: true, attributes: true});
		look();
		return true;
	})()`, selector))
}

// shown answers when the page first showed the noted element with that id.
func (p *phone) shown(id string) time.Time {
	p.s.t.Helper()
	p.until(id+" is shown", fmt.Sprintf(`window.shown[%q] > 0`, id))
	return time.UnixMilli(int64(ask[float64](p, fmt.Sprintf(`window.shown[%q]`, id))))
}
