// Command fakeagent serves a fitting room, or a checkout, of the kiosk's test shop, to look at the real kiosk without the real agent:
//
//	go run ./kiosk/cmd/showroom-kiosk/testdata/fakeagent --listen 127.0.0.1:8099 --pictures kiosk/screen/testdata/pictures
//
// Lines on standard input change the room: four, seven, one, empty, leave, fault, up, offline, online, accept, way, deliver, gone, refuse CODE.
// Those of a checkout are: counter, shopping, paying WORD, paid, aside REASON, unknown, closed WHY, told CODE.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"showroom/agent/localapi"
	"showroom/kiosk/kiosktest"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8099", "address to serve")
	folder := flag.String("pictures", "kiosk/screen/testdata/pictures", "folder of the pictures")
	flag.Parse()
	shop, err := kiosktest.OpenShop(*folder)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	a := kiosktest.NewAgent(shop, kiosktest.Empty("tr"))
	go read(a, shop)
	server := &http.Server{Addr: *listen, Handler: a, ReadHeaderTimeout: 5 * time.Second}
	fmt.Fprintln(os.Stderr, server.ListenAndServe())
	os.Exit(1)
}

func read(a *kiosktest.Agent, shop *kiosktest.Shop) {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		if word == "refuse" {
			a.Refuse(rest)
			continue
		}
		a.Change(func(k *localapi.KioskState) {
			if !sell(k, shop, word, rest) {
				change(k, shop, word)
			}
		})
	}
}

// sell changes the checkout, and says whether that is what the word means.
func sell(k *localapi.KioskState, shop *kiosktest.Shop, word, rest string) bool {
	language, seq := k.Language, k.Seq
	basket := shop.Shopping(language)
	switch word {
	case "counter":
		*k = kiosktest.Counter(language)
	case "shopping":
		*k = basket
	case "paying":
		*k = kiosktest.Paying(basket, rest)
	case "paid":
		*k = kiosktest.Paid(kiosktest.Paying(basket, "printing"))
	case "aside":
		*k = kiosktest.SetAside(basket, rest)
	case "told":
		*k = kiosktest.Told(basket, rest)
	case "unknown":
		*k = kiosktest.Changed(kiosktest.Paying(basket, "please_wait"), func(c *localapi.Checkout) { c.Stage = localapi.StageUnknown })
	case "closed":
		*k = kiosktest.Changed(kiosktest.Counter(language), func(c *localapi.Checkout) { c.Stage, c.Closed = localapi.StageClosed, rest })
	default:
		return false
	}
	k.Seq = seq
	return true
}

func change(k *localapi.KioskState, shop *kiosktest.Shop, word string) {
	language := k.Language
	switch word {
	case "four":
		*k = shop.Four(language)
	case "one":
		*k = kiosktest.Visited(language, kiosktest.Hang(shop.Polo(language), 2))
	case "seven":
		*k = shop.Four(language)
		k.Room.Garments = append(k.Room.Garments, kiosktest.Hang(shop.Tee(language), 1), kiosktest.Hang(shop.Tee(language), 2),
			kiosktest.Hang(shop.Hoodie(language), 3))
	case "empty":
		*k = kiosktest.Visited(language)
	case "leave":
		*k = kiosktest.Empty(language)
	case "fault":
		k.Room.Reader.State = "fault"
	case "up":
		k.Room.Reader.State = "up"
	case "offline":
		k.Offline = true
	case "online":
		k.Offline = false
	}
	for i := range k.Room.Requests {
		r := &k.Room.Requests[i]
		switch word {
		case "accept":
			r.State, r.By = "accepted", "Elif"
		case "way":
			r.State, r.By = "on_the_way", "Elif"
		case "deliver":
			r.State, r.Changed = "delivered", k.Now
		case "gone":
			r.State = "unavailable"
		}
		r.Version++
	}
}
