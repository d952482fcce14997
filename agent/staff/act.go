package staff

import (
	"errors"
	"net/http"

	"showroom/agent/lang"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// deed is what a button does, in the words of its address.
type deed string

const (
	accept   deed = "accept"
	leave    deed = "leave"
	deliver  deed = "deliver"
	notFound deed = "unavailable"
	answer   deed = "answer"
	endVisit deed = "end"
)

// command is one press of a button, as the store remembers it.
type command struct {
	Deed  deed             `json:"deed"`
	Of    string           `json:"of"`
	Visit showroom.VisitID `json:"visit,omitempty"`
	Staff showroom.StaffID `json:"staff"`
}

// once does a command exactly once, whatever the phone sends again.
func (p *Page) once(r *http.Request, c command, do func(*store.Tx) error) error {
	id := showroom.CommandID(r.PostFormValue("command"))
	return p.db.Update(r.Context(), func(tx *store.Tx) error {
		_, err := store.Once(tx, id, c, func() (struct{}, error) { return struct{}{}, do(tx) })
		return err
	})
}

func (p *Page) postRequest(w http.ResponseWriter, r *http.Request, who visitor) {
	id, act := showroom.RequestID(r.PathValue("request")), deed(r.PathValue("act"))
	err := p.once(r, command{Deed: act, Of: string(id), Staff: who.ID}, func(tx *store.Tx) error {
		if request, err := tx.Request(id); err == nil && asksFirst(act, request, who.ID) && r.PostFormValue("instead_of") != string(request.By) {
			return errAsk
		}
		return p.do(tx, act, id, who)
	})
	if errors.Is(err, errAsk) {
		p.askFirst(w, r, who, id, act)
		return
	}
	if showroom.ErrorCode(err) == showroom.CodeTaken {
		p.showQueue(w, r, who, statusOf(err), p.takenBy(r, p.texts(r), id))
		return
	}
	p.afterwards(w, r, who, err, pathQueue, p.showQueue)
}

// do does what a button of a request says.
func (p *Page) do(tx *store.Tx, act deed, id showroom.RequestID, who visitor) (err error) {
	switch act {
	case accept:
		_, err = p.rooms.Accept(tx, id, who.ID, who.Name)
	case leave:
		_, err = p.rooms.Leave(tx, id)
	case deliver:
		_, err = p.rooms.Deliver(tx, id)
	case notFound:
		_, err = p.rooms.Unavailable(tx, id)
	default:
		err = showroom.Errorf(showroom.CodeNotFound, "There is no such button.")
	}
	return err
}

// takenBy says calmly who was first: nobody has done anything wrong.
func (p *Page) takenBy(r *http.Request, texts *lang.Texts, id showroom.RequestID) *notice {
	var request showroom.SizeRequest
	err := p.db.View(r.Context(), func(v *store.View) (err error) {
		request, err = v.Request(id)
		return err
	})
	if err != nil || request.ByName == "" {
		return &notice{Text: texts.T("error.taken")}
	}
	return &notice{Text: texts.T("staff.queue.taken_by", "name", request.ByName)}
}

func (p *Page) postAnswer(w http.ResponseWriter, r *http.Request, who visitor) {
	id := showroom.CallID(r.PathValue("call"))
	err := p.once(r, command{Deed: answer, Of: string(id), Staff: who.ID}, func(tx *store.Tx) error {
		_, err := p.rooms.Answer(tx, id)
		return err
	})
	p.afterwards(w, r, who, err, pathQueue, p.showQueue)
}

func (p *Page) postEnd(w http.ResponseWriter, r *http.Request, who visitor) {
	room, visit := showroom.RoomID(r.PathValue("room")), showroom.VisitID(r.PostFormValue("visit"))
	err := p.once(r, command{Deed: endVisit, Of: string(room), Visit: visit, Staff: who.ID}, func(tx *store.Tx) error {
		// The page may be older than the people in the room.
		now, open, err := tx.OpenVisit(room)
		if err != nil {
			return err
		}
		if !open || now.ID != visit {
			return showroom.Errorf(showroom.CodeConflict, "This visit has already ended.")
		}
		return p.rooms.Finish(tx, room, "", showroom.EndStaff)
	})
	p.afterwards(w, r, who, err, pathRooms, p.showRooms)
}

// afterwards shows the list as it is now: by its own address when all went well, so that the page may be loaded again, and with a
// notice when it did not.
func (p *Page) afterwards(w http.ResponseWriter, r *http.Request, who visitor, err error, path string,
	show func(http.ResponseWriter, *http.Request, visitor, int, *notice)) {
	if err == nil {
		http.Redirect(w, r, path, http.StatusSeeOther)
		return
	}
	n := p.refusal(p.texts(r), err)
	n.Alert = showroom.ErrorCode(err) != showroom.CodeConflict
	show(w, r, who, statusOf(err), n)
}
