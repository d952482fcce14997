package staff

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"showroom/agent/lang"
	"showroom/agent/live"
	"showroom/devices"
)

type devicesPage struct {
	frame
	Sync    syncCard
	Record  *captureCard // nil for those who may not
	Groups  []group
	NotOurs []stranger
}

// syncCard is how the shop and head office stand.
type syncCard struct {
	State string // class: up, down; "" for a shop that works alone
	Word  string
	Text  string
	Sent  string // what has not been sent yet
	Error string // for engineers, in English
}

type deviceCard struct {
	ID      string
	About   string // what it is, where, and since when it is so
	State   string // class: up, silent, fault, down
	Word    string
	Reason  said
	Advice  said
	Figures []figure
}

type figure struct {
	Name, Value string
	Mind        bool
}

func (p *Page) getDevices(w http.ResponseWriter, r *http.Request, who visitor) {
	texts := p.texts(r)
	page := devicesPage{frame: p.frame(r, who, texts.T("staff.devices.title"))}
	ends, err := p.db.Lanes(r.Context())
	if err != nil {
		p.fail(w, r, who, err)
		return
	}
	unsent := 0
	for _, end := range ends {
		if end.Lane.Uploaded() {
			unsent += int(end.Last - end.Acked)
		}
	}
	page.Sync = p.syncCard(texts, unsent)
	if page.Record, err = p.captureCard(texts, who); err != nil {
		p.fail(w, r, who, err)
		return
	}
	page.Groups, page.NotOurs = p.groups(texts), p.strangers(texts)
	p.show(w, r, http.StatusOK, "devices", page)
}

func (p *Page) syncCard(texts *lang.Texts, unsent int) syncCard {
	if !p.opt.Central {
		return syncCard{Text: texts.T("staff.sync.alone")}
	}
	sync := p.board.Sync()
	card := syncCard{State: "down", Word: texts.T("staff.device.down"), Sent: texts.T("staff.sync.all_sent"), Error: sync.Error}
	if unsent > 0 {
		card.Sent = texts.N("staff.waiting_events", unsent)
	}
	switch {
	case sync.Connected:
		card.State, card.Word = "up", texts.T("staff.sync.connected")
		card.Text = texts.T("staff.device.since", "time", p.when(texts, sync.Since))
	case sync.Since.IsZero():
		card.Text = texts.T("staff.sync.never")
	default:
		card.Text = texts.T("staff.offline", "time", p.when(texts, sync.Since))
	}
	return card
}

func (p *Page) deviceCard(texts *lang.Texts, d Device, known live.Device) deviceCard {
	s := known.Status
	card := deviceCard{ID: string(d.ID), State: s.State.String(), Word: texts.T("staff.device." + s.State.String()),
		Reason: p.glossary.say(texts, s.Reason), Advice: p.glossary.say(texts, s.Advice)}
	card.About = p.about(texts, d, known)
	number := func(n uint64) string { return texts.Number(int64(min(n, 1<<62))) }
	card.Figures = []figure{
		{texts.T("staff.device.last_data"), p.ago(texts, s.LastData), s.LastData.IsZero()},
		{texts.T("staff.device.reconnects"), number(known.Reconnects), false},
		{texts.T("staff.device.frames_good"), number(s.Frames.Good), false},
		{texts.T("staff.device.frames_bad"), number(s.Frames.Bad), s.Frames.Bad > 0},
	}
	if !slices.Contains([]string{"scanner", "settler", "printer"}, d.Sort) { // which hear no tags
		card.Figures = append(card.Figures, figure{texts.T("staff.device.foreign"), number(s.Frames.Foreign), false})
	}
	return card
}

func (p *Page) about(texts *lang.Texts, d Device, known live.Device) string {
	var parts []string
	if d.Sort != "scanner" { // they are all of one kind, and the heading says it
		parts = append(parts, d.Kind)
	}
	names := make([]string, 0, len(d.Rooms))
	for _, room := range d.Rooms {
		names = append(names, p.roomName(room))
	}
	if names = append(names, d.Else...); len(names) > 0 {
		parts = append(parts, strings.Join(names, ", "))
	}
	if !known.Since.IsZero() && known.Status.State != devices.Up {
		parts = append(parts, texts.T("staff.device.since", "time", p.when(texts, known.Since)))
	}
	return strings.Join(parts, " · ")
}

// ago is how long ago something was, in words.
func (p *Page) ago(texts *lang.Texts, at time.Time) string {
	if at.IsZero() {
		return texts.T("staff.device.never")
	}
	d := p.opt.Now().Wall.Sub(at)
	if d < time.Minute {
		return texts.Ago(d)
	}
	return texts.T("staff.device.ago", "time", texts.Ago(d))
}

// when is a time in the shop: the hour for one of today, else the day with it.
func (p *Page) when(texts *lang.Texts, at time.Time) string {
	at, now := at.In(p.opt.Location), p.opt.Now().Wall.In(p.opt.Location)
	if at.Year() == now.Year() && at.YearDay() == now.YearDay() {
		return texts.Time(at)
	}
	return texts.DateTime(at)
}
