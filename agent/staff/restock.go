package staff

import (
	"net/http"
	"net/url"

	"showroom/agent/lang"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

const (
	restock   deed = "restock"
	restocked deed = "restocked"
)

func (p *Page) restockRoutes() {
	for _, d := range []deed{restock, restocked} {
		p.mux.HandleFunc("POST /staff/rooms/{room}/"+string(d), p.forShoppers(p.postRestock(d)))
		p.mux.HandleFunc("POST /staff/"+string(d), p.forShoppers(p.postRestock(d)))
	}
}

// postRestock begins or ends restocking: of the room in the address, or of all.
func (p *Page) postRestock(d deed) func(http.ResponseWriter, *http.Request, visitor) {
	return func(w http.ResponseWriter, r *http.Request, who visitor) {
		of := showroom.RoomID(r.PathValue("room"))
		rooms := p.rooms.All()
		if of != "" {
			rooms = []showroom.Room{{ID: of}}
		}
		err := p.once(r, command{Deed: d, Of: string(of), Staff: who.ID}, func(tx *store.Tx) error {
			for _, room := range rooms {
				var err error
				if d == restock {
					_, err = p.rooms.StartRestock(tx, room.ID, 0)
				} else {
					err = p.rooms.EndRestock(tx, room.ID)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		p.afterwards(w, r, who, err, pathRooms, p.showRooms)
	}
}

// restockOne is the button of a room.
func restockOne(texts *lang.Texts, room showroom.RoomID, on bool) button {
	at := "/staff/rooms/" + url.PathEscape(string(room)) + "/"
	if on {
		return button{Action: at + string(restocked), Label: texts.T("staff.restock.end"), Primary: true, Command: newCommand()}
	}
	return button{Action: at + string(restock), Label: texts.T("staff.restock.start"), Command: newCommand()}
}

// restockAll are the buttons for all rooms at once: to begin unless it is on everywhere, to end if it is on anywhere.
func restockAll(texts *lang.Texts, on, rooms int) (buttons []button) {
	if rooms < 2 {
		return nil
	}
	if on < rooms {
		buttons = append(buttons, button{Action: "/staff/" + string(restock), Label: texts.T("staff.restock.start_all"), Command: newCommand()})
	}
	if on > 0 {
		buttons = append(buttons, button{Action: "/staff/" + string(restocked), Label: texts.T("staff.restock.end_all"), Command: newCommand()})
	}
	return buttons
}
