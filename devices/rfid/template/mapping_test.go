package template_test

import (
	"strings"
	"testing"

	"showroom/agent/showroom"
	"showroom/devices/rfid/template"
)

func TestBadMappings(t *testing.T) {
	for name, c := range map[string]struct {
		mapping template.Mapping
		want    []string // what must be said
	}{
		"nothing":             {template.Mapping{}, []string{"epc: is missing"}},
		"unknown words":       {template.Mapping{Form: "xml", EPCCoding: "octal", RSSIUnit: "watt", TimeUnit: "h"}, []string{`form: "xml" is not known; write one of json, keonn_text`, "epc_coding: ", "rssi_unit: ", "time_unit: "}},
		"two dots":            {template.Mapping{EPC: "a..b"}, []string{`epc: "a..b" is not a path`}},
		"dot at the end":      {template.Mapping{EPC: "a."}, []string{`epc: "a." is not a path`}},
		"two lists":           {template.Mapping{EPC: "a[].b[].c"}, []string{`epc: "b[].c" is not a path`}},
		"list without a dot":  {template.Mapping{EPC: "a[]b"}, []string{`epc: "a[]b" needs a dot behind []`}},
		"list without a name": {template.Mapping{EPC: "[].b"}, []string{`epc: "" is not a path`}},
		"another list":        {template.Mapping{EPC: "a[].b", RSSI: "c[].d"}, []string{`rssi: "c[].d" leads through another list than the EPC's "a[].b"`}},
		"a list of its own":   {template.Mapping{EPC: "a", RSSI: "c[].d"}, []string{`rssi: "c[].d" leads through another list`}},
		"the same place":      {template.Mapping{EPC: "a", RSSI: "a"}, []string{`rssi: "a" is where another path leads`}},
		"into a value":        {template.Mapping{EPC: "a", RSSI: "a.b"}, []string{`rssi: "a.b" leads through a value`}},
		"over a value":        {template.Mapping{EPC: "a.b", RSSI: "a"}, []string{`rssi: "a" is where another path leads`}},
		"into the list":       {template.Mapping{EPC: "a[].b", RSSI: "a.b"}, []string{`rssi: "a.b" leads through a value`}},
		"plain list and more": {template.Mapping{EPC: "a[]", RSSI: "a[].b"}, []string{`rssi: "b" leads through a value`}},
		"far too deep":        {template.Mapping{EPC: strings.Repeat("a.", 20) + "b"}, []string{"epc: a path has at most 16 keys"}},
		"topic level":         {template.Mapping{EPC: "a", ReaderTopicLevel: -1}, []string{"reader_topic_level: -1 is not a level"}},
		"paths in text":       {template.Mapping{Form: "keonn_text", EPC: "a", Time: "b", RSSIUnit: "cdbm"}, []string{"epc: the form keonn_text has no paths", "time: ", "form: keonn_text is in hex and dbm"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := template.Compile(c.mapping)
			if err == nil || got != nil {
				t.Fatalf("got %v and no error", got)
			}
			if code := showroom.ErrorCode(err); code != showroom.CodeInvalid {
				t.Errorf("code %q", code)
			}
			if n := strings.Count(err.Error(), "\n") + 1; n != len(c.want) {
				t.Errorf("%d faults, want %d:\n%v", n, len(c.want), err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q misses %q", err, want)
				}
			}
		})
	}
}
