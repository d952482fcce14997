package staff_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/chromedp/cdproto/log"
	cdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
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
