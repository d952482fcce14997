package screen

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/attract"
	"showroom/kiosk/screen/bag"
	"showroom/kiosk/screen/basket"
	"showroom/kiosk/screen/code"
	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/help"
	"showroom/kiosk/screen/pay"
	"showroom/kiosk/screen/price"
	"showroom/kiosk/screen/receipt"
	"showroom/kiosk/screen/search"
	"showroom/kiosk/screen/unlock"
	"showroom/kiosk/screen/word"
	"showroom/kiosk/view"
)

// counter holds the pages of a checkout.
type counter struct {
	attract *attract.Page
	basket  *basket.Page
	bag     *bag.Page
	pay     *pay.Page
	receipt *receipt.Page
	word    *word.Page
	search  *search.Page
	code    *code.Page
	help    *help.Page
	unlock  *unlock.Page
	price   *price.Page
}

func newCounter(k draw.Kit) *counter {
	return &counter{attract: attract.New(k), basket: basket.New(k), bag: bag.New(k), pay: pay.New(k), receipt: receipt.New(k), word: word.New(k),
		search: search.New(k), code: code.New(k), help: help.New(k), unlock: unlock.New(k), price: price.New(k)}
}

// pages are the pages by the routes that lead to them.
func (c *counter) pages() map[view.Route]fyne.CanvasObject {
	return map[view.Route]fyne.CanvasObject{
		view.RouteAttract: c.attract.Object(), view.RouteBasket: c.basket.Object(), view.RouteBag: c.bag.Object(), view.RoutePay: c.pay.Object(),
		view.RouteReceipt: c.receipt.Object(), view.RouteThanks: c.word.Object(), view.RouteParked: c.word.Object(),
		view.RouteUnknown: c.word.Object(), view.RouteClosed: c.word.Object(),
		view.RouteSearch: c.search.Object(), view.RouteCode: c.code.Object(), view.RouteHelp: c.help.Object(), view.RouteUnlock: c.unlock.Object(),
		view.RoutePrice: c.price.Object(),
	}
}

// objects are the pages, each once.
func (c *counter) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{c.attract.Object(), c.basket.Object(), c.bag.Object(), c.pay.Object(), c.receipt.Object(), c.word.Object(),
		c.search.Object(), c.code.Object(), c.help.Object(), c.unlock.Object(), c.price.Object()}
}

// reset forgets where the last shopper had scrolled to.
func (c *counter) reset() {
	c.basket.Reset()
}

// render shows the page of a checkout and answers whose it is, or false when the state is at another page.
func (c *counter) render(st view.State, size fyne.Size) (view.Route, bool) {
	switch st.Route {
	case view.RouteAttract:
		c.attract.Render(st.Attract(), size)
	case view.RouteBasket:
		c.basket.Render(st.Basket(), size)
	case view.RouteBag:
		c.bag.Render(st.Bag(), size)
	case view.RoutePay:
		c.pay.Render(st.Pay(), size)
	case view.RouteReceipt:
		c.receipt.Render(st.Receipt(), size)
	case view.RouteThanks:
		c.word.Render(st.Thanks(), size)
	case view.RouteParked:
		c.word.Render(st.Parked(), size)
	case view.RouteUnknown:
		c.word.Render(st.Unknown(), size)
	case view.RouteClosed:
		c.word.Render(st.Closed(), size)
	default:
		return c.renderSheet(st, size)
	}
	return st.Route, true
}

// renderSheet shows a page that was opened over the one the agent's stage asks for.
func (c *counter) renderSheet(st view.State, size fyne.Size) (view.Route, bool) {
	switch st.Route {
	case view.RouteSearch:
		c.search.Render(st.Search(), size)
	case view.RouteCode:
		c.code.Render(st.Code(), size)
	case view.RouteHelp:
		c.help.Render(st.Help(), size)
	case view.RouteUnlock:
		c.unlock.Render(st.Unlock(), size)
	case view.RoutePrice:
		page, ok := st.Price()
		if !ok { // its line has gone
			c.basket.Render(st.Basket(), size)
			return view.RouteBasket, true
		}
		c.price.Render(page, size)
	default:
		return 0, false
	}
	return st.Route, true
}
