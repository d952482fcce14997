// Package app puts the agent together, floor by floor, by hand: the store, what is live, the use cases, the devices, the servers and
// the links to the central service. It decides nothing itself. Run is the whole agent; main and the tests call it alike.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/thejerf/suture/v4"

	"showroom/agent/capture"
	"showroom/agent/checkout"
	"showroom/agent/customer"
	"showroom/agent/fitting"
	"showroom/agent/health"
	"showroom/agent/httpd"
	"showroom/agent/ingest"
	"showroom/agent/live"
	"showroom/agent/pan"
	"showroom/agent/presence"
	"showroom/agent/presence/zones"
	"showroom/agent/session"
	"showroom/agent/showroom"
	"showroom/agent/staff"
	"showroom/agent/store"
	"showroom/agent/till"
	"showroom/config"
	"showroom/devices"
	"showroom/devices/mqttlink"
	"showroom/devices/mqttlink/broker"
	"showroom/devices/recording"
)

// Options are what is not in the configuration file. Log is required.
type Options struct {
	Version string
	Log     *slog.Logger
	// Listening is told where the API is served, once it is; a configured port 0 picks a free one. May be nil.
	Listening func(net.Addr)
}

// agent is everything that runs, from the ground up.
type agent struct {
	cfg   config.Config
	opt   Options
	log   *slog.Logger
	clock *clock
	badge *badge

	db       *store.DB
	board    *live.Board
	rooms    *fitting.Rooms
	sessions *session.Sessions
	tags     *customer.Tags
	desks    *checkout.Desks // nil: nobody pays here
	tills    *till.Tills     // nil: neither do they at a till that we know
	counters []source        // what takes money and prints at the desks
	machines map[showroom.DeviceID]checkout.Machine
	printers map[showroom.DeviceID]paper
	loop     *ingest.Loop
	captures *capture.Captures
	counter  *counter            // where scanned codes wait
	recorder *recording.Recorder // nil: nothing is recorded
	broker   *broker.Broker
	rivals   mqttlink.Rivals
	// strangers are machines that no configuration names.
	strangers devices.Strangers
	inside    broker.User // the agent's own name at the embedded broker, where names are needed
	health    *health.Health
	server    *httpd.Server
	syncing   sync.Mutex // guards the sync state of the board, which two links write
}

// Run runs the agent until ctx ends. Devices stop first, then everything that could still write, then the store is closed. The error
// says why the agent can not start or go on; ctx ending is none.
func Run(ctx context.Context, cfg config.Config, opt Options) error {
	opt.Log = slog.New(pan.Handler(opt.Log.Handler())) // the last net: devices put card numbers into words
	a := &agent{cfg: cfg, opt: opt, log: opt.Log, clock: newClock(), badge: &badge{central: cfg.Central, log: opt.Log}}
	if err := a.build(ctx); err != nil {
		return err
	}
	defer a.close()
	tcp, unix, err := a.listen()
	if err != nil {
		return err
	}
	below := suture.New(ground, a.spec(ground))
	a.addGround(below, tcp, unix)
	sources := suture.New("devices", a.spec("devices"))
	if err := a.addDevices(sources); err != nil {
		return errors.Join(err, tcp.Close(), unix.Close())
	}
	if opt.Listening != nil {
		opt.Listening(tcp.Addr())
	}
	a.log.Info("Agent runs", "store", cfg.Store.ID, "listen", tcp.Addr().String(), "version", opt.Version)
	return a.serve(ctx, below, sources)
}

// serve runs the two halves so that the devices can be stopped before what writes down what they said.
func (a *agent) serve(ctx context.Context, ground, sources *suture.Supervisor) error {
	below, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	above, silence := context.WithCancel(ctx)
	defer silence()
	grounded := ground.ServeBackground(below)
	sourced := sources.ServeBackground(above)
	select {
	case <-ctx.Done():
		<-sourced
	case err := <-grounded:
		silence()
		<-sourced
		return fmt.Errorf("agent stopped: %w", err)
	}
	stop()
	<-grounded
	a.log.Info("Agent stopped")
	return nil
}

func (a *agent) build(ctx context.Context) error {
	db, err := store.Open(ctx, store.Options{
		Dir: a.cfg.StateDir, MachineID: machineID(), Clock: a.clock.Now,
		Retention: store.Retention{
			Facts: a.cfg.Retention.Facts, Observations: a.cfg.Retention.Observations,
			Local: a.cfg.Retention.Local, DiskFloor: int64(a.cfg.Retention.DiskFloor),
		},
		PictureBytes: int64(a.cfg.Retention.Pictures), Logger: a.log,
	})
	if err != nil {
		return err
	}
	a.db = db
	if err := a.buildFloors(ctx); err != nil {
		return errors.Join(err, db.Close())
	}
	return nil
}

func (a *agent) buildFloors(ctx context.Context) error {
	a.board = live.NewBoard()
	a.counter, a.captures = newCounter(a.log), capture.New(a.db, a.board, captureOptions(a.cfg, a.clock, a.log))
	if len(a.cfg.Recording.Devices) > 0 {
		a.recorder = recording.New(recordingOptions(a.cfg))
		a.log.Warn("Readings are recorded", "devices", a.cfg.Recording.Devices, "folder", recordingOptions(a.cfg).Dir)
	}
	tags, err := tagOptions(a.cfg, a.clock, a.log)
	if err != nil {
		return err
	}
	tags.Forget = func(id showroom.RadioID) { a.loop.Forget(id) } // nobody gives a tag back before there is a loop
	if a.tags, err = customer.New(ctx, a.db, tags); err != nil {
		return fmt.Errorf("read tags: %w", err)
	}
	if err := a.buildCheckout(ctx); err != nil {
		return err
	}
	if err := a.buildTills(); err != nil {
		return err
	}
	a.sessions = session.New(a.db, sessionOptions(a.cfg, a.desks, a.clock, a.log))
	fitted := fittingOptions(a.cfg, a.clock, a.log)
	fitted.Own = a.tags.Own
	a.rooms = fitting.New(a.db, fitted)
	if err := a.placeDevices(ctx); err != nil {
		return err
	}
	if err := a.buildIngest(ctx); err != nil {
		return err
	}
	if a.cfg.Broker.Embedded && a.speaksMQTT() {
		if err := a.listenBroker(); err != nil {
			return err
		}
	}
	a.health = health.New(a.db, a.board, healthOptions(a))
	served := staffOptions(a.cfg, a.clock, a.log)
	served.Captures = a.captures
	if len(a.cfg.Gateways) > 0 { // or nobody would hear what is lent
		served.Tags = a.tags
	}
	if a.desks != nil {
		served.Desks, served.Tills = a.desks, a.tills
	}
	people := staff.New(a.db, a.rooms, a.board, served)
	a.server = httpd.New(a.db, a.rooms, a.sessions, a.board, httpd.Options{
		Store: showroom.StoreID(a.cfg.Store.ID), Name: a.cfg.Store.Name, Version: a.opt.Version, Started: a.clock.Now().Wall,
		Devices: deviceList(a.cfg), Central: a.cfg.Central.URL != "", Tags: a.tags, Captures: a.captures, Checkout: a.servedCheckout(people), Counter: a.servedCounter(), Staff: people, Health: a.health.Handler(), Log: a.log,
	})
	return nil
}

// buildIngest makes what listens to all devices, with what was where before the restart.
func (a *agent) buildIngest(ctx context.Context) error {
	var garments []presence.Occupancy
	var radios []zones.Occupancy
	if err := a.db.Update(ctx, func(tx *store.Tx) (err error) {
		if garments, err = a.rooms.Restore(tx); err != nil {
			return err
		}
		if radios, err = a.tags.Restore(tx); err != nil || a.desks == nil {
			return err
		}
		laid, err := a.desks.Restore(&tx.View, time.Now())
		garments = append(garments, laid...)
		return err
	}); err != nil {
		return fmt.Errorf("read who was where: %w", err)
	}
	appliers := []ingest.Applier{a.rooms}
	if a.desks != nil {
		appliers = append(appliers, a.desks)
	}
	a.loop = ingest.New(ingest.Options{
		Presence: presenceConfig(a.cfg), Zones: zonesConfig(a.cfg), Known: garments, KnownZones: radios, DB: a.db,
		Appliers: appliers, ZoneAppliers: []ingest.ZoneApplier{a.tags}, Board: a.board, Logger: a.log,
	})
	return nil
}

func (a *agent) close() {
	if a.broker != nil {
		_ = a.broker.Close() // which its Run has done before, if it ran; nobody is connected now
	}
	if err := a.db.Close(); err != nil {
		a.log.Error("Store can not be closed", "err", err)
	}
}

// listen takes both addresses. A socket file left by a killed agent is removed: the lock of the state folder says that no other
// agent lives.
func (a *agent) listen() (tcp, unix net.Listener, err error) {
	if tcp, err = net.Listen("tcp", a.cfg.LocalAPI.Listen); err != nil {
		return nil, nil, fmt.Errorf("listen for screens: %w; set local_api.listen to a free port", err)
	}
	path := a.cfg.SocketPath()
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, errors.Join(fmt.Errorf("remove old socket: %w", err), tcp.Close())
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("make folder of socket: %w", err), tcp.Close())
	}
	if unix, err = net.Listen("unix", path); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("listen for the kiosk: %w", err), tcp.Close())
	}
	if err := os.Chmod(path, 0o660); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open the socket to the kiosk's group: %w", err), tcp.Close(), unix.Close())
	}
	return tcp, unix, nil
}

func (a *agent) addGround(ground *suture.Supervisor, tcp, unix net.Listener) {
	add := func(name string, run func(context.Context) error) {
		ground.Add(service{name: name, run: run, log: a.log})
	}
	addOnce := func(name string, run func(context.Context) error) {
		ground.Add(service{name: name, run: run, log: a.log, once: true})
	}
	add("ingest", a.loop.Run)
	add("fitting rooms", a.rooms.Run)
	add("sessions", a.sessions.Run)
	if a.desks != nil {
		add("checkout", a.desks.Run)
	}
	a.addTills(add)
	if a.cfg.Checkout.ReceiptLANListen != "" {
		add("receipts", a.serveGuests)
	}
	add("scans", func(ctx context.Context) error { return a.counter.serve(ctx, a.sessions.Scan) })
	add("tags", a.tags.Run)
	add("captures", a.captures.Run)
	add("strangers", a.watchStrangers)
	if a.broker == nil && a.speaksMQTT() {
		add("roll call", a.callRoll)
	}
	if a.recorder != nil {
		add("recording", a.recorder.Run)
	}
	add("retention", a.keepHouse)
	add("watch", a.watch)
	add("health", a.health.Run)
	if a.broker != nil {
		addOnce("broker", a.broker.Run)
	}
	addOnce("api", func(ctx context.Context) error { return a.server.Serve(ctx, tcp) })
	addOnce("kiosk socket", func(ctx context.Context) error { return a.server.Serve(ctx, unix) })
	if a.cfg.Central.URL != "" {
		add("uplink", a.runUplink)
		add("downlink", a.runDownlink)
		add("clock", a.runClock)
	}
}

// keepHouse prunes the journal now and then, in pieces small enough that nobody waits.
func (a *agent) keepHouse(ctx context.Context) error {
	const every = 10 * time.Minute
	for {
		if _, err := a.db.Prune(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("Old rows can not be removed", "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(every):
		}
	}
}

func newID() string {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.NewString()
	}
	return id.String()
}
