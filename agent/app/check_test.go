package app_test

import (
	"strings"
	"testing"

	"showroom/agent/app"
	"showroom/config"
)

// What would go wrong at the counter only is told before the agent runs, with the line it stands on.
func TestWhatTheCounterCanNotDoIsRefusedBeforeTheAgentRuns(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a shop no terminal takes money for": {"currency: AED\n", `shop.yaml:5: store.currency: "AED" is none that this release can ask a terminal of kind zvt for, so settlers[0] would decline every payment; remove the settler, so that baskets go to the till, or write one of EUR, TRY, CHF`},
		"a terminal nobody takes money for":  {"currency: AED\nsettlers: [{id: pt, kind: zvt, port: 'tcp://h:20007', currency: AED}]", `shop.yaml:6: settlers[0].currency: "AED" is none`},
		"a terminal of another currency":     {"currency: EUR\nsettlers:\n- id: pt\n  kind: zvt\n  port: tcp://h:20007\n  currency: CHF\n", `shop.yaml:10: settlers[0].currency: "CHF" is not what the shop sells in, so the terminal would decline every payment; write EUR, as in store.currency, or remove the line`},
		"yen":                                {"currency: JPY\n", ""},
		"dinars of Kuwait":                   {"currency: KWD\n", ""},
		"a cash register, which is told":     {"currency: AED\nsettlers: [{id: pt, kind: okc, port: 'tcp://h:4100'}]", ""},
		"a bag mistyped":                     {"currency: EUR\ncheckout:\n  bag: \"00614141000907\"\n", `shop.yaml:7: checkout.bag: "00614141000907" has a digit that is wrong: its last one does not belong to the others; write the digits below the bag's bar code, in quotes`},
		"a bag":                              {"currency: EUR\ncheckout:\n  bag: \"00614141000906\"\n", ""},
		"a bag by its name, told once":       {"currency: EUR\ncheckout: {bag: carrier}\n", `checkout.bag: "carrier" is not an item number`},
	} {
		t.Run(name, func(t *testing.T) {
			text := "store:\n  id: x\n  name: X\n  company_prefixes: [\"0614141\"]\n  " + c.text
			if !strings.Contains(c.text, "settlers") {
				text = strings.TrimRight(text, "\n") + "\nsettlers: [{id: pt, kind: zvt, port: 'tcp://h:20007'}]\n"
			}
			_, err := config.Parse([]byte(text), "shop.yaml", app.Check)
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Count(err.Error(), "\n") > 0):
				t.Errorf("got\n%v\nwant the one fault\n%s", err, c.want)
			}
		})
	}
}
