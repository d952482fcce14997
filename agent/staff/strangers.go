package staff

import (
	"strings"

	"showroom/agent/lang"
	"showroom/devices"
)

// group are the devices of one sort under their heading.
type group struct {
	Title   string
	Devices []deviceCard
}

// groups puts the devices under headings, in the order of the configuration.
func (p *Page) groups(texts *lang.Texts) (groups []group) {
	for _, d := range p.opt.Devices {
		known, _ := p.board.Device(d.ID)
		title := texts.T("staff.devices.readers")
		switch d.Sort {
		case "gateway":
			title = texts.T("staff.devices.gateways")
		case "scanner":
			title = texts.T("staff.devices.scanners")
		case "settler":
			title = texts.T("staff.devices.settlers")
		case "printer":
			title = texts.T("staff.devices.printers")
		}
		if n := len(groups); n == 0 || groups[n-1].Title != title {
			groups = append(groups, group{Title: title})
		}
		g := &groups[len(groups)-1]
		card := p.deviceCard(texts, d, known)
		if d.Sort == "gateway" {
			card.Figures = append(card.Figures, p.crowdFigure(texts, d))
		}
		g.Devices = append(g.Devices, card)
	}
	return groups
}

// crowdFigure is how much a gateway hears of people nobody has enrolled.
func (p *Page) crowdFigure(texts *lang.Texts, d Device) figure {
	heard := 0
	if c, told := p.board.Crowd(d.ID); told && c.Lately(p.opt.Now().Wall) {
		heard = c.Heard
	}
	return figure{texts.T("staff.device.crowd"), texts.Number(int64(heard)), false}
}

// stranger is something that was noticed and that no configuration names.
type stranger struct {
	Name string // what it calls itself and where it speaks
	Text string // what it is, how often and when it was noticed
	Mind bool   // somebody should see to it
}

func (p *Page) strangers(texts *lang.Texts) (list []stranger) {
	for _, s := range p.board.Strangers() {
		key := "staff.strangers." + string(s.Kind)
		if s.Kind == devices.StrangerUnknown && s.Via != "broker" {
			key = "staff.strangers.port"
		}
		parts := []string{s.Name, s.Topic}
		if s.Name == "" || s.Topic == "" {
			parts = []string{s.Name + s.Topic}
		}
		if s.Clients > 1 {
			parts = append(parts, texts.N("staff.strangers.clients", s.Clients))
		}
		list = append(list, stranger{
			Name: strings.Join(parts, " · "),
			Text: texts.T(key) + " · " + texts.T("staff.strangers.last", "time", p.ago(texts, s.Last)),
			Mind: s.Kind == devices.StrangerRival,
		})
	}
	return list
}
