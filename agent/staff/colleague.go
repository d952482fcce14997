package staff

import (
	"errors"
	"net/http"

	"showroom/agent/fitting"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// errAsk says that a colleague has the request, and that nobody has said yet that it is to be closed all the same.
var errAsk = errors.New("a colleague has this request")

// asksFirst says whether a deed closes a request that a colleague has. That may be right, since their shift may be over, and is more
// often a slip of the finger.
func asksFirst(act deed, r showroom.SizeRequest, me showroom.StaffID) bool {
	return (act == deliver || act == notFound) && r.By != "" && r.By != me
}

type colleaguePage struct {
	frame
	Card   requestCard
	By     showroom.StaffID // who had it when this was asked; if it is another by then, it is asked again
	Text   string
	Button button
	Back   string
}

// askFirst shows the request once more, with a button that means it.
func (p *Page) askFirst(w http.ResponseWriter, r *http.Request, who visitor, id showroom.RequestID, act deed) {
	var wanted fitting.Wanted
	err := p.db.View(r.Context(), func(v *store.View) error {
		queue, err := p.rooms.Queue(v)
		if err != nil {
			return err
		}
		for _, wanted = range queue.Requests {
			if wanted.ID == id {
				return nil
			}
		}
		return showroom.Errorf(showroom.CodeConflict, "This request has moved on. Look again.")
	})
	if err != nil {
		p.afterwards(w, r, who, err, pathQueue, p.showQueue)
		return
	}
	texts := p.texts(r)
	card := p.requestCard(texts, wanted, 0, who, p.opt.Now())
	label := texts.T("staff.queue.colleague_deliver")
	if act == notFound {
		label = texts.T("staff.queue.colleague_unavailable")
	}
	page := colleaguePage{frame: p.frame(r, who, texts.T("staff.queue.title")), Card: card, By: wanted.By, Back: pathQueue,
		Text: texts.T("staff.queue.colleague", "name", wanted.ByName), Button: button{Action: card.address(act), Label: label, Command: newCommand()}}
	page.Path, page.Still = pathQueue, true
	p.show(w, r, http.StatusOK, "colleague", page)
}
