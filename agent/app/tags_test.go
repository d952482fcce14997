package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"showroom/agent/localapi"
	"showroom/config"
	"showroom/devices/devicetest"
	"showroom/devices/mqttlink"
)

// tell posts a body and reads the answer; into may be nil for none.
func tell(t *testing.T, client *http.Client, url string, body, into any) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := client.Post(url, "application/json", bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	said, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s: %s, %v", url, r.Status, said, err)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(said, into); err != nil {
		t.Fatal(err)
	}
}

// floor is a shop with two zones, each with a gateway at the embedded broker.
func floor(t *testing.T) (cfg config.Config, broker string) {
	t.Helper()
	cfg = shop(t)
	cfg.Broker.Listen = devicetest.FreeAddress(t)
	for _, id := range []string{"shoes", "coats"} {
		g := config.DefaultGateway()
		g.ID, g.Format, g.Topic = "gw-"+id, config.OMG, "home/gw-"+id+"/#"
		cfg.Gateways = append(cfg.Gateways, g)
		cfg.Zones = append(cfg.Zones, config.Zone{ID: id, Name: "Zone of " + id, Gateways: []string{g.ID}})
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	return cfg, "mqtt://" + cfg.Broker.Listen
}

// gateways publish what both hear of the radios, five times a second, until the function they answer is called.
func gateways(t *testing.T, broker, loud string, radios ...string) (stop func()) {
	t.Helper()
	client, err := mqttlink.Dial(t.Context(), mqttlink.Options{URL: broker, ClientID: "gateways"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var talking sync.WaitGroup
	talking.Go(func() {
		beat := time.NewTicker(200 * time.Millisecond)
		defer beat.Stop()
		for {
			for _, id := range []string{"gw-shoes", "gw-coats"} {
				strength := -85
				if id == loud {
					strength = -60
				}
				for _, radio := range radios {
					said := fmt.Sprintf(`{"id":%q,"rssi":%d}`, radio, strength)
					if err := client.Publish(ctx, "home/"+id+"/BTtoMQTT/X", 0, false, []byte(said)); err != nil {
						return
					}
				}
			}
			select {
			case <-ctx.Done():
				return
			case <-beat.C:
			}
		}
	})
	return func() {
		cancel()
		talking.Wait()
		_ = client.Close()
	}
}

// TestALoanTagIsFollowedAndNobodyElse through the whole agent: from a gateway's message to the list of tags, and over a restart.
func TestALoanTagIsFollowedAndNobodyElse(t *testing.T) {
	const loan, stranger = "AC:23:3F:A0:32:08", "AC:23:3F:77:66:55"
	cfg, broker := floor(t)
	url, stop := start(t, cfg)
	var tag localapi.Tag
	tell(t, overSocket(cfg), "http://agent"+localapi.PathTags, localapi.EnrolCommand{ID: "1", Kind: "loan", Label: "Loan tag 7", Identity: loan}, &tag)
	zone := func() localapi.Tag {
		var all localapi.Tags
		read(t, http.DefaultClient, url+localapi.PathTags, &all)
		if len(all.Tags) != 1 {
			t.Fatalf("%d tags are listed", len(all.Tags))
		}
		return all.Tags[0]
	}
	silence := gateways(t, broker, "gw-coats", loan, stranger)
	until(t, "the tag is among the coats", func() bool { return zone().ZoneName == "Zone of coats" })
	silence()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	url, stop = start(t, cfg)
	if now := zone(); now.Zone != "coats" || now.State != "out" {
		t.Errorf("after a restart it is %s in %q", now.State, now.Zone)
	}
	silence = gateways(t, broker, "gw-shoes", loan, stranger)
	until(t, "the tag is among the shoes", func() bool { return zone().Zone == "shoes" })
	tell(t, http.DefaultClient, url+"/v1/tags/"+tag.ID+"/return", localapi.ReturnCommand{ID: "2"}, &tag)
	if now := zone(); now.State != "away" || now.Zone != "" {
		t.Errorf("taken back, it is %s in %q", now.State, now.Zone)
	}
	var all localapi.Devices
	until(t, "strangers and what is put away are counted", func() bool {
		read(t, http.DefaultClient, url+localapi.PathDevices, &all)
		foreign := uint64(0)
		for _, d := range all.Devices {
			foreign += d.Foreign
		}
		return foreign > 20
	})
	silence()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	holdsNowhere(t, cfg.StateDir, "AC:23:3F", "AC233F", "ac233f", "ac:23:3f", "\xac\x23\x3f")
}

// holdsNowhere reads every file of a folder.
func holdsNowhere(t *testing.T, dir string, planted ...string) {
	t.Helper()
	files := 0
	if err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		files++
		for _, p := range planted {
			if bytes.Contains(raw, []byte(p)) {
				t.Errorf("%s holds %q", filepath.Base(path), p)
			}
		}
		return err
	}); err != nil || files == 0 {
		t.Errorf("%d files, %v", files, err)
	}
}
