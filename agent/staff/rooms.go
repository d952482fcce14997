package staff

import (
	"net/http"
	"net/url"

	"showroom/agent/fitting"
	"showroom/agent/lang"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

type roomsPage struct {
	frame
	Rooms []roomCard
	All   []button // restocking of all rooms at once
}

type roomCard struct {
	ID    showroom.RoomID
	Name  string
	State string // class of the card: free, busy, fault
	Word  string
	Facts []fact
	Visit showroom.VisitID // open; "" for none
	End   button
	// Restock is the button that begins or ends it.
	Restock button
}

// fact is one line about a room. Mind marks what somebody should see to.
type fact struct {
	Text string
	Mind bool
}

func (p *Page) getRooms(w http.ResponseWriter, r *http.Request, who visitor) {
	p.showRooms(w, r, who, http.StatusOK, nil)
}

func (p *Page) showRooms(w http.ResponseWriter, r *http.Request, who visitor, status int, n *notice) {
	texts := p.texts(r)
	page := roomsPage{frame: p.frame(r, who, texts.T("staff.rooms.title"))}
	page.Path, page.Notice = pathRooms, n
	err := p.db.View(r.Context(), func(v *store.View) error {
		on := 0
		for _, room := range p.rooms.All() {
			now, err := p.rooms.Look(v, room.ID)
			if err != nil {
				return err
			}
			page.Rooms = append(page.Rooms, p.roomCard(texts, now))
			if now.Restock.On() {
				on++
			}
		}
		page.All = restockAll(texts, on, len(page.Rooms))
		return nil
	})
	if err != nil {
		p.fail(w, r, who, err)
		return
	}
	p.show(w, r, status, "rooms", page)
}

func (p *Page) roomCard(texts *lang.Texts, now fitting.Now) roomCard {
	card := roomCard{ID: now.Room.ID, Name: p.roomName(now.Room.ID), Visit: now.Visit.ID, State: "free", Word: texts.T("staff.rooms.empty")}
	if card.Visit != "" {
		card.State, card.Word = "busy", texts.T("staff.rooms.since", "time", p.clock(texts, now.Visit.Opened.Wall))
		card.End = button{Action: "/staff/rooms/" + url.PathEscape(string(card.ID)) + "/end", Label: texts.T("staff.rooms.end_visit"),
			Sure: texts.T("staff.rooms.end_sure"), Command: newCommand()}
	}
	card.Restock = restockOne(texts, card.ID, now.Restock.On())
	add := func(mind bool, text string) { card.Facts = append(card.Facts, fact{text, mind}) }
	if now.Restock.On() {
		add(false, texts.T("staff.restock.until", "time", p.clock(texts, now.Restock.Until.Wall)))
		add(false, texts.T("staff.restock.text"))
	}
	if now.Called {
		add(true, texts.T("staff.queue.called"))
	}
	if state := p.watched(now.Room.ID); state != devices.Up {
		// What is known of the room may be old, and an empty list proves nothing.
		card.State = "fault"
		if card.Visit == "" {
			card.Word = texts.T("staff.rooms.unwatched")
		}
		if state == devices.Fault {
			add(true, texts.T("staff.rooms.reader_partly"))
		} else {
			add(true, texts.T("staff.rooms.reader_fault"))
		}
	}
	if n := len(now.Garments); n > 0 {
		add(false, texts.N("staff.rooms.garments", n))
	}
	if now.Unknown > 0 {
		add(true, texts.N("staff.rooms.unknown", now.Unknown))
	}
	if now.Piled > 0 {
		add(false, texts.N("staff.rooms.piled", now.Piled))
	}
	if now.LeftBehind > 0 {
		add(true, texts.N("staff.rooms.left_behind", now.LeftBehind))
	}
	for _, g := range now.Garments {
		if g.Unconfirmed {
			add(true, texts.T("staff.rooms.unconfirmed"))
			break
		}
	}
	return card
}

// watched is the state of the machine that watches the room.
func (p *Page) watched(room showroom.RoomID) devices.State {
	for _, d := range p.opt.Devices {
		for _, r := range d.Rooms {
			if r == room {
				known, _ := p.board.Device(d.ID)
				return known.State
			}
		}
	}
	return devices.Down
}
