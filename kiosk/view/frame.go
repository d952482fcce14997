package view

import (
	"time"
	"unicode/utf8"

	"showroom/agent/lang"
	"showroom/agent/localapi"
)

// Frame is what stands around every page.
type Frame struct {
	Room      string // "Kabin 2"
	Languages []LanguageChoice
	Call      Call
	Banner    string // one calm line about the connection, "" when all is well
	Short     string // the same where there is little room
	Capture   string // that an engineer records more than a shop may; "" when nobody does
	Toast     ToastView
	Help      string // label of the button that explains, where there is one in place of Call
	Still     StillThere
}

// LanguageChoice is one language the shopper can choose.
type LanguageChoice struct {
	Tag    string
	Label  string // "TR"
	Chosen bool
}

// Call is the button that calls somebody, or, when Sent, the word about the call. Label is "" while there is nobody to call.
type Call struct {
	Label string
	Sent  bool
}

// ToastView is a Toast in words; Text is "" when there is none.
type ToastView struct {
	Text  string
	Retry string // label of the button, "" when there is nothing to do
	Msg   Msg    // what a tap on it means
}

// Frame answers what stands around the page.
func (s State) Frame() Frame {
	t := s.texts()
	f := Frame{Room: s.roomName(t), Call: Call{Label: t.T("kiosk.call.associate")}}
	switch {
	case s.room().Called:
		f.Call = Call{Label: t.T("kiosk.call.sent"), Sent: true}
	case busy[CallAssociate](s): // nobody knows yet: it must not say so
		f.Call = Call{Label: t.T("kiosk.request.sending"), Sent: true}
	}
	for _, tag := range s.Kiosk.Languages {
		f.Languages = append(f.Languages, LanguageChoice{Tag: tag, Label: languageLabel(tag), Chosen: tag == s.Language()})
	}
	switch {
	case s.Link == Lost:
		f.Banner, f.Short = t.T("kiosk.agent_lost.moment"), t.T("kiosk.agent_lost.short")
	case s.Kiosk.Offline:
		f.Banner, f.Short = t.T("kiosk.offline.banner"), t.T("kiosk.offline.short")
	}
	if c := s.Kiosk.Capture; c != nil {
		f.Capture = t.T("kiosk.capture.runs", "time", c.Clock)
	}
	if s.Toast.Key != "" {
		f.Toast.Text = t.T(s.Toast.Key)
		switch {
		case s.Toast.Retry != 0:
			f.Toast.Retry, f.Toast.Msg = t.T("kiosk.toast.retry"), TapRetry{Ticket: s.Toast.Retry}
		case s.Toast.Undo:
			f.Toast.Retry, f.Toast.Msg = t.T("kiosk.toast.undo"), TapUndo{}
		}
	}
	if s.selling() {
		f = s.atCheckout(t, f)
	}
	return f
}

func (s State) texts() *lang.Texts { return lang.For(lang.Tag(s.Language())) }

// roomName is the name over the door. A shop that only numbers its rooms gets the word before the number.
func (s State) roomName(t *lang.Texts) string {
	r := s.room()
	name := r.Name
	if name == "" {
		name = r.ID
	}
	if name == "" || utf8.RuneCountInString(name) > 3 {
		return name
	}
	return t.T("kiosk.room.title", "room", name)
}

// languageLabel is the short name of a language: its tag in capitals. Tags are ASCII, so the Turkish i is no trap here.
func languageLabel(tag string) string {
	b := []byte(tag)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// IdlePage is shown while nobody is in the room.
type IdlePage struct {
	Frame
	Title, Text string
	Note        string // garments of a visit that is over, "" for none
}

// Idle answers the page of an empty room, or of a kiosk that has not heard its agent yet.
func (s State) Idle() IdlePage {
	t := s.texts()
	p := IdlePage{Frame: s.Frame(), Title: t.T("kiosk.idle.title"), Text: t.T("kiosk.idle.subtitle")}
	switch {
	case !s.Loaded:
		p.Text, p.Banner, p.Call = t.T("kiosk.agent_lost.moment"), "", Call{}
	case s.room().Reader.Partly() && s.Kiosk.Room != nil:
		p.Text = t.T("kiosk.reader_fault.partly")
	case s.room().Reader.Faulty() && s.Kiosk.Room != nil:
		p.Text = t.T("kiosk.reader_fault.idle")
	case s.room().Restock != nil:
		p.Title, p.Text = t.T("kiosk.restock.title"), t.T("kiosk.restock.text")
	case s.room().LeftBehind > 0:
		p.Note = t.N("kiosk.left_behind_count", s.room().LeftBehind)
	}
	return p
}

// LeavePage asks how to leave.
type LeavePage struct {
	Frame
	Title, Text      string
	Done, Forget     string
	ForgetText, Stay string
	Sending          bool // the answer is awaited; the buttons rest
	DoneMsg          Msg  // what a tap on Done means
}

// Leave answers the page that asks how to leave.
func (s State) Leave() LeavePage {
	t := s.texts()
	return LeavePage{
		Frame: s.Frame(), Title: t.T("kiosk.leave.title"), Text: t.T("kiosk.leave.text"),
		Done: t.T("kiosk.room.done"), Forget: t.T("kiosk.room.forget"), ForgetText: t.T("kiosk.leave.forget_text"),
		Stay: t.T("kiosk.leave.stay"), Sending: busy[EndVisit](s), DoneMsg: TapDone{},
	}
}

func money(t *lang.Texts, m *localapi.Money) string {
	if m == nil {
		return ""
	}
	return t.Money(m.Minor, m.Currency)
}

// joined puts the parts that are there beside each other.
func joined(parts ...string) string {
	out := ""
	for _, p := range parts {
		if p == "" {
			continue
		}
		if out != "" {
			out += "  ·  "
		}
		out += p
	}
	return out
}

// recent says that a delivered request is still worth a line.
func (s State) recent(r localapi.Request, at time.Time) bool {
	return s.now(at).Before(r.Changed.Add(DeliveredFor))
}
