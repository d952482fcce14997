package app

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/config"
	"showroom/devices/pos/zvt"
)

// Check is a further look at what the loader of the configuration can not judge: the files that say how a reader's messages are to be
// read, which the loader does not open, and what a device or a number has to be.
func Check(cfg config.Config) config.Faults {
	var faults config.Faults
	for i, r := range cfg.Readers {
		if r.Kind != config.Template || !filepath.IsAbs(r.Template) {
			continue
		}
		for _, f := range templateFaults(r.Template) {
			f.Path = fmt.Sprintf("readers[%d].template", i)
			faults = append(faults, f)
		}
	}
	for i, s := range cfg.Settlers {
		if s.Kind == config.ZVT {
			faults = append(faults, currencyFaults(cfg.Store.Currency, i, s)...)
		}
	}
	if _, err := gs1.ParseGTIN(cfg.Checkout.Bag); cfg.Checkout.Bag != "" && err != nil {
		faults = append(faults, config.Fault{
			Path: "checkout.bag", Problem: fmt.Sprintf("%q has a digit that is wrong: its last one does not belong to the others", cfg.Checkout.Bag),
			Instead: "write the digits below the bag's bar code, in quotes",
		})
	}
	return faults
}

// currencyFaults are why the i-th settler, a terminal, would decline whatever is paid in the shop.
func currencyFaults(shop string, i int, s config.Settler) config.Faults {
	at := fmt.Sprintf("settlers[%d].currency", i)
	switch currency := cmp.Or(s.Currency, shop); {
	case currency != shop:
		return config.Faults{{
			Path: at, Problem: fmt.Sprintf("%q is not what the shop sells in, so the terminal would decline every payment", currency),
			Instead: "write " + shop + ", as in store.currency, or remove the line",
		}}
	case !slices.Contains(zvt.Currencies(), showroom.Currency(currency)):
		if s.Currency == "" {
			at = "store.currency"
		}
		return config.Faults{{
			Path: at, Problem: fmt.Sprintf("%q is none that this release can ask a terminal of kind zvt for, so settlers[%d] would decline every payment", currency, i),
			Instead: "remove the settler, so that baskets go to the till, or write one of " + currencies(),
		}}
	}
	return nil
}

func currencies() string {
	var names []string
	for _, c := range zvt.Currencies() {
		names = append(names, string(c))
	}
	return strings.Join(names, ", ")
}

// templateFaults are what is wrong with one file, one for each line of what the parser says.
func templateFaults(file string) (faults config.Faults) {
	_, err := readTemplate(file)
	if err == nil {
		return nil
	}
	if missing, ok := errors.AsType[*fs.PathError](err); ok {
		return config.Faults{{
			Problem: fmt.Sprintf("%q can not be read: %v", file, missing.Err),
			Instead: "write the path of a mapping file that the agent's user can read",
		}}
	}
	for _, line := range strings.Split(err.Error(), "\n")[1:] {
		faults = append(faults, config.Fault{
			Problem: fmt.Sprintf("%q is no mapping: %s", file, line),
			Instead: "correct it and try it with showroom-agent decode reading --format template:" + file,
		})
	}
	return faults
}
