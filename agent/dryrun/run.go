package dryrun

import (
	"context"
	"errors"
	"fmt"
	"time"

	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
	"showroom/devices/sim"
)

// Options say what to play.
type Options struct {
	Scenario  sim.Scenario
	Catalogue sim.Catalogue
	Rules     Rules
	// Told takes every decision as it is made, from the goroutine of its run; nil for nobody.
	Told func(Judgement)
}

// grace is how long a scenario that does not say how long it lasts goes on after its last event.
const grace = time.Minute

// begin is when every run begins. The date means nothing.
func begin() time.Time { return time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC) }

// Run plays a scenario once and judges it. It needs a folder for its store, which is gone when Run returns.
func Run(ctx context.Context, o Options) (r Report, err error) {
	shop, err := sim.NewShop(o.Scenario, o.Catalogue)
	if err != nil {
		return r, err
	}
	rooms, err := o.Rules.rooms(o.Scenario)
	if err != nil {
		return r, err
	}
	p := &play{o: o, shop: shop, rooms: rooms, engine: presence.New(o.Rules.Presence), at: begin(), events: o.Scenario.Events}
	p.end = p.at.Add(length(o.Scenario))
	o.Rules.Fitting.Own = o.Rules.Own
	if p.memory, err = remember(ctx, o.Rules.Fitting, o.Catalogue, p.now); err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, p.memory.forget()) }()
	p.judge = newJudge(o, rooms, p.at)
	if err := p.run(ctx); err != nil {
		return r, fmt.Errorf("play after %v: %w", p.at.Sub(begin()), err)
	}
	return p.judge.report(p.end), nil
}

// length is how long the scenario is told.
func length(s sim.Scenario) time.Duration {
	switch {
	case s.Lasts > 0:
		return s.Lasts
	case s.Loop > 0:
		return s.Loop
	case len(s.Events) > 0:
		return s.Events[len(s.Events)-1].At + grace
	}
	return grace
}

// play is a run that goes on.
type play struct {
	o      Options
	shop   *sim.Shop
	rooms  map[showroom.DeviceID]showroom.RoomID
	engine *presence.Engine
	memory *memory
	judge  *judge
	events []sim.Event // that are still to come
	news   []news      // of devices, still to be noticed, in the order of their times

	at, end time.Time
	settles time.Time // when the rooms have something to do; zero for never
	seen    int64     // of the journal
	changes []presence.Change
	reads   []devices.TagRead
}

// news is what the agent will notice of a reader.
type news struct {
	reader showroom.DeviceID
	state  devices.State
	at     time.Time
}

func (p *play) now() showroom.Moment {
	const sinceBoot = time.Hour
	return showroom.Moment{Wall: p.at, Boot: "dry run", Mono: sinceBoot + p.at.Sub(begin()), Quality: showroom.ClockNTP}
}

func (p *play) run(ctx context.Context) error {
	for _, r := range p.o.Scenario.Readers {
		p.keep(p.engine.Device(r.ID, devices.Up, p.at))
	}
	for ; p.at.Before(p.end); p.at = p.next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.happen(ctx); err != nil {
			return err
		}
		p.listen()
		if err := p.decide(ctx); err != nil {
			return err
		}
	}
	p.at = p.end
	return p.askAfter(ctx, p.judge.asked)
}

// next is when something may happen again.
func (p *play) next() time.Time {
	next := p.end
	sooner := func(at time.Time) {
		if at.Before(next) {
			next = at
		}
	}
	if len(p.events) > 0 {
		sooner(begin().Add(p.events[0].At))
	}
	if len(p.news) > 0 {
		sooner(p.news[0].at)
	}
	if due, ok := p.shop.Due(); ok {
		sooner(due)
	}
	if due, ok := p.engine.Next(); ok {
		sooner(due)
	}
	if !p.settles.IsZero() {
		sooner(p.settles)
	}
	if !next.After(p.at) { // what was due already has been done; its next time is soon
		next = p.at.Add(time.Millisecond)
	}
	return next
}

// happen does what the scenario says is due, and lets the agent notice what it has to.
func (p *play) happen(ctx context.Context) error {
	for len(p.events) > 0 && !begin().Add(p.events[0].At).After(p.at) {
		e := p.events[0]
		p.events = p.events[1:]
		truth, err := p.shop.Do(e.Do, p.at)
		if err != nil {
			return sim.Faults{{Line: e.Line, Err: fmt.Errorf("%s: %w", e.Do, err)}}
		}
		for _, t := range truth {
			if err := p.truth(ctx, t); err != nil {
				return err
			}
		}
	}
	for len(p.news) > 0 && !p.news[0].at.After(p.at) {
		p.keep(p.engine.Device(p.news[0].reader, p.news[0].state, p.at))
		p.judge.notices(p.news[0])
		p.news = p.news[1:]
	}
	return nil
}

// truth does what follows from what has really happened, and lets the judge know.
func (p *play) truth(ctx context.Context, t sim.Truth) error {
	switch t.What {
	case "pulled":
		notices, told := p.o.Rules.Silent[t.Reader]
		if !told {
			notices = silent
		}
		p.noticed(news{t.Reader, devices.Down, t.At.Add(notices)})
	case "plugged":
		p.noticed(news{t.Reader, devices.Up, t.At})
	case "asked":
		return p.ask(ctx, p.rooms[t.Reader], t.Want)
	case "restock", "restocked":
		return p.restock(ctx, p.rooms[t.Reader], t.What == "restock")
	case "left":
		if err := p.askAfter(ctx, p.judge.askedIn(p.rooms[t.Reader])); err != nil {
			return err
		}
	}
	p.judge.happened(t)
	return nil
}

// noticed puts news into their order. News of a cable that is back before anybody noticed that it was out are none.
func (p *play) noticed(n news) {
	kept := p.news[:0]
	for _, old := range p.news {
		if old.reader != n.reader {
			kept = append(kept, old)
		}
	}
	i := len(kept)
	for i > 0 && kept[i-1].at.After(n.at) {
		i--
	}
	p.news = append(kept[:i:i], append([]news{n}, kept[i:]...)...)
}

// listen lets the readers read and the engine decide.
func (p *play) listen() {
	p.reads = p.shop.Hear(p.at, p.reads[:0])
	for _, read := range p.reads {
		if p.o.Rules.Own(read.EPC) {
			p.keep(p.engine.Observe(read))
		}
	}
	if due, ok := p.engine.Next(); ok && !due.After(p.at) {
		p.keep(p.engine.Advance(p.at))
	}
}

func (p *play) keep(changes []presence.Change) { p.changes = append(p.changes, changes...) }

// decide writes down what the engine has decided, and lets the rooms do what follows from it.
func (p *play) decide(ctx context.Context) error {
	if len(p.changes) > 0 {
		if err := p.memory.db.Update(ctx, func(tx *store.Tx) error { return p.memory.rooms.Apply(tx, p.changes) }); err != nil {
			return fmt.Errorf("write down what changed: %w", err)
		}
		for _, c := range p.changes {
			p.judge.decided(c)
		}
		p.changes = p.changes[:0]
		return p.settle(ctx)
	}
	if !p.settles.IsZero() && !p.settles.After(p.at) {
		return p.settle(ctx)
	}
	return nil
}

// settle does what is due in the rooms, as often as that makes something else due, and reads what the journal has to tell.
func (p *play) settle(ctx context.Context) error {
	p.settles = time.Time{}
	for range 4 {
		changed := p.memory.db.Changed()
		next, err := p.memory.rooms.Settle(ctx)
		if err != nil {
			return fmt.Errorf("settle the rooms: %w", err)
		}
		if p.settles = (time.Time{}); next > 0 {
			p.settles = p.at.Add(next)
		}
		select {
		case <-changed:
			continue
		default:
		}
		break
	}
	const page = 1000
	rows, err := p.memory.db.Since(ctx, p.seen, page)
	if err != nil {
		return err
	}
	for _, r := range rows {
		p.seen = r.Seq
		if err := p.judge.written(r); err != nil {
			return err
		}
	}
	return nil
}
