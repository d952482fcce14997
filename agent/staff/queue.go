package staff

import (
	"net/http"
	"net/url"
	"time"

	"showroom/agent/fitting"
	"showroom/agent/gs1"
	"showroom/agent/lang"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// barFull is the age at which the bar of a request is full.
const barFull = 5 * time.Minute

type queuePage struct {
	frame
	Calls    []callCard
	Requests []requestCard // somebody must fetch or bring it
	Waiting  []requestCard // the only piece is being tried on; nothing to do yet
	Checkout string        // that a shopper waits at a checkout for what stands on its page; "" for nobody
}

// age is how long somebody has waited: as words, as the time it began, and as a share of a full bar.
type age struct {
	Ago, Since string
	Seconds    int // of BarFull at most
	BarFull    int
}

type callCard struct {
	ID     showroom.CallID
	Room   string
	Age    age
	Button button
}

// requestCard is one request as one associate sees it.
type requestCard struct {
	ID           showroom.RequestID
	Room         string
	Product      string
	Size, Colour string
	ColourHex    string
	Picture      string
	Age          age
	State        string // class of the card: new, late, mine, theirs, waiting
	Word         string // the state in words
	Stock        string // how many can be found in the shop, by the books
	Buttons      []button
	deeds        []deed // of the buttons
}

// button is a form with one button.
type button struct {
	Action  string
	Label   string
	Primary bool
	Sure    string // asked before, where there is a script to ask; "" for no question
	Asks    bool   // leads to a page that asks before anything is done
	Command string // its own id: however often it is pressed, it does its thing once
}

func (p *Page) getQueue(w http.ResponseWriter, r *http.Request, who visitor) {
	p.showQueue(w, r, who, http.StatusOK, nil)
}

func (p *Page) showQueue(w http.ResponseWriter, r *http.Request, who visitor, status int, n *notice) {
	var queue fitting.Queue
	var matters int
	stock := map[gs1.GTIN]int{}
	err := p.db.View(r.Context(), func(v *store.View) (err error) {
		if queue, err = p.rooms.Queue(v); err != nil {
			return err
		}
		for _, wanted := range queue.Requests {
			free, err := v.Availability(wanted.Want)
			if err != nil {
				return err
			}
			// Promised pieces count: somebody looks for one of those right now.
			stock[wanted.Want] = max(free.Stock-free.InRooms-free.InBaskets, 0)
		}
		if p.opt.Desks != nil {
			matters, err = checkoutMatters(v)
		}
		return err
	})
	if err != nil {
		p.fail(w, r, who, err)
		return
	}
	texts, at := p.texts(r), p.opt.Now()
	page := queuePage{frame: p.frame(r, who, texts.T("staff.queue.title"))}
	page.Path, page.Notice = pathQueue, n
	for _, c := range queue.Calls {
		page.Calls = append(page.Calls, callCard{c.ID, p.roomName(c.Room), p.age(texts, c.Made, at), button{
			Action: "/staff/calls/" + url.PathEscape(string(c.ID)) + "/answer", Label: texts.T("staff.queue.answer"), Primary: true, Command: newCommand()}})
	}
	page.Open = len(queue.Calls) + matters
	if matters > 0 {
		page.Checkout = texts.N("staff.queue.checkout", matters)
	}
	for _, wanted := range queue.Requests {
		card := p.requestCard(texts, wanted, stock[wanted.Want], who, at)
		if wanted.State == showroom.SizeWaiting {
			page.Waiting = append(page.Waiting, card)
			continue
		}
		page.Requests = append(page.Requests, card)
		if wanted.State == showroom.SizeRequested {
			page.Open++
		}
	}
	p.show(w, r, status, "queue", page)
}

// checkoutMatters counts what a shopper was told that somebody comes for: payments without a result, or decided against their device,
// and tags that are still on.
func checkoutMatters(v *store.View) (n int, err error) {
	open, err := v.OpenSettlements()
	if err != nil {
		return 0, err
	}
	for _, s := range open {
		if s.State == showroom.SettlementUnsure {
			n++
		}
	}
	against, err := v.ContradictedSettlements()
	if err != nil {
		return 0, err
	}
	stuck, err := v.FailedReleases()
	return n + len(against) + len(stuck), err
}

func (p *Page) age(texts *lang.Texts, since, at showroom.Moment) age {
	d := at.Since(since)
	return age{Ago: texts.Ago(d), Since: p.clock(texts, since.Wall), Seconds: int(min(d, barFull) / time.Second), BarFull: int(barFull / time.Second)}
}

func (p *Page) requestCard(texts *lang.Texts, r fitting.Wanted, stock int, who visitor, at showroom.Moment) requestCard {
	language := string(texts.Tag())
	card := requestCard{
		ID: r.ID, Room: p.roomName(r.Room), Product: r.Product.Name.In(language), Size: r.Item.Size,
		Colour: r.Item.Colour.In(language), ColourHex: swatch(r.Item.ColourHex), Picture: pictureOf(r),
		Age: p.age(texts, r.Made, at),
	}
	if card.Product == "" {
		card.Product = string(r.Want)
	}
	// Once it has been taken, how many more there are is of no use to who carries this one.
	if r.State == showroom.SizeRequested {
		card.Stock = texts.N("staff.queue.stock", stock)
		if stock == 0 {
			card.Stock = texts.T("staff.queue.stock_none")
		}
	}
	card.say(texts, r.SizeRequest, who.ID)
	return card
}

// say fills in the state in words, and what can be done about it. A colleague may finish what another has begun, whose shift may
// be over.
func (c *requestCard) say(texts *lang.Texts, r showroom.SizeRequest, me showroom.StaffID) {
	mine := r.By == me
	switch r.State {
	case showroom.SizeWaiting:
		c.State, c.Word = "waiting", texts.T("staff.queue.waiting")
		return
	case showroom.SizeRequested:
		c.State, c.Word = "new", texts.T("staff.queue.new")
		if r.Escalated > 0 {
			c.State, c.Word = "late", texts.T("staff.queue.escalated")
		}
		c.add(accept, texts.T("staff.queue.accept"), true)
	case showroom.SizeAccepted:
		c.State, c.Word = "theirs", texts.T("staff.queue.taken_by", "name", r.ByName)
		if mine {
			c.State, c.Word = "mine", texts.T("staff.queue.yours")
			c.add(leave, texts.T("staff.queue.on_the_way"), true)
		}
		c.add(deliver, texts.T("staff.queue.deliver"), false)
	case showroom.SizeOnTheWay:
		c.State, c.Word = "theirs", texts.T("staff.queue.they_bring", "name", r.ByName)
		if mine {
			c.State, c.Word = "mine", texts.T("staff.queue.you_bring")
		}
		c.add(deliver, texts.T("staff.queue.deliver"), mine)
	}
	c.add(notFound, texts.T("staff.queue.unavailable"), false)
	c.Buttons[len(c.Buttons)-1].Sure = texts.T("staff.queue.unavailable_sure")
	for i, d := range c.deeds {
		c.Buttons[i].Asks = asksFirst(d, r, me)
	}
}

func (c *requestCard) add(d deed, label string, primary bool) {
	c.deeds = append(c.deeds, d)
	c.Buttons = append(c.Buttons, button{Action: c.address(d), Label: label, Primary: primary, Command: newCommand()})
}

func (c *requestCard) address(d deed) string {
	return "/staff/requests/" + url.PathEscape(string(c.ID)) + "/" + string(d)
}

// roomName is what people call a room. One that the configuration has lost is called by its id.
func (p *Page) roomName(id showroom.RoomID) string {
	if room, err := p.rooms.Room(id); err == nil && room.Name != "" {
		return room.Name
	}
	return string(id)
}

// pictureOf is the picture of the colour wanted, or else of the product.
func pictureOf(r fitting.Wanted) string {
	for _, pictures := range [][]string{r.Item.Pictures, r.Product.Pictures} {
		if len(pictures) > 0 {
			return pictures[0]
		}
	}
	return ""
}

// swatch lets only a colour through, "#rrggbb".
func swatch(hex string) string {
	if len(hex) != 7 || hex[0] != '#' {
		return ""
	}
	for _, c := range hex[1:] {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
			return ""
		}
	}
	return hex
}
