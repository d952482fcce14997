package till

import (
	"encoding/json"
	"fmt"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// besidesLines is how many bytes an event may have beside the lines a till was offered: its tenders, and how it writes numbers and names.
const besidesLines = 4 << 10

// fits says that a till can tell in one event that it has sold what it is offered.
func fits(offered Offered) bool {
	body, err := json.Marshal(offered)
	return err == nil && len(body)+besidesLines <= MaxEvent
}

// fit has the lines of a sale say less until it fits into a row of the journal: its garments have the names that the till gave them, and
// none if need be; number and price stay. What does not fit even so is refused with CodeTooLarge.
func (t *Tills) fit(s showroom.Sale) (showroom.Sale, error) {
	for _, less := range []func(*showroom.Line){
		func(*showroom.Line) {},
		func(l *showroom.Line) {
			l.Name = showroom.Text{t.opt.Language: l.Name.In(t.opt.Language)}
			l.Colour = nil
		},
		func(l *showroom.Line) { l.Product, l.Name, l.Size = "", nil, "" },
	} {
		for i := range s.Lines {
			less(&s.Lines[i])
		}
		body, err := json.Marshal(showroom.SaleCompleted{Sale: s})
		if err != nil {
			return s, fmt.Errorf("encode sale of till: %w", err)
		}
		if len(body) <= store.MaxBody {
			return s, nil
		}
	}
	return s, showroom.Errorf(showroom.CodeTooLarge, "The sale has %d lines, which is more than can be written down as one.", len(s.Lines))
}
