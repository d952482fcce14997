// Command demo runs a whole small shop on this machine, with the real programs and real protocols, and tells what happens in it, line
// by line, until Ctrl-C. Without a display the kiosks of a fitting room and of the checkout are drawn on virtual ones and photographed
// whenever they change, and pretended shoppers and a pretended associate tap; with one, that is up to whoever sits in front of it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"showroom/agent/lang"
	"showroom/scripts/shop"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var o options
	flag.StringVar(&o.bin, "bin", "bin", "folder of the programs")
	flag.StringVar(&o.dir, "dir", ".demo", "folder for everything the shop keeps; emptied at the start")
	flag.StringVar(&o.size, "size", "1280x800", "size of the virtual displays")
	flag.BoolVar(&o.auto, "auto", false, "tap as shoppers and associate, display or not")
	flag.BoolVar(&o.euro, "euro", false, "sell in euro with a payment terminal, not in lira with a fiscal device")
	flag.StringVar(&o.language, "language", "", "what everybody who pays speaks, tr or en; one after the other when empty")
	flag.DurationVar(&o.length, "for", 0, "stop by itself after this long; 0 is at Ctrl-C")
	flag.Parse()
	if err := run(ctx, o); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

type options struct {
	bin, dir, size string
	language       string
	auto, euro     bool
	length         time.Duration
}

func run(ctx context.Context, o options) error {
	if o.language != "" && o.language != "tr" && o.language != "en" {
		return fmt.Errorf("nobody here speaks %q: -language is tr or en", o.language)
	}
	if o.length > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.length)
		defer cancel()
	}
	bin, err := filepath.Abs(o.bin)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(o.dir); err != nil {
		return fmt.Errorf("empty the folder of the last demo: %w", err)
	}
	s, err := shop.New(shop.Options{Bin: bin, Dir: o.dir, Floor: true, Checkout: true, Euro: o.euro, Brisk: true})
	if err != nil {
		return err
	}
	defer func() {
		s.Stop()
		say("the shop is closed; nothing is left running")
	}()
	if err := open(ctx, s); err != nil {
		return err
	}
	fitting, err := startKiosk(ctx, s, "fr2", o.size, 3*time.Second)
	if err != nil {
		return err
	}
	defer fitting.stop()
	// What a terminal asks of a shopper is there for a moment only.
	checkout, err := startKiosk(ctx, s, "sco1", o.size, 250*time.Millisecond)
	if err != nil {
		return err
	}
	defer checkout.stop()
	welcome(s, fitting, checkout)

	var running sync.WaitGroup
	running.Go(func() { tell(ctx, s, o.figures()) })
	if o.auto || virtual() {
		running.Go(func() { (&shopper{shop: s}).play(ctx) })
		running.Go(func() { (&associate{shop: s}).play(ctx) })
		running.Go(func() { (&buyer{shop: s, language: o.language}).play(ctx) })
	}
	err = watch(ctx, s, fitting, checkout)
	running.Wait()
	return err
}

// figures is the language that amounts are told in: everybody's, else the shop's own.
func (o options) figures() lang.Tag {
	if tag, ok := lang.Parse(o.language); ok {
		return tag
	}
	return lang.Turkish
}

// open starts the shop from the ground up.
func open(ctx context.Context, s *shop.Shop) error {
	say("opening the shop in %s", s.Dir())
	if err := s.StartCentral(ctx); err != nil {
		return err
	}
	if err := s.Import(ctx, filepath.Join("devices", "sim", "demo", "catalogue.csv")); err != nil {
		return err
	}
	// The readers first, so that the agent finds them plugged in.
	if err := s.StartSim(ctx); err != nil {
		return err
	}
	if err := s.StartAgent(ctx); err != nil {
		return err
	}
	return lendTag(ctx, s)
}

func welcome(s *shop.Shop, fitting, checkout *kiosk) {
	fmt.Printf(`
  staff page       %s/staff   (%s, PIN %s)
  agent            %s/v1/status   %s/metrics
  central service  %s/events   (name operator, password %s)
  fitting room 2   %s
  checkout sco1    %s
  logs             %s
  Ctrl-C closes the shop.

`, s.Agent, shop.Associate, shop.PIN, s.Agent, s.Agent, s.Central, shop.OperatorToken, fitting.where, checkout.where, filepath.Join(s.Dir(), "logs"))
}

// watch waits until it is over: asked to stop, or a part has stopped by itself.
func watch(ctx context.Context, s *shop.Shop, fitting, checkout *kiosk) error {
	select {
	case <-ctx.Done():
		fmt.Println()
		return nil
	case <-s.CentralProcess.Done():
		return fmt.Errorf("the central service has stopped:\n%s", s.CentralProcess.Tail())
	case <-s.AgentProcess.Done():
		return fmt.Errorf("the agent has stopped:\n%s", s.AgentProcess.Tail())
	case <-s.SimProcess.Done():
		return fmt.Errorf("the simulated shop has stopped:\n%s", s.SimProcess.Tail())
	case <-fitting.process.Done():
		return fitting.ended()
	case <-checkout.process.Done():
		return checkout.ended()
	}
}

// ended is what it means that the kiosk is gone.
func (k *kiosk) ended() error {
	if k.display != nil {
		return fmt.Errorf("the kiosk has stopped:\n%s", k.process.Tail())
	}
	say("the kiosk's window was closed")
	return nil
}

var mouth sync.Mutex

// say prints one line of the story.
func say(format string, args ...any) {
	mouth.Lock()
	defer mouth.Unlock()
	fmt.Printf("%s %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(format, args...))
}
