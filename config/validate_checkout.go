package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// settlers and printers are checked with the other devices: they share one board with them.
func (v *validation) settlers(all *heard) {
	ids := v.namesOf("settlers")
	for i, s := range v.Settlers {
		entry := fmt.Sprintf("settlers[%d]", i)
		all.id(ids, entry, i, s.ID)
		if s.Kind == ECR17 {
			v.fault(entry+".kind", "is ecr17, which this release can decode and not drive", "write zvt or okc, or remove the entry")
		} else {
			known(v, entry+".kind", s.Kind, ZVT, OKC)
		}
		all.port(entry, s.Port, v.serialPort(entry+".port", s.Port, "/dev/serial/by-id/..."))
		if s.Kind == OKC && s.Port != "" && !strings.HasPrefix(s.Port, "tcp://") {
			v.fault(entry+".port", quoted(s.Port)+" is not an address, and cash registers are reached over the network", "write it like tcp://192.0.2.30:4100")
		}
		v.baud(entry, s.Baud, DefaultSettler().Baud)
		v.absolute(entry+".password_file", s.PasswordFile)
		if s.Currency != "" && !regexp.MustCompile(`^[A-Z]{3}$`).MatchString(s.Currency) {
			v.fault(entry+".currency", quoted(s.Currency)+" is not a currency", "write three letters such as TRY or EUR")
		}
		v.timers(entry+".timers", s)
	}
}

// timers refuses those that a kind has no use for: a time that nothing waits for looks like one that holds.
func (v *validation) timers(entry string, s Settler) {
	t, normal := s.Timers, DefaultSettlerOf(s.Kind).Timers
	if normal == (Timers{}) {
		return // the kind is a fault already
	}
	for _, w := range []struct {
		key                        string
		value, least, most, normal time.Duration
	}{
		{"frame_gap", t.FrameGap, 10 * time.Millisecond, 5 * time.Second, normal.FrameGap},
		{"acknowledge", t.Acknowledge, 50 * time.Millisecond, time.Minute, normal.Acknowledge},
		{"answer", t.Answer, 50 * time.Millisecond, time.Minute, normal.Answer},
		{"quiet", t.Quiet, 500 * time.Millisecond, 15 * time.Minute, normal.Quiet},
		{"longest", t.Longest, 5 * time.Second, 30 * time.Minute, normal.Longest},
		{"heartbeat", t.Heartbeat, 100 * time.Millisecond, time.Hour, normal.Heartbeat},
		{"silent_after", t.SilentAfter, 200 * time.Millisecond, 24 * time.Hour, normal.SilentAfter},
	} {
		switch at := entry + "." + w.key; {
		case w.normal != 0:
			within(v, at, w.value, w.least, w.most, w.normal)
		case w.value != 0:
			v.fault(at, "is nothing that devices of kind "+string(s.Kind)+" are waited for", "remove it")
		}
	}
	if t.Longest != 0 && normal.Longest != 0 && t.Longest < t.Quiet {
		v.fault(entry+".longest", plain(t.Longest)+" is less than quiet, so one silence would end every payment", "write at least "+plain(t.Quiet))
	}
	if normal.SilentAfter != 0 && t.SilentAfter < 2*t.Heartbeat {
		v.fault(entry+".silent_after", plain(t.SilentAfter)+" is less than two heartbeats, so one late answer would make the device silent", "write "+plain(2*t.Heartbeat))
	}
}

func (v *validation) printers(all *heard) {
	ids := v.namesOf("printers")
	for i, p := range v.Printers {
		entry := fmt.Sprintf("printers[%d]", i)
		all.id(ids, entry, i, p.ID)
		known(v, entry+".model", p.Model, Epson, Datecs, Generic, Raster)
		all.port(entry, p.Port, v.serialPort(entry+".port", p.Port, "/dev/serial/by-id/..."))
		v.baud(entry, p.Baud, DefaultPrinter().Baud)
		within(v, entry+".width", p.Width, 24, 72, DefaultPrinter().Width)
	}
}

func (v *validation) baud(entry string, baud, normal int) {
	if rates := []int{1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200}; !slices.Contains(rates, baud) {
		v.fault(entry+".baud", fmt.Sprintf("%d is no rate such devices use", baud), fmt.Sprintf("write %d, what most are set to", normal))
	}
}

// checkout checks what checkout kiosks have in common.
func (v *validation) checkout() {
	c := v.Checkout
	if c.Profile != "" {
		known(v, "checkout.profile", c.Profile, Turkey, Germany, Austria, Italy, Plain)
	}
	if c.Bag != "" && !regexp.MustCompile(`^[0-9]{8}([0-9]{4,6})?$`).MatchString(c.Bag) {
		v.fault("checkout.bag", quoted(c.Bag)+" is not an item number", "write the digits below the bag's bar code, in quotes")
	}
	if c.InvoiceLimit != "" && !regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,3})?$`).MatchString(c.InvoiceLimit) {
		v.fault("checkout.invoice_limit", quoted(c.InvoiceLimit)+" is not a sum", `write it like "9900.00", in quotes and without a currency`)
	}
	within(v, "checkout.idle_after", c.IdleAfter, 15*time.Second, 10*time.Minute, v.normal.Checkout.IdleAfter)
	v.hour("checkout.opens", c.Opens, "09:00")
	v.hour("checkout.closes", c.Closes, "22:00")
	if (c.Opens == "") != (c.Closes == "") {
		v.fault("checkout.opens", "stands without the other end of the day, or the other way round", "write both opens and closes, or neither")
	}
	if c.ReceiptURL != "" {
		v.remote("checkout.receipt_url", c.ReceiptURL, "write it like https://receipts.example/r", "https", "http")
	}
	if c.ReceiptLANURL != "" {
		v.remote("checkout.receipt_lan_url", c.ReceiptLANURL, "write it like http://192.0.2.2:8461/r", "https", "http")
	}
	if c.ReceiptLANListen != "" {
		v.listen("checkout.receipt_lan_listen", c.ReceiptLANListen, "write it like 192.0.2.2:8461")
	}
	if (c.ReceiptLANURL == "") != (c.ReceiptLANListen == "") {
		v.fault("checkout.receipt_lan_url", "stands without receipt_lan_listen, or the other way round", "write both, or neither")
	}
	if v.CheckoutProfile() == Turkey && c.Seller.TaxID != "" && !TurkishTaxID(c.Seller.TaxID) {
		v.fault("checkout.seller.tax_id", quoted(c.Seller.TaxID)+" is no Turkish tax number, or has a digit that is wrong", "write the ten digits of the VKN, or the eleven of the TCKN, in quotes")
	}
	if v.CheckoutProfile() == Turkey && c.Seller.Name == "" && len(c.Seller.TaxID) == 11 && TurkishTaxID(c.Seller.TaxID) {
		v.fault("checkout.seller.tax_id", "is a person's, and store.name is a shop's", "write the person's name in checkout.seller.name")
	}
	if c.Seller.Country != "" && !regexp.MustCompile(`^[A-Z]{2}$`).MatchString(c.Seller.Country) {
		v.fault("checkout.seller.country", quoted(c.Seller.Country)+" is not a country", "write two letters such as TR or DE")
	}
	v.tills()
}

func (v *validation) hour(path, text, like string) {
	var t ClockTime
	if text != "" && setClockTime(&t, text) != nil {
		v.fault(path, quoted(text)+" is not a time of day", fmt.Sprintf("write it like %q", like))
	}
}

func (v *validation) tills() {
	ids := v.namesOf("tills")
	for i, t := range v.Tills {
		ids.check(i, "id", t.ID)
	}
	v.security()
}

// security checks what lets go of what was paid for. What was paid for somewhere one device lets go of.
func (v *validation) security() {
	gates, topics, beside := v.namesOf("security"), map[string]int{}, map[string]int{}
	for i, s := range v.Security {
		entry := fmt.Sprintf("security[%d]", i)
		gates.check(i, "id", s.ID)
		v.standsBeside(beside, i, s)
		if !v.required(entry+".topic", s.Topic, "write the topic the device listens to, such as showroom/v1/"+v.Store.ID+"/eas/"+s.ID) {
			continue
		}
		if strings.ContainsAny(s.Topic, "+#") {
			v.fault(entry+".topic", quoted(s.Topic)+" is a filter, and commands go to one device", "write it without + and #")
		}
		if first, twice := topics[s.Topic]; twice {
			v.fault(entry+".topic", fmt.Sprintf("%s is already that of security[%d]", quoted(s.Topic), first), "give each its own")
		}
		topics[s.Topic] = i
		if v.required(entry+".key_file", s.KeyFile, "write the path of the file that holds the device's key") {
			v.absolute(entry+".key_file", s.KeyFile)
		}
	}
}

// standsBeside checks where the i-th security device stands: beside kiosks and tills that are there, and beside which no other does.
func (v *validation) standsBeside(taken map[string]int, i int, s Security) {
	entry := fmt.Sprintf("security[%d]", i)
	if len(s.Kiosks)+len(s.Tills) == 0 {
		if first, twice := taken["rest"]; twice {
			v.fault(entry, fmt.Sprintf("names no kiosks and no tills, as security[%d], and only one can serve the rest", first), "write beside which it stands")
			return
		}
		taken["rest"] = i
	}
	for _, list := range []struct {
		key, what string
		ids, all  []string
	}{
		{"kiosks", "checkout kiosk", s.Kiosks, idsOf(slices.DeleteFunc(slices.Clone(v.Kiosks), func(k Kiosk) bool { return k.Mode != Checkout }), func(k Kiosk) string { return k.ID })},
		{"tills", "till", s.Tills, idsOf(v.Tills, func(t Till) string { return t.ID })},
	} {
		for n, id := range list.ids {
			path := fmt.Sprintf("%s.%s[%d]", entry, list.key, n)
			other, twice := taken[list.key+" "+id]
			switch {
			case !slices.Contains(list.all, id):
				v.dangling(path, id, list.what, list.key, list.all)
			case twice:
				v.fault(path, fmt.Sprintf("security[%d] stands beside %s already", other, quoted(id)), "write each once")
			default:
				taken[list.key+" "+id] = i
			}
		}
	}
}

// counter checks what a checkout kiosk is paid with. Several kiosks may share a settler and a printer.
func (v *validation) counter(at string, k Kiosk) {
	for _, d := range []struct {
		key, id string
		ids     []string
	}{
		{"settler", k.Settler, idsOf(v.Settlers, func(s Settler) string { return s.ID })},
		{"printer", k.Printer, idsOf(v.Printers, func(p Printer) string { return p.ID })},
	} {
		switch {
		case d.id == "":
		case k.Mode != Checkout:
			v.fault(at+d.key, "is for checkout kiosks; this one is "+quoted(string(k.Mode)), "remove it")
		case !slices.Contains(d.ids, d.id):
			v.dangling(at+d.key, d.id, d.key, d.key+"s", d.ids)
		}
	}
}
