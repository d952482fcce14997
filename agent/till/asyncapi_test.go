package till_test

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"showroom/agent/till"
	"showroom/devices"
)

// schema is as much of a JSON schema as the contract uses.
type schema struct {
	Type       string            `yaml:"type"`
	Additional bool              `yaml:"additionalProperties"`
	Required   []string          `yaml:"required"`
	Properties map[string]schema `yaml:"properties"`
	Items      *schema           `yaml:"items"`
	Ref        string            `yaml:"$ref"`
	Enum       []string          `yaml:"enum"`
	MaxItems   int               `yaml:"maxItems"`
}

func TestTheContractIsTheTypes(t *testing.T) {
	raw, err := os.ReadFile("till.asyncapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var contract struct {
		Version string `yaml:"asyncapi"`
		Info    struct {
			Description string `yaml:"description"`
		} `yaml:"info"`
		Components struct {
			Schemas map[string]schema `yaml:"schemas"`
		} `yaml:"components"`
		Channels map[string]struct {
			Address string `yaml:"address"`
		} `yaml:"channels"`
	}
	if err := yaml.Unmarshal(raw, &contract); err != nil {
		t.Fatal(err)
	}
	ours := map[string]reflect.Type{}
	for _, v := range []any{till.Event{}, till.EventLine{}, till.EventTender{}, till.EventTotals{}, till.EventFiscal{}, till.Ask{}, till.Answer{},
		till.Offered{}, till.AskError{}, till.Command{}, till.Result{}} {
		ours[reflect.TypeOf(v).Name()] = reflect.TypeOf(v)
	}
	for name, s := range contract.Components.Schemas {
		typ, known := ours[name]
		if !known {
			t.Errorf("%s is in the contract only", name)
			continue
		}
		delete(ours, name)
		if s.Type != "object" || s.Additional {
			t.Errorf("%s is not a closed object", name)
		}
		compare(t, name, s, typ)
	}
	for name := range ours {
		t.Errorf("%s is not in the contract", name)
	}
	types := []string{}
	for _, e := range till.EventTypes() {
		types = append(types, string(e))
	}
	event := contract.Components.Schemas["Event"]
	if diff := cmp.Diff(types, event.Properties["type"].Enum); diff != "" {
		t.Error(diff)
	}
	if event.Properties["lines"].MaxItems != till.MaxLines || event.Properties["tenders"].MaxItems != till.MaxTenders {
		t.Error("the contract has other limits")
	}
	for _, most := range []int{till.MaxEvent, devices.MostMessage} {
		if !strings.Contains(contract.Info.Description, fmt.Sprint("at most ", most, " bytes")) && !strings.Contains(contract.Info.Description, fmt.Sprint("more than ", most, " bytes")) {
			t.Errorf("the contract does not say that there are at most %d bytes", most)
		}
	}
	s := open(t)
	if a := contract.Channels["event"].Address; strings.NewReplacer("{store}", "ist-01", "{till}", "+").Replace(a) != s.EventTopics() {
		t.Errorf("events come at %s, the contract says %s", s.EventTopics(), a)
	}
	if a := contract.Channels["ask"].Address; strings.NewReplacer("{store}", "ist-01", "{till}", "+").Replace(a) != s.BasketTopics() {
		t.Errorf("tills ask at %s, the contract says %s", s.BasketTopics(), a)
	}
}

// compare holds a schema to a struct: the same names, the same kinds, and required what is no "omitempty".
func compare(t *testing.T, name string, s schema, typ reflect.Type) {
	t.Helper()
	var required []string
	fields := map[string]bool{}
	for i := range typ.NumField() {
		f := typ.Field(i)
		key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		fields[key] = true
		if options == "" {
			required = append(required, key)
		}
		p, there := s.Properties[key]
		if !there {
			t.Errorf("%s.%s is not in the contract", name, key)
			continue
		}
		if want := kindOf(f.Type); want != kindOfSchema(p) {
			t.Errorf("%s.%s is %s, the contract says %s", name, key, want, kindOfSchema(p))
		}
	}
	for key := range s.Properties {
		if !fields[key] {
			t.Errorf("%s.%s is in the contract only", name, key)
		}
	}
	slices.Sort(required)
	said := slices.Sorted(slices.Values(s.Required))
	if diff := cmp.Diff(required, said); diff != "" {
		t.Errorf("%s: required\n%s", name, diff)
	}
}

func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return kindOf(t.Elem())
	case reflect.Int, reflect.Int64:
		return "integer"
	case reflect.Slice:
		return "array of " + kindOf(t.Elem())
	case reflect.Struct:
		if strings.HasPrefix(t.PkgPath(), "showroom/agent/till") {
			return t.Name()
		}
	}
	return "string"
}

func kindOfSchema(s schema) string {
	if s.Ref != "" {
		return strings.TrimPrefix(s.Ref, "#/components/schemas/")
	}
	if s.Type == "array" && s.Items != nil {
		return "array of " + kindOfSchema(*s.Items)
	}
	return s.Type
}
