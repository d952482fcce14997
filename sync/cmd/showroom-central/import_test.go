package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"showroom/sync/central"
)

// startCentral serves until the test ends.
func startCentral(t *testing.T, shops ...string) (url string) {
	t.Helper()
	known := map[string]central.Shop{}
	for _, store := range shops {
		known[store] = central.Shop{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	addr, done := make(chan net.Addr, 1), make(chan error, 1)
	go func() {
		done <- central.Run(ctx, central.Config{
			Listen: "127.0.0.1:0", StateDir: t.TempDir(), OperatorToken: "secret", Shops: known, Listening: func(a net.Addr) { addr <- a },
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the service ended with %v", err)
		}
	})
	select {
	case a := <-addr:
		return "http://" + a.String()
	case err := <-done:
		done <- err
		t.Fatalf("the service did not start: %v", err)
		return ""
	}
}

// run runs the import command.
func run(t *testing.T, args ...string) (out string, err error) {
	t.Helper()
	var b bytes.Buffer
	cmd := importCommand()
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	cmd.SetOut(&b)
	cmd.SetErr(&b)
	cmd.SetArgs(args)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); { // a service that has just started says so
		b.Reset()
		if err = cmd.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), "Starting") {
			break
		}
	}
	return b.String(), err
}

func writeOffers(t *testing.T, content string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "offers.json")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestImportCommand(t *testing.T) {
	url := startCentral(t)
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := write(t, header()+"\n"+row(nil)+"\n"+row(map[string]string{"gtin": "0614141000029", "images": "b.png"})+"\n")
	const note = "note: the service was started without --shops and can not say whether there is a shop \"s1\"\n"
	offers := writeOffers(t, `[{"id": "o", "name": {"en": "Half price"}, "kind": "percentage", "basis_points": 5000}]`)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{file, "--store", "s1"}, note + "1 products, 2 items, 2 prices, 0 offers, 2 stock figures, 2 pictures: 7 changed, 0 unchanged, 0 deleted\n"},
		{[]string{file, "--store", "s1"}, note + "1 products, 2 items, 2 prices, 0 offers, 2 stock figures, 2 pictures: 0 changed, 7 unchanged, 0 deleted\n"},
		{[]string{file, "--store", "s1", "--offers", offers}, note + "1 products, 2 items, 2 prices, 1 offers, 2 stock figures, 2 pictures: 1 changed, 7 unchanged, 0 deleted\n"},
		{[]string{"--synthetic", "10", "--replace"}, "1 products, 10 items, 10 prices, 0 offers, 0 stock figures, 0 pictures: 21 changed, 0 unchanged, 5 deleted\n"},
	} {
		if out, err := run(t, append(c.args, "--url", url, "--token-file", token)...); err != nil || out != c.want {
			t.Errorf("import %v: %q, %v; want %q", c.args, out, err, c.want)
		}
	}
}

func TestImportCommandRefuses(t *testing.T) {
	url := startCentral(t)
	file := write(t, header()+"\n"+row(nil)+"\n")
	bad := write(t, header()+"\n"+row(map[string]string{"stock": "many"})+"\n")
	for name, c := range map[string]struct {
		args  []string
		want  string
		usage bool
	}{
		"nothing":            {nil, "name a file or use --synthetic", true},
		"both":               {[]string{file, "--synthetic", "1"}, "one of them", true},
		"too many":           {[]string{"--synthetic", "1000001"}, "at most", true},
		"a clear network":    {[]string{file, "--url", "http://central.example"}, "use https", true},
		"a file that is not": {[]string{file + "x", "--url", url}, "no such file", false},
		"a wrong line":       {[]string{bad, "--url", url, "--token", "secret"}, `catalogue.csv:2: stock "many"`, false},
		"no list of offers":  {[]string{file, "--url", url, "--offers", writeOffers(t, `{}`)}, "offers.json", false},
		"a word misspelt":    {[]string{file, "--url", url, "--offers", writeOffers(t, `[{"id": "o", "basis_point": 5000}]`)}, "basis_point", false},
		"a wrong token":      {[]string{file, "--url", url, "--token", "guess"}, "Unknown token", false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := run(t, c.args...)
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.As(err, new(usageError)) != c.usage {
				t.Errorf("import: %v, want an error with %q (of the command line: %t)", err, c.want, c.usage)
			}
		})
	}
}

func TestImportForAShopThatIsNone(t *testing.T) {
	url := startCentral(t, "s2", "s1")
	file := write(t, header()+"\n"+row(nil)+"\n")
	elsewhere := writeOffers(t, `[{"id": "o", "name": {"en": "Half price"}, "kind": "percentage", "basis_points": 5000, "stores": ["s1", "nowhere"]}]`)
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"stock":  {[]string{file, "--store", "nosuch"}, "store nosuch: there is no such shop; there are s1, s2\n"},
		"offers": {[]string{file, "--store", "s1", "--offers", elsewhere}, "offer o: there is no shop \"nowhere\"; there are s1, s2\n"},
	} {
		if out, err := run(t, append(c.args, "--url", url, "--token", "secret")...); err == nil || out != c.want {
			t.Errorf("%s: %q, %v, want %q", name, out, err, c.want)
		}
	}
	if out, err := run(t, file, "--store", "s1", "--url", url, "--token", "secret"); err != nil || strings.Contains(out, "note") {
		t.Errorf("a shop there is: %q, %v", out, err)
	}
}

func TestOffersSayWhatIsWrongAndWhere(t *testing.T) {
	path := writeOffers(t, `[{"id": "one", "coupn": "X"}, {"name": {"en": "Two"}, "basis_point": 1, "Kind": "amount", "a": 0}, {"id": "three", "n": "many"}, 4, {"id": "five"}]`)
	_, err := readOffers(path)
	if err == nil {
		t.Fatal("it was read")
	}
	for _, want := range []string{
		path + `: [0] (offer one): "coupn" is no field of an offer`,
		path + `: [1]: "a" is no field of an offer`,
		path + `: [1]: "basis_point" is no field of an offer`,
		path + `: [2] (offer three): n: a string is not what stands there; want int`,
		path + `: [3]: `,
		"an offer has the fields id, name, kind, ",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("it does not say %q:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "[4]") || strings.Contains(err.Error(), `"Kind"`) {
		t.Errorf("what is right is wrong:\n%v", err)
	}
	for _, none := range []string{"null", "{}", "[] []", ""} {
		if _, err := readOffers(writeOffers(t, none)); err == nil || !strings.Contains(err.Error(), "offers.json") {
			t.Errorf("%q was read as offers: %v", none, err)
		}
	}
}

func TestServeReadsTokens(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(file, []byte("# devices\nagent-1=one\n\noperator=two\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var cfg central.Config
	if err := addTokens(&cfg, []string{"agent-2=three"}, file); err != nil {
		t.Fatal(err)
	}
	if cfg.Tokens["agent-1"] != "one" || cfg.Tokens["agent-2"] != "three" || cfg.OperatorToken != "two" {
		t.Errorf("read %v and %q", cfg.Tokens, cfg.OperatorToken)
	}
	if err := os.WriteFile(file, []byte("agent-1\nagent-2=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := addTokens(&central.Config{}, nil, file)
	if err == nil || !strings.Contains(err.Error(), ":1: ") || !strings.Contains(err.Error(), ":2: ") {
		t.Errorf("two wrong lines: %v", err)
	}
}
