package e2e

import (
	"fmt"
	"time"

	"showroom/agent/gs1"
	"showroom/devices/mqttlink"
)

// zebra is a reader at the shop's broker that the test plays itself, as room 1 has.
type zebra struct {
	s      *testShop
	client *mqttlink.Client
}

func dialZebra(s *testShop) *zebra {
	s.t.Helper()
	client, err := mqttlink.Dial(s.t.Context(), mqttlink.Options{URL: s.Broker, ClientID: "e2e"})
	s.must(err)
	s.t.Cleanup(func() { _ = client.Close() }) // the broker may be gone already
	return &zebra{s: s, client: client}
}

func (z *zebra) publish(payload string) {
	z.s.t.Helper()
	z.s.must(z.client.Publish(z.s.t.Context(), "ziotc/fr1/data", 0, false, []byte(payload)))
}

// beat is the sign of life of such a reader.
func (z *zebra) beat() {
	z.s.t.Helper()
	z.publish(fmt.Sprintf(`{"type":"HEARTBEAT","timestamp":%q,"data":{"radio_connection":"connected"}}`, stamp()))
}

// reads says that a tag was read, well.
func (z *zebra) reads(epc gs1.EPC) {
	z.s.t.Helper()
	z.publish(fmt.Sprintf(`{"type":"SIMPLE","timestamp":%q,"data":{"antenna":1,"format":"epc","idHex":%q,"peakRssi":-48,"reads":1}}`, stamp(), epc))
}

func stamp() string { return time.Now().UTC().Format("2006-01-02T15:04:05.000-0700") }
