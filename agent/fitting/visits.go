package fitting

import (
	"context"
	"fmt"
	"slices"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Settle does everything that has become due and answers how long until the next thing is, 0 for nothing in sight. Run is Settle in
// a loop over real time; whoever has a clock of their own calls it themselves, after every change and when the time has come.
func (f *Rooms) Settle(ctx context.Context) (next time.Duration, err error) {
	var due bool
	err = f.db.View(ctx, func(v *store.View) error {
		s := sweeper{f: f, view: v, at: f.opt.Clock()}
		if err := s.look(); err != nil {
			return err
		}
		due, next = s.due, s.next
		return nil
	})
	if err != nil || !due {
		return next, err
	}
	err = f.db.Update(ctx, func(tx *store.Tx) error {
		s := sweeper{f: f, view: &tx.View, tx: tx, at: tx.Now()}
		err := s.look()
		next = s.next
		return err
	})
	return next, err
}

// sweeper looks over the rooms once: first reading, to see whether anything is due at all, then in a transaction, doing it.
type sweeper struct {
	f    *Rooms
	view *store.View
	tx   *store.Tx // nil: only look
	at   showroom.Moment
	due  bool
	next time.Duration
}

func (s *sweeper) soon(left time.Duration) {
	if left > 0 && (s.next == 0 || left < s.next) {
		s.next = left
	}
}

func (s *sweeper) look() error {
	if err := s.restocks(); err != nil {
		return fmt.Errorf("look over what is restocked: %w", err)
	}
	for _, room := range s.f.opt.Rooms {
		if err := s.room(room.ID); err != nil {
			return fmt.Errorf("look into room %s: %w", room.ID, err)
		}
	}
	if err := s.goneRooms(); err != nil {
		return fmt.Errorf("look for rooms that are gone: %w", err)
	}
	requests, err := s.view.OpenRequests()
	if err != nil {
		return fmt.Errorf("look over the requests: %w", err)
	}
	for _, r := range requests {
		if err := s.request(r); err != nil {
			return fmt.Errorf("look at request %s: %w", r.ID, err)
		}
	}
	return nil
}

func (s *sweeper) room(room showroom.RoomID) error {
	garments, err := s.f.garmentsIn(s.view, room)
	if err != nil {
		return err
	}
	visit, open, err := s.view.OpenVisit(room)
	if err != nil {
		return err
	}
	if open {
		return s.occupied(visit, garments)
	}
	opens, left := s.f.opt.Visits.Opens(garments, s.at)
	if !opens {
		s.soon(left)
		return nil
	}
	if left, err := s.astray(room); err != nil || left > 0 {
		s.soon(left)
		return err
	}
	// What a reader has confirmed after a restart may wait in a restocked room, too.
	if _, restocked, err := s.view.Restock(room); err != nil || restocked {
		return err
	}
	s.due = true
	if s.tx == nil {
		return nil
	}
	return s.f.open(s.tx, room, garments)
}

// astray says for how long what waits in a room may still be rather of somebody near by.
func (s *sweeper) astray(room showroom.RoomID) (time.Duration, error) {
	here, err := s.f.Room(room)
	if err != nil {
		return 0, err
	}
	all, err := s.view.Garments()
	all = slices.DeleteFunc(all, func(g showroom.Garment) bool { return !s.f.opt.Own(g.EPC) })
	return s.f.opt.Visits.Astray(here, all, s.at), err
}

func (s *sweeper) occupied(visit showroom.Visit, garments []showroom.Garment) error {
	asked, err := s.asked(visit.ID)
	if err != nil {
		return err
	}
	over, left := visit.Over(s.f.opt.Visits, tried(garments), asked, s.at)
	s.soon(left)
	if over {
		s.due = true
		if s.tx == nil {
			return nil
		}
		return s.f.finish(s.tx, visit, showroom.EndPause)
	}
	for _, g := range garments {
		// Left behind in another room, and brought here by somebody who keeps it.
		if !g.LeftBehind || g.Manner != showroom.Carried {
			continue
		}
		if left := s.f.opt.Visits.CarriedAfter - s.at.Since(g.Since); left > 0 {
			s.soon(left)
			continue
		}
		s.due = true
		if s.tx == nil {
			return nil
		}
		if err := s.f.join(s.tx, g, visit); err != nil {
			return err
		}
	}
	return nil
}

// asked says whether something is still to be brought to a visit.
func (s *sweeper) asked(visit showroom.VisitID) (bool, error) {
	requests, err := s.view.RequestsOf(visit)
	return slices.ContainsFunc(requests, func(r showroom.SizeRequest) bool { return !r.State.Closed() }), err
}

// goneRooms ends visits of rooms that are not in the configuration any more: nobody else would, and what was asked for in them
// would stay in the queue and promised for ever.
func (s *sweeper) goneRooms() error {
	visits, err := s.view.OpenVisits()
	if err != nil {
		return err
	}
	for _, v := range visits {
		if _, err := s.f.Room(v.Room); err == nil {
			continue
		}
		s.due = true
		if s.tx == nil {
			return nil
		}
		if err := s.f.finish(s.tx, v, showroom.EndPause); err != nil {
			return err
		}
	}
	return nil
}

// tried counts the garments that are no leftovers of an earlier visit and no pile: those would keep a room taken that everybody has
// left.
func tried(garments []showroom.Garment) (n int) {
	for _, g := range garments {
		if !g.LeftBehind && g.Manner != showroom.Piled {
			n++
		}
	}
	return n
}

// expire gives up a request that nobody has taken for too long. done says that there is no more to do about it.
func (s *sweeper) expire(r showroom.SizeRequest) (done bool, err error) {
	untaken := r.State == showroom.SizeWaiting || r.State == showroom.SizeRequested
	if s.f.opt.Expires <= 0 || !untaken {
		return false, nil
	}
	if left := s.f.opt.Expires - s.at.Since(r.Made); left > 0 {
		s.soon(left)
		return false, nil
	}
	s.due = true
	if s.tx == nil {
		return true, nil
	}
	r, e, err := r.Cancel(showroom.CancelExpired, s.at)
	if err != nil {
		return true, err
	}
	return true, save(s.tx, r, e)
}

func (s *sweeper) request(r showroom.SizeRequest) error {
	if done, err := s.expire(r); done || err != nil {
		return err
	}
	if r.State == showroom.SizeWaiting {
		free, err := s.view.Availability(r.Want)
		if err != nil || free.ToBring() == 0 {
			return err
		}
		s.due = true
		if s.tx == nil {
			return nil
		}
		freed, e, err := r.Free(s.at)
		if err != nil {
			return err
		}
		return save(s.tx, freed, e)
	}
	raised, e, due, next := r.Escalate(s.f.opt.Escalation, s.at)
	s.soon(next)
	if !due {
		return nil
	}
	s.due = true
	if s.tx == nil {
		return nil
	}
	return save(s.tx, raised, e)
}

func save(tx *store.Tx, r showroom.SizeRequest, e showroom.Event) error {
	if err := tx.PutRequest(r); err != nil {
		return err
	}
	_, err := tx.Append(e)
	return err
}

// open begins a visit; the garments that have waited for it join, those left behind by an earlier one do not.
func (f *Rooms) open(tx *store.Tx, room showroom.RoomID, garments []showroom.Garment) error {
	visit, opened := showroom.OpenVisit(showroom.VisitID(f.opt.NewID()), room, tx.Now())
	if err := tx.PutVisit(visit); err != nil {
		return err
	}
	if _, err := tx.Append(opened); err != nil {
		return err
	}
	for _, g := range candidates(garments) {
		if err := f.join(tx, g, visit); err != nil {
			return err
		}
	}
	return nil
}

// join makes a garment that hung in the room before part of the visit.
func (f *Rooms) join(tx *store.Tx, g showroom.Garment, visit showroom.Visit) error {
	g.Visit, g.Manner, g.LeftBehind = visit.ID, showroom.Brought, false
	if err := tx.PutGarment(g); err != nil {
		return err
	}
	_, err := tx.Append(showroom.GarmentJoined{EPC: g.EPC, GTIN: g.GTIN, Room: visit.Room, Visit: visit.ID})
	return err
}

// touchEvery is how exactly the last touch is kept: a commit for every finger would wear the card.
const touchEvery = 15 * time.Second

// Touch notes that somebody is in the room: nobody touches the screen of an empty one. Where garments wait for a visit it opens at
// once, however they came. Else it writes only when the last sign of life is old.
func (f *Rooms) Touch(ctx context.Context, room showroom.RoomID) error {
	needed := false
	err := f.db.View(ctx, func(v *store.View) (err error) {
		needed, err = f.touchNeeded(v, room)
		return err
	})
	if err != nil || !needed {
		return err
	}
	return f.db.Update(ctx, func(tx *store.Tx) error { return f.touch(tx, room) })
}

func (f *Rooms) touchNeeded(v *store.View, room showroom.RoomID) (bool, error) {
	visit, open, err := v.OpenVisit(room)
	if err != nil {
		return false, err
	}
	garments, err := f.garmentsIn(v, room)
	if err != nil {
		return false, err
	}
	if !open {
		_, restocked, err := v.Restock(room)
		return !restocked && len(candidates(garments)) > 0, err
	}
	return f.opt.Clock().Since(visit.LastActive) >= touchEvery || tried(garments) == 0 && len(candidates(garments)) > 0, nil
}

// touch is Touch in a transaction.
func (f *Rooms) touch(tx *store.Tx, room showroom.RoomID) error {
	needed, err := f.touchNeeded(&tx.View, room)
	if err != nil || !needed {
		return err
	}
	garments, err := f.garmentsIn(&tx.View, room)
	if err != nil {
		return err
	}
	visit, open, err := tx.OpenVisit(room)
	if err != nil {
		return err
	}
	if !open {
		return f.open(tx, room, garments)
	}
	if tried(garments) == 0 { // a pile hangs here, and who touches the screen has brought it
		for _, g := range candidates(garments) {
			if err := f.join(tx, g, visit); err != nil {
				return err
			}
		}
	}
	return tx.PutVisit(visit.Touch(tx.Now()))
}
