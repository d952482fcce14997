package staff_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"testing"
	"time"

	"showroom/agent/capture"
	"showroom/agent/showroom"
	"showroom/devices"
)

// capturing is a shop whose devices can be captured.
func capturing(t *testing.T) (*shop, *capture.Captures) {
	t.Helper()
	s := newShop(t)
	c := capture.New(s.db, s.board, capture.Options{
		Dir: t.TempDir(), Devices: []showroom.DeviceID{"fr1", "upstairs"}, Location: s.opt.Location, Clock: s.now, Log: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(func() { _ = c.Stop(context.WithoutCancel(t.Context())) })
	s.opt.Captures = c
	s.open()
	return s, c
}

func TestATechnicianCapturesAndEverybodyIsTold(t *testing.T) {
	s, c := capturing(t)
	omer, elif := s.signIn("omer"), s.signIn("elif")
	omer.get("/staff/devices").has(t, "Teknik kayıt", `href="/staff/capture"`)
	form := omer.get("/staff/capture")
	form.has(t, "upstairs", "15 dakika", "Bir cihazın söylediği her şey, başkalarının etiketleri de, kaydedilir.")
	form.hasNot(t, "staff.js") // nothing moves while somebody types
	a := omer.post("/staff/capture", url.Values{"command": {"c1"}, "device": {"upstairs"}, "minutes": {"10"}, "reason": {"<b>anten</b> 2"}})
	if a.path != "/staff/devices" || a.status != http.StatusOK {
		t.Fatalf("%d at %s", a.status, a.path)
	}
	a.has(t, "Teknik kayıt açık: upstairs, bitiş 14:10.", "&lt;b&gt;anten&lt;/b&gt; 2", "Kaydı durdurun")
	if now := s.board.Capture(); now.Device != "upstairs" || now.Until.Sub(now.Since) != 10*time.Minute {
		t.Errorf("the board says %+v", now)
	}
	for _, path := range []string{"/staff/queue", "/staff/rooms", "/staff/devices"} {
		elif.get(path).has(t, "Teknik kayıt açık: upstairs, bitiş 14:10.")
	}
	s.phone().get("/staff/signin").has(t, "Teknik kayıt açık")
	elif.get("/staff/devices").hasNot(t, "Kaydı durdurun", "anten")
	if a := elif.post("/staff/capture/stop", url.Values{"command": {"c2"}}); a.status != http.StatusForbidden || !s.board.Capture().Runs() {
		t.Errorf("an associate stopped it: %d", a.status)
	}
	stopped := omer.press(omer.get("/staff/devices"), "/staff/capture/stop")
	stopped.has(t, "1 kayıt saklanıyor", `href="/staff/capture"`)
	stopped.hasNot(t, "Teknik kayıt açık")
	if st, err := c.Status(); err != nil || len(st.Files) != 1 {
		t.Errorf("status %+v, %v", st, err)
	}
}

func TestCapturesAreForEngineers(t *testing.T) {
	s, _ := capturing(t)
	elif := s.signIn("elif")
	elif.get("/staff/devices").hasNot(t, "/staff/capture")
	if a := elif.get("/staff/capture"); a.status != http.StatusForbidden {
		t.Errorf("an associate sees the form: %d", a.status)
	}
	if a := elif.post("/staff/capture", url.Values{"command": {"c"}, "device": {"fr1"}, "minutes": {"5"}, "reason": {"x"}}); a.status != http.StatusForbidden {
		t.Errorf("an associate starts one: %d", a.status)
	}
	if a := s.phone().post("/staff/capture", url.Values{"command": {"c"}, "device": {"fr1"}, "minutes": {"5"}, "reason": {"x"}}); a.path != "/staff/signin" {
		t.Errorf("a stranger ends at %s", a.path)
	}
	s.signIn("cagri").get("/staff/capture").has(t, "fr1")
	if s.board.Capture().Runs() {
		t.Error("a capture runs")
	}
}

func TestARefusedCaptureKeepsWhatWasTyped(t *testing.T) {
	s, _ := capturing(t)
	omer := s.signIn("omer")
	for _, form := range []url.Values{
		{"device": {"fr1"}, "minutes": {"16"}, "reason": {"no tags"}}, {"device": {"fr1"}, "minutes": {"x"}, "reason": {"no tags"}},
		{"device": {"fr1"}, "minutes": {"-5"}, "reason": {"no tags"}}, {"device": {"fr1"}, "minutes": {"5"}, "reason": {" "}},
	} {
		form.Set("command", "c")
		a := omer.post("/staff/capture", form)
		if a.status != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d", form, a.status)
		}
		a.has(t, `value="`+form.Get("reason")+`"`, `class="notice alert"`)
	}
	if a := omer.post("/staff/capture", url.Values{"command": {"c"}, "device": {"nope"}, "minutes": {"5"}, "reason": {"x"}}); a.status != http.StatusNotFound {
		t.Errorf("a device nobody has: %d", a.status)
	}
	if s.board.Capture().Runs() {
		t.Error("a capture runs")
	}
}

func TestDevicesSayInTurkishWhatIsWrong(t *testing.T) {
	s := newShop(t)
	s.board.SetDevice(devices.Status{Device: "fr1", State: devices.Silent, Reason: "no answer", Advice: "Check the reader's cable and power.", At: s.now().Wall})
	s.board.SetDevice(devices.Status{Device: "upstairs", State: devices.Fault, Reason: "result 7F", Advice: "", At: s.now().Wall})
	p := s.signIn("omer")
	a := p.get("/staff/devices")
	a.has(t, `<p class="reason">yanıt yok</p>`, `<p class="advice">Okuyucunun kablosunu ve elektriğini kontrol edin.</p>`, `<p class="reason" lang="en">result 7F</p>`)
	a.hasNot(t, "no answer")
	p.post("/staff/language", url.Values{"language": {"en"}, "back": {"/staff/devices"}}).has(t, `<p class="reason">no answer</p>`)
}

func TestPicturesOfCaptures(t *testing.T) {
	if !*update {
		t.Skip("pictures are for people; -update draws them anew")
	}
	s, _ := capturing(t)
	now := s.now().Wall
	s.board.SetDevice(devices.Status{Device: "fr1", State: devices.Up, At: now, LastData: now})
	s.board.SetDevice(devices.Status{Device: "upstairs", State: devices.Fault, Reason: "antenna 2: antenna missing", At: now.Add(-10 * time.Minute), LastData: now,
		Advice: "Check the antenna, its cable and its plug, or take the antenna out of the configuration."})
	b := newBrowser(s)
	b.signIn("Ömer")
	b.open("/staff/capture")
	b.picture("capture-new")
	s.signIn("omer").post("/staff/capture", url.Values{"command": {"c1"}, "device": {"upstairs"}, "minutes": {"10"}, "reason": {"2 numaralı anten etiket görmüyor"}})
	b.open("/staff/devices")
	b.picture("capture")
	b.calm()
}
