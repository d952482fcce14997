package downlink_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"net"
	"slices"
	"testing"
	"time"

	"showroom/devices/devicetest"
	"showroom/sync/central"
	"showroom/sync/downlink"
	"showroom/sync/profileapi"
)

// startCentral serves from dir until stop is called.
func startCentral(t *testing.T, dir, listen string) (addr string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	listening, done := make(chan net.Addr, 1), make(chan error, 1)
	cfg := central.Config{
		Listen: listen, StateDir: dir, Tokens: map[string]string{"agent-1": "token-1"}, OperatorToken: "operator",
		Listening: func(a net.Addr) { listening <- a },
	}
	go func() { done <- central.Run(ctx, cfg) }()
	select {
	case a := <-listening:
		addr = a.String()
	case err := <-done:
		t.Fatalf("the centre did not start: %v", err)
	}
	return addr, func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the centre ended with %v", err)
		}
	}
}

func (c *catalogue) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	for !ok() {
		select {
		case <-c.changed:
		case <-deadline.C:
			t.Fatalf("waited in vain until %s; the catalogue has %v", what, c.keys())
		}
	}
}

// The whole way: an import at the centre is in the shop, a centre that starts anew is followed anew.
func TestFollowingTheCentre(t *testing.T) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 40))); err != nil {
		t.Fatal(err)
	}
	addr, stop := startCentral(t, t.TempDir(), devicetest.FreeAddress(t)) // where another one listens later
	client := func(token string) *profileapi.Client {
		c, err := profileapi.NewClient(profileapi.Options{URL: "http://" + addr, Token: token})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	operator := client("operator")
	imports := func(products ...string) {
		t.Helper()
		importInto(t, operator, shaOf(picture.String()), products)
	}
	imports("p1", "p2")
	if err := operator.PutPicture(t.Context(), shaOf(picture.String()), picture.Bytes()); err != nil {
		t.Fatal(err)
	}
	cat := newCatalogue()
	cat.pictures[shaOf(picture.String())] = ""
	d, err := downlink.New(cat, client("token-1"), downlink.Options{Store: "s1", RetryMin: time.Millisecond, RetryMax: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	has := func(want ...string) func() bool { return func() bool { return slices.Equal(cat.keys(), want) } }
	cat.until(t, "the first pull is done", has("offer on-p1", "product p1", "product p2"))
	imports("p2", "p3")
	cat.until(t, "the change is here", has("offer on-p2", "product p2", "product p3"))
	cat.until(t, "the picture is here", func() bool {
		missing, err := cat.MissingPictures(ctx, 1)
		return err == nil && len(missing) == 0
	})
	stop()
	addr, stop = startCentral(t, t.TempDir(), addr) // on a new disk
	defer stop()
	imports("p4")
	cat.until(t, "the new centre's catalogue is here", has("offer on-p4", "product p4"))
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Run ended with %v", err)
	}
}

// importInto gives a centre a catalogue of so many products with one picture, and three for two of the first.
func importInto(t *testing.T, operator *profileapi.Client, picture string, products []string) {
	t.Helper()
	in := profileapi.Import{Store: "s1", Replace: true, Offers: []profileapi.Offer{
		{ID: "on-" + products[0], Name: map[string]string{"en": "3 for 2"}, Kind: "n_for_m", N: 3, M: 2, Products: products[:1]},
	}}
	for _, id := range products {
		in.Products = append(in.Products, profileapi.Product{ID: id, Name: map[string]string{"en": id}, Pictures: []string{picture}})
	}
	var err error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); { // a centre that has just started is not ready at once
		if _, err = operator.Import(t.Context(), in); err == nil {
			return
		}
		if p, ok := profileapi.AsProblem(err); !ok || p.Type != profileapi.TypeUnavailable {
			break
		}
	}
	t.Fatal(err)
}
