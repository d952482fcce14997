package staff

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"showroom/agent/capture"
	"showroom/agent/lang"
	"showroom/agent/live"
	"showroom/agent/showroom"
)

// Paths of the page about captures.
const (
	pathCapture     = "/staff/capture"
	pathCaptureStop = "/staff/capture/stop"
)

// captures says whether the role may record in front of the privacy filter.
func (r Role) captures() bool { return r == Manager || r == Technician }

// forEngineers is signedIn for people who may capture.
func (p *Page) forEngineers(next func(http.ResponseWriter, *http.Request, visitor)) http.HandlerFunc {
	return p.signedIn(func(w http.ResponseWriter, r *http.Request, who visitor) {
		if !who.Role.captures() {
			p.fail(w, r, who, showroom.Errorf(showroom.CodeForbidden, "Captures are for managers and technicians."))
			return
		}
		next(w, r, who)
	})
}

func (p *Page) captureRoutes() {
	p.mux.HandleFunc("GET "+pathCapture, p.forEngineers(p.getCapture))
	p.mux.HandleFunc("POST "+pathCapture, p.forEngineers(p.postCapture))
	p.mux.HandleFunc("POST "+pathCaptureStop, p.forEngineers(p.postCaptureStop))
}

// captureText is what everybody on the page is told while a capture runs, "" while none does.
func (p *Page) captureText(texts *lang.Texts) string {
	c := p.board.Capture()
	if !c.Runs() {
		return ""
	}
	return texts.T("staff.capture.runs", "device", string(c.Device), "time", p.clock(texts, c.Until))
}

// captureCard is the place on the page of devices from which captures are started and stopped.
type captureCard struct {
	Word   string // that one runs; "" while none does
	Reason string // of the one that runs
	Stop   button // of the one that runs
	Start  string // where one is started
	Kept   string
}

// captureCard answers nil for people who may not capture.
func (p *Page) captureCard(texts *lang.Texts, who visitor) (*captureCard, error) {
	if p.opt.Captures == nil || !who.Role.captures() {
		return nil, nil
	}
	st, err := p.opt.Captures.Status()
	if err != nil {
		return nil, err
	}
	card := &captureCard{Start: pathCapture, Word: p.captureText(texts)}
	if st.Now.Runs() {
		card.Reason, card.Stop = st.Now.Reason, button{Action: pathCaptureStop, Label: texts.T("staff.capture.stop"), Primary: true, Command: newCommand()}
	}
	if kept := finished(st, st.Now); kept > 0 {
		card.Kept = texts.N("staff.capture.kept", kept)
	}
	return card, nil
}

// finished is how many recordings are not being made any more.
func finished(st capture.Status, now live.Capture) int {
	if now.Runs() {
		return max(len(st.Files)-1, 0)
	}
	return len(st.Files)
}

type capturePage struct {
	frame
	Back    string
	Command string
	Devices []string
	Lasts   []lasting
	Device  string
	Minutes int
	Reason  string
	Longest int // letters
}

// lasting is one time a capture can last.
type lasting struct {
	Minutes int
	Text    string
}

func (p *Page) getCapture(w http.ResponseWriter, r *http.Request, who visitor) {
	p.showCapture(w, r, who, http.StatusOK, capturePage{Command: newCommand(), Device: r.FormValue("device"), Minutes: 5})
}

func (p *Page) showCapture(w http.ResponseWriter, r *http.Request, who visitor, status int, page capturePage) {
	n, texts := page.Notice, p.texts(r)
	page.frame = p.frame(r, who, texts.T("staff.capture.new"))
	page.Path, page.Notice, page.Back, page.Still, page.Longest = pathCapture, n, pathDevices, true, capture.LongestReason
	for _, d := range p.opt.Captures.Devices() {
		page.Devices = append(page.Devices, string(d))
	}
	for _, minutes := range []int{5, 10, int(capture.Longest / time.Minute)} {
		page.Lasts = append(page.Lasts, lasting{minutes, texts.N("staff.capture.minutes", minutes)})
	}
	p.show(w, r, status, "capture", page)
}

func (p *Page) postCapture(w http.ResponseWriter, r *http.Request, who visitor) {
	page := capturePage{Command: r.PostFormValue("command"), Device: r.PostFormValue("device"), Reason: r.PostFormValue("reason")}
	page.Minutes, _ = strconv.Atoi(r.PostFormValue("minutes")) // no number is no time, which is refused
	page.Minutes = min(max(page.Minutes, 0), 60)
	err := p.opt.Captures.Start(r.Context(), showroom.CommandID(page.Command), capture.Order{
		Device: showroom.DeviceID(page.Device), For: time.Duration(page.Minutes) * time.Minute, Reason: page.Reason,
	})
	if err == nil {
		http.Redirect(w, r, pathDevices, http.StatusSeeOther)
		return
	}
	page.Notice = p.refusal(p.texts(r), err)
	page.Reason = cut(page.Reason)
	if !slices.Contains(p.opt.Captures.Devices(), showroom.DeviceID(page.Device)) {
		page.Device = ""
	}
	p.showCapture(w, r, who, statusOf(err), page)
}

func (p *Page) postCaptureStop(w http.ResponseWriter, r *http.Request, who visitor) {
	if err := p.opt.Captures.Stop(r.Context()); err != nil {
		p.fail(w, r, who, err)
		return
	}
	http.Redirect(w, r, pathDevices, http.StatusSeeOther)
}
