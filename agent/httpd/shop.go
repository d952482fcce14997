package httpd

import (
	"context"
	"net/http"
	"strings"
	"time"

	"showroom/agent/live"
	"showroom/agent/localapi"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

type (
	nothing struct{}
	spoken  struct {
		Language string `query:"language" doc:"language of names; the shop's first when absent or unknown"`
	}
	roomsReply   struct{ Body localapi.Rooms }
	devicesReply struct{ Body localapi.Devices }
	queueReply   struct{ Body localapi.Queue }
	statusReply  struct{ Body localapi.Status }
)

func (s *Server) getRooms(ctx context.Context, in *spoken) (*roomsReply, error) {
	out := &roomsReply{Body: localapi.Rooms{Rooms: []localapi.Room{}}}
	p := shaper{s.sessions.Spoken(in.Language), s.sessions.Now()}
	err := s.db.View(ctx, func(v *store.View) error {
		for _, r := range s.rooms.All() {
			now, err := s.rooms.Look(v, r.ID)
			if err != nil {
				return err
			}
			out.Body.Rooms = append(out.Body.Rooms, p.room(now, s.readerOf(r.ID)))
		}
		return nil
	})
	return out, refuse(s.log, err)
}

func (s *Server) getQueue(ctx context.Context, in *spoken) (*queueReply, error) {
	out := &queueReply{}
	p := shaper{s.sessions.Spoken(in.Language), s.sessions.Now()}
	err := s.db.View(ctx, func(v *store.View) error {
		q, err := s.rooms.Queue(v)
		out.Body = p.queue(q)
		return err
	})
	return out, refuse(s.log, err)
}

func (s *Server) getDevices(context.Context, *nothing) (*devicesReply, error) {
	out := &devicesReply{Body: localapi.Devices{Devices: []localapi.Device{}, NotOurs: s.notOurs()}}
	for _, d := range s.opt.Devices {
		known, _ := s.board.Device(d.ID)
		told := device(d, known)
		told.Crowd = crowd(s.board, d.ID, s.sessions.Now().Wall)
		out.Body.Devices = append(out.Body.Devices, told)
	}
	return out, nil
}

func device(d Device, known live.Device) localapi.Device {
	st := known.Status
	out := localapi.Device{
		ID: string(d.ID), Sort: d.Sort, Kind: d.Kind, State: st.State.String(), Reason: st.Reason, Advice: st.Advice,
		Since: known.Since, LastData: st.LastData, Reconnects: known.Reconnects,
		Good: st.Frames.Good, Bad: st.Frames.Bad, Skipped: st.Frames.Skipped, Foreign: st.Frames.Foreign, Stale: st.Frames.Stale,
	}
	places := make([]string, 0, len(d.Rooms)+len(d.Else))
	for _, r := range d.Rooms {
		places = append(places, showroom.RoomPlace(r).String())
	}
	out.Place = strings.Join(append(places, d.Else...), ", ")
	return out
}

func (s *Server) getStatus(ctx context.Context, _ *nothing) (*statusReply, error) {
	sync, now := s.board.Sync(), s.sessions.Now()
	out := &statusReply{Body: localapi.Status{
		Version: s.opt.Version, Store: string(s.opt.Store), Started: s.opt.Started, Clock: string(now.Quality),
		Central: localapi.Central{Configured: s.opt.Central, Connected: sync.Connected, Since: sync.Since, LastOK: sync.LastOK, Error: sync.Error},
	}}
	stats, err := s.db.Stats(ctx)
	if err != nil {
		return nil, refuse(s.log, err)
	}
	head, err := s.db.Head(ctx)
	if err != nil {
		return nil, refuse(s.log, err)
	}
	out.Body.Epoch, out.Body.Seq = head.Epoch, head.Seq
	out.Body.Catalogue = stats.Items
	for _, l := range stats.Unsent {
		out.Body.Unsent += l
	}
	return out, nil
}

// servePicture answers a picture of the catalogue. Its name is its content, so it never changes.
func (s *Server) servePicture(w http.ResponseWriter, r *http.Request) {
	f, err := s.db.OpenPicture(r.PathValue("sha256"))
	if err != nil {
		code := showroom.ErrorCode(err)
		if code == showroom.CodeInternal {
			s.log.Error("Picture can not be read", "err", err)
		}
		http.Error(w, showroom.ErrorMessage(err), Status(code))
		return
	}
	defer f.Close()
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, "", time.Time{}, f)
}
