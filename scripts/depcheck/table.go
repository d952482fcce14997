package main

// row is what one package, or a tree of packages, may import. Allowing less is the point: what a row does not list is refused.
type row struct {
	dir   string   // folder below the module's root; "x/..." is every folder below x, and the longest match wins
	floor int      // imports go down
	own   []string // packages of ours, as folders in the form of dir; see also everywhere and below
	below string   // also every package on a lower floor under this folder
	alone bool     // not even what everywhere lists
	third []string // packages or modules of others; see also sole and shared
	why   string   // the reason a refused import is refused, said to whoever tried
}

// Floors of the house. What stands on one floor does not know its neighbours unless its row lists them.
const (
	ground = iota // gs1, config
	domain
	words    // neutral readings and the two contracts
	parts    // wires, codecs, rules, storage
	useCases //
	runners  // what owns goroutines
	faces    // HTTP, pages, metrics
	root
	mains
)

// everywhere may be imported by each agent, devices and sync package that stands higher.
func everywhere() []string { return []string{"agent/gs1", "agent/showroom", "agent/lang"} }

// house is the table. A package without a row fails the check: whoever adds one decides where it stands.
func house() []row {
	var all []row
	for _, column := range [][]row{agentRows(), deviceRows(), syncRows(), kioskRows(), mainRows()} {
		all = append(all, column...)
	}
	return append(all,
		row{dir: "config", floor: ground, alone: true, third: []string{"github.com/goccy/go-yaml"}, why: "config is plain values; the composition root converts them into each package's options"},
		row{dir: "scripts/...", floor: mains + 1, own: []string{"..."}, third: []string{"..."}},
	)
}

func agentRows() []row {
	return []row{
		{dir: "agent/gs1", floor: ground, alone: true, why: "gs1 is arithmetic on numbers and imports nothing"},
		{dir: "agent/pan", floor: domain, why: "pan is arithmetic on text"},
		{dir: "agent/showroom", floor: domain, why: "the domain's rules know no technology and nothing above them"},
		{dir: "agent/lang", floor: domain, alone: true, third: []string{"golang.org/x/text"}, why: "lang turns values into words and knows no shop"},
		{dir: "agent/localapi", floor: words, alone: true, why: "the contract with kiosk and staff page has its own types, so that the domain can change under it"},
		{dir: "agent/presence", floor: parts, own: []string{"devices"}, why: "presence decides from readings and time; rules do no I/O"},
		{dir: "agent/presence/zones", floor: parts, own: []string{"devices", "agent/presence"}, why: "zones decide from sightings and time, as presence does from readings; rules do no I/O"},
		{dir: "agent/offer", floor: parts, why: "an offer is a pure function of what is known"},
		{dir: "agent/receipt", floor: parts, third: []string{"github.com/boombuler/barcode", "github.com/go-pdf/fpdf"}, why: "a receipt is a pure function of a sale"},
		{dir: "agent/receipt/ubltest", floor: parts, why: "rules for documents know documents only"},
		{dir: "agent/receipt/receiptweb", floor: useCases, own: []string{"agent/receipt"}, why: "it shows receipts to the world, from wherever sales are found"},
		{dir: "agent/store", floor: parts, own: []string{"agent/pan"}, third: []string{"github.com/mattn/go-sqlite3"}, why: "the store keeps facts and decides nothing"},
		{dir: "agent/live", floor: parts, own: []string{"devices"}, why: "live holds what is true now; what must survive belongs to the store"},
		useCase("agent/fitting"), useCase("agent/checkout", "agent/pan"), useCase("agent/customer", "agent/pan", "devices/ble", "agent/presence/zones"), useCase("agent/orders"), useCase("agent/till", "agent/pan"),
		{dir: "agent/capture", floor: useCases, own: []string{"agent/pan", "agent/store", "agent/live", "devices", "devices/link"}, why: "a capture listens at a device's line and knows no protocol"},
		{dir: "agent/session", floor: runners, own: []string{"devices"}, below: "agent", why: "a session uses the use cases and is used by HTTP"},
		{dir: "agent/ingest", floor: runners, own: []string{"agent/presence", "agent/presence/zones", "agent/store", "agent/live", "devices", "devices/ble/gateway"}, why: "ingest owns the presence engines; what changes mean is for the appliers it is given"},
		face("agent/health", "github.com/prometheus/client_golang", "github.com/coreos/go-systemd"),
		face("agent/httpd", "github.com/danielgtaylor/huma/v2", "github.com/prometheus/client_golang", "golang.org/x/crypto/argon2"),
		face("agent/staff", "golang.org/x/crypto/argon2"),
		{dir: "agent/dryrun", floor: faces, own: []string{"devices", "devices/recording", "devices/sim"}, below: "agent", why: "a dry run plays the simulated shop against the rules alone; the real agent is wired in agent/app"},
		{dir: "agent/app", floor: root, own: []string{"agent/...", "devices", "devices/link", "devices/mqttlink/...", "devices/recording", "devices/rfid/...", "devices/ble/...", "devices/scan/...", "devices/pos/...", "devices/printer/...", "sync/profileapi", "sync/uplink", "sync/downlink", "config"},
			third: []string{"github.com/thejerf/suture/v4", "github.com/coreos/go-systemd", "golang.org/x/sys"}, why: "the composition root wires the agent; kiosk and central service are other programs"},
	}
}

func useCase(dir string, also ...string) row {
	return row{dir: dir, floor: useCases, own: append(also, "agent/presence", "agent/store", "agent/live", "agent/offer", "agent/receipt", "devices"),
		why: "a use case loads, asks the domain and saves; it knows no other use case and no transport"}
}

func face(dir string, third ...string) row {
	return row{dir: dir, floor: faces, own: []string{"devices"}, below: "agent", third: third,
		why: "what faces people and machines stands side by side on the use cases; agent/app puts it together"}
}

func deviceRows() []row {
	const codec = "a codec turns bytes into frames over a stream it is given, and knows no port and no broker"
	rows := []row{
		{dir: "devices", floor: words, why: "neutral readings know no protocol"},
		{dir: "devices/link", floor: parts, own: []string{"devices"}, third: []string{"go.bug.st/serial", "golang.org/x/sys"}, why: "a link owns the port and knows nothing of frames"},
		{dir: "devices/recording", floor: parts, own: []string{"devices"}, why: "a recording keeps neutral readings and knows no protocol"},
		{dir: "devices/mqttlink", floor: parts, own: []string{"devices"}, third: []string{"github.com/eclipse/paho.mqtt.golang"}, why: "the MQTT client carries payloads and knows nothing of them"},
		{dir: "devices/mqttlink/broker", floor: parts, own: []string{"devices"}, third: []string{"github.com/mochi-mqtt/server/v2"}, why: "the broker carries payloads and knows nothing of them"},
		{dir: "devices/sim/...", floor: runners, own: []string{"devices/..."}, third: []string{"github.com/creack/pty"}, why: "the simulator stands in for hardware and must not know the agent that it tests"},
		{dir: "devices/devicetest/...", floor: runners, own: []string{"devices/..."}, third: []string{"github.com/creack/pty", "github.com/google/go-cmp", "pgregory.net/rapid"}, why: "conformance suites judge drivers by what the devices package promises"},
	}
	rows = append(rows,
		row{dir: "devices/printer", floor: parts, own: []string{"devices"}, third: []string{"github.com/boombuler/barcode", "golang.org/x/image"}, why: codec},
		row{dir: "devices/sim/printersim", floor: runners, third: []string{"github.com/boombuler/barcode", "golang.org/x/image", "golang.org/x/text"}, why: "the simulated printer draws what it gets and knows no driver"},
	)
	for _, family := range []string{"rfid", "ble", "scan", "pos"} {
		rows = append(rows, row{dir: "devices/" + family + "/...", floor: parts, own: []string{"devices", "devices/" + family}, why: codec})
	}
	for _, worded := range []string{"okc", "zvt"} { // these devices say things in words
		rows = append(rows, row{dir: "devices/pos/" + worded + "/...", floor: parts, own: []string{"devices", "devices/pos", "agent/pan"}, why: codec})
	}
	return rows
}

func syncRows() []row {
	const edge = "the edge side of sync meets the store only through the few methods it declares itself"
	const part = "a part of the central service meets the others through the stream; sync/central puts them together"
	const zstd = "github.com/klauspost/compress"
	rows := []row{
		{dir: "sync/profileapi", floor: words, alone: true, third: []string{zstd}, why: "the contract with head office has its own types, so that the domain can change under it"},
		{dir: "sync/uplink", floor: runners, own: []string{"sync/profileapi"}, third: []string{zstd, "github.com/cenkalti/backoff/v5"}, why: edge},
		{dir: "sync/downlink", floor: runners, own: []string{"sync/profileapi"}, third: []string{zstd, "github.com/cenkalti/backoff/v5"}, why: edge},
		{dir: "sync/central/stream", floor: useCases, third: []string{"github.com/nats-io"}, why: "the stream stores messages and knows nothing of them"},
		{dir: "sync/central/web", floor: faces, own: []string{"sync/central/stream", "sync/central/ingest", "sync/central/feed", "sync/central/golden", "sync/central/privacy", "sync/central/fleet", "sync/profileapi"}, third: []string{zstd}, why: "web turns requests into calls of the parts below it; sync/central puts it together"},
		{dir: "sync/central", floor: root, own: []string{"sync/central/...", "sync/profileapi", "agent/pan", "agent/receipt/..."}, why: "the central service is another program than the agent"},
	}
	for _, name := range []string{"ingest", "feed", "golden", "privacy", "fleet", "receipts"} {
		rows = append(rows, row{dir: "sync/central/" + name, floor: runners, own: []string{"sync/central/stream", "sync/profileapi", "agent/receipt"}, third: []string{zstd}, why: part})
	}
	return rows
}

func kioskRows() []row {
	const truth = "the kiosk meets the agent in localapi and nowhere else; a screen holds no truth"
	return []row{
		{dir: "kiosk/view", floor: parts, own: []string{"agent/localapi", "agent/lang"}, why: truth},
		{dir: "kiosk/agentclient", floor: parts, own: []string{"agent/localapi"}, why: truth},
		{dir: "kiosk/screen/...", floor: useCases, own: []string{"kiosk/view", "agent/lang", "kiosk/screen/..."}, third: []string{"fyne.io/fyne/v2", "github.com/boombuler/barcode"}, why: "a screen is a pure function of view.State"},
		{dir: "kiosk/loop", floor: useCases, own: []string{"kiosk/view", "kiosk/agentclient", "agent/localapi"}, why: "the loop moves messages between agent and screen and draws nothing"},
		{dir: "kiosk/kiosktest/...", floor: runners, own: []string{"kiosk/...", "agent/localapi", "agent/lang"}, third: []string{"fyne.io/fyne/v2", "github.com/google/go-cmp"}, why: truth},
		{dir: "kiosk/speech", floor: useCases, own: []string{"kiosk/view", "agent/lang"}, why: truth},
	}
}

func mainRows() []row {
	const thin = "main parses flags and exits; the work is in the program's root package"
	return []row{
		{dir: "agent/cmd/showroom-agent", floor: mains, own: []string{"agent/app", "agent/staff", "agent/localapi", "config",
			"agent/store", // what its journal command reads

			"agent/dryrun", "agent/presence", "agent/presence/zones", "devices/sim", "devices/recording", // what its simulate and replay commands play
			"devices", "devices/link", "devices/ble/...", "devices/scan/...", "devices/rfid/...", "devices/pos/..."}, // what its decode command decodes
			third: []string{"github.com/spf13/cobra"}, why: thin},
		{dir: "devices/cmd/showroom-sim", floor: mains, own: []string{"devices/...", "config"}, third: []string{"github.com/spf13/cobra"}, why: thin},
		{dir: "sync/cmd/showroom-central", floor: mains, own: []string{"sync/central", "sync/profileapi", "config"}, third: []string{"github.com/spf13/cobra"}, why: thin},
		{dir: "kiosk/cmd/showroom-kiosk", floor: mains, own: []string{"kiosk/...", "agent/localapi", "agent/lang", "config"}, third: []string{"github.com/spf13/cobra", "fyne.io/fyne/v2"}, why: thin},
	}
}

// shared are packages of others that more than one row may import, with where.
func shared() []row {
	return []row{
		{dir: "agent/...", third: []string{"github.com/google/uuid"}},
		{dir: "devices/...", third: []string{"github.com/google/uuid"}},
		{dir: "sync/...", third: []string{"github.com/google/uuid"}},
		{dir: "kiosk/...", third: []string{"github.com/google/uuid", "golang.org/x/image"}},
		{dir: "agent/store", third: []string{"golang.org/x/sys"}},
		{dir: "agent/health", third: []string{"golang.org/x/sys"}},
	}
}

// sole are packages that one place alone may import, in tests too where it says so.
type soleImport struct {
	pkg   string // and everything below it
	dir   string
	tests bool // not in tests of other packages either
	why   string
}

func sole() []soleImport {
	return []soleImport{
		{"fyne.io/fyne/v2/app", "kiosk/cmd/showroom-kiosk", true, "it brings cgo, OpenGL and a display; without it every screen is tested headless"},
		{"github.com/mattn/go-sqlite3", "agent/store", false, "all SQL is in the store"},
		{"database/sql", "agent/store", false, "there is one writer, and all SQL is in the store"},
		{"go.bug.st/serial", "devices/link", false, "one package knows the port's traps; everything else runs over a recording"},
		{"github.com/eclipse/paho.mqtt.golang", "devices/mqttlink", false, "its tokens and handlers have traps that one package knows"},
		{"github.com/mochi-mqtt/server", "devices/mqttlink/broker", false, "the broker can be replaced as long as one package knows it"},
		{"github.com/nats-io", "sync/central/stream", false, "the stream can be replaced as long as one package knows it"},
		{"github.com/thejerf/suture", "agent/app", false, "only the composition root decides what is restarted"},
	}
}
