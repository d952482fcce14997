package httpd

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"showroom/agent/checkout"
	"showroom/agent/gs1"
	"showroom/agent/lang"
	"showroom/agent/live"
	"showroom/agent/localapi"
	"showroom/agent/session"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

const (
	pathStream  = localapi.PathStream
	pathPicture = localapi.PathPicture
)

// KioskPath is the kiosk a request is about. It is exported because the library fills only exported parts of an input.
type KioskPath struct {
	Kiosk string `path:"kiosk" doc:"id of the kiosk in the configuration"`
}

type (
	command struct {
		KioskPath
		Body localapi.Command
	}
	requestCommand struct {
		KioskPath
		Body localapi.RequestCommand
	}
	cancelCommand struct {
		KioskPath
		Request string `path:"request"`
		Body    localapi.Command
	}
	languageCommand struct {
		KioskPath
		Body localapi.LanguageCommand
	}
	kioskReply   struct{ Body localapi.KioskState }
	requestReply struct{ Body localapi.Request }
)

func (s *Server) routes(api huma.API) {
	get(api, localapi.PathKiosk, "kiosk", "Everything a kiosk shows", s.getKiosk)
	get(api, localapi.PathRooms, "rooms", "Every fitting room", s.getRooms)
	get(api, localapi.PathDevices, "devices", "Every configured device and how it is", s.getDevices)
	get(api, localapi.PathQueue, "queue", "What associates have to do", s.getQueue)
	get(api, localapi.PathStatus, "status", "How the agent is", s.getStatus)
	post(api, localapi.PathRequests, "request", "Ask for a piece", s.postRequest)
	post(api, localapi.PathRequestCancel, "cancel-request", "Take a request back", s.postCancel)
	post(api, localapi.PathLanguage, "language", "Change the language of the session", s.postLanguage)
	post(api, localapi.PathDone, "done", "End the visit", s.postDone)
	post(api, localapi.PathForget, "forget", "End the visit and forget it", s.postForget)
	post(api, localapi.PathCall, "call", "Ask for an associate", s.postCall)
	post(api, localapi.PathScanAside, "put-scan-aside", "Take what was scanned off the screen", s.postPutAside)
	s.restockRoutes(api)
	s.searchRoutes(api)
	post(api, localapi.PathTouch, "touch", "Somebody is there", s.postTouch)
}

func get[I, O any](api huma.API, path, id, summary string, h func(context.Context, *I) (*O, error)) {
	huma.Register(api, huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary}, h)
}

func post[I, O any](api huma.API, path, id, summary string, h func(context.Context, *I) (*O, error)) {
	huma.Register(api, huma.Operation{OperationID: id, Method: http.MethodPost, Path: path, Summary: summary, MaxBodyBytes: maxBody}, h)
}

func (s *Server) getKiosk(ctx context.Context, in *KioskPath) (*kioskReply, error) {
	k, err := s.sessions.Kiosk(showroom.KioskID(in.Kiosk))
	if err != nil {
		return nil, refuse(s.log, err)
	}
	out := &kioskReply{}
	err = s.db.View(ctx, func(v *store.View) (err error) {
		out.Body, err = s.kioskState(v, k)
		return err
	})
	return out, refuse(s.log, err)
}

func (s *Server) kioskState(v *store.View, k session.Kiosk) (localapi.KioskState, error) {
	head, err := v.Head()
	if err != nil {
		return localapi.KioskState{}, err
	}
	at := s.sessions.Now()
	language, err := s.sessions.Language(v, k)
	if err != nil {
		return localapi.KioskState{}, err
	}
	state := localapi.KioskState{
		Kiosk: string(k.ID), Mode: k.Mode, Store: s.opt.Name, Language: language, Languages: s.sessions.Languages(),
		Seq: showroom.Row{Epoch: head.Epoch, Seq: head.Seq}.StreamID(), Now: at.Wall,
		Offline: s.opt.Central && !s.board.Sync().Connected, Capture: s.captureNow(),
	}
	if _, desk, err := s.desk(string(k.ID)); err == nil {
		state.Checkout, err = s.checkout(v, k, desk, shaper{language, at})
		return state, err
	}
	if k.Room == "" {
		return state, nil
	}
	now, err := s.rooms.Look(v, k.Room)
	if err != nil {
		return state, err
	}
	room := shaper{language, at}.room(now, s.readerOf(k.Room))
	state.Room, state.ToCheckout = &room, s.opt.Checkout != nil
	state.Scan, err = s.scan(v, k, shaper{language, at})
	return state, err
}

// readerOf answers how the machine is that watches a room.
func (s *Server) readerOf(room showroom.RoomID) localapi.Reader {
	for _, d := range s.opt.Devices {
		for _, r := range d.Rooms {
			if r == room {
				return reader(d.ID, s.board)
			}
		}
	}
	return localapi.Reader{State: "down", Reason: "no reader is configured for this room"}
}

func reader(id showroom.DeviceID, board *live.Board) localapi.Reader {
	d, _ := board.Device(id)
	return localapi.Reader{Device: string(id), State: d.Status.State.String(), Reason: d.Status.Reason, Since: d.Since}
}

func (s *Server) postRequest(ctx context.Context, in *requestCommand) (*requestReply, error) {
	k, err := s.fittingKiosk(in.Kiosk)
	if err != nil {
		return nil, refuse(s.log, err)
	}
	want, err := item(in.Body.GTIN)
	if err != nil {
		return nil, refuse(s.log, err)
	}
	forItem := gs1.GTIN("")
	if in.Body.For != "" {
		if forItem, err = item(in.Body.For); err != nil {
			return nil, refuse(s.log, err)
		}
	}
	return s.request(ctx, k, in.Body.ID, in, func(tx *store.Tx) (showroom.SizeRequest, error) {
		if err := s.beginScanned(tx, k); err != nil {
			return showroom.SizeRequest{}, err
		}
		return s.rooms.Request(tx, k.Room, want, forItem, in.Body.Wait)
	})
}

func (s *Server) postCancel(ctx context.Context, in *cancelCommand) (*requestReply, error) {
	k, err := s.fittingKiosk(in.Kiosk)
	if err != nil {
		return nil, refuse(s.log, err)
	}
	return s.request(ctx, k, in.Body.ID, in, func(tx *store.Tx) (showroom.SizeRequest, error) {
		return s.rooms.CancelRequest(tx, k.Room, showroom.RequestID(in.Request))
	})
}

// request does something to a request once and answers the request as it stands after.
func (s *Server) request(ctx context.Context, k session.Kiosk, id string, sent any, do func(*store.Tx) (showroom.SizeRequest, error)) (*requestReply, error) {
	out := &requestReply{}
	err := s.db.Update(ctx, func(tx *store.Tx) error {
		done, err := store.Once(tx, showroom.CommandID(id), sent, func() (showroom.RequestID, error) {
			r, err := do(tx)
			return r.ID, err
		})
		if err != nil {
			return err
		}
		language, err := s.sessions.Language(&tx.View, k)
		if err != nil {
			return err
		}
		w, err := s.rooms.Wanted(&tx.View, done)
		out.Body = shaper{language, tx.Now()}.request(w)
		return err
	})
	return out, refuse(s.log, err)
}

func (s *Server) postLanguage(ctx context.Context, in *languageCommand) (*kioskReply, error) {
	tag, ok := lang.Parse(in.Body.Language)
	if !ok {
		return nil, refuse(s.log, showroom.Errorf(showroom.CodeInvalid, "The language %q is not spoken here.", in.Body.Language))
	}
	if k, _, err := s.desk(in.Kiosk); err == nil {
		return s.sell(ctx, in.Kiosk, in.Body.ID, in, func(tx *store.Tx, _ checkout.Kiosk) error {
			return s.sessions.SetLanguage(tx, k, string(tag))
		})
	}
	return s.command(ctx, in.Kiosk, in.Body.ID, in, func(tx *store.Tx, k session.Kiosk) error {
		return s.sessions.SetLanguage(tx, k, string(tag))
	})
}

func (s *Server) postDone(ctx context.Context, in *command) (*kioskReply, error) {
	return s.command(ctx, in.Kiosk, in.Body.ID, []any{"done", in}, func(tx *store.Tx, k session.Kiosk) error {
		return s.rooms.Finish(tx, k.Room, showroom.VisitID(in.Body.Visit), showroom.EndDone)
	})
}

func (s *Server) postForget(ctx context.Context, in *command) (*kioskReply, error) {
	return s.command(ctx, in.Kiosk, in.Body.ID, []any{"forget", in}, func(tx *store.Tx, k session.Kiosk) error {
		return s.rooms.Forget(tx, k.Room, showroom.VisitID(in.Body.Visit))
	})
}

func (s *Server) postCall(ctx context.Context, in *command) (*kioskReply, error) {
	if s.sells(in.Kiosk) {
		return s.sell(ctx, in.Kiosk, in.Body.ID, []any{"call", in}, func(tx *store.Tx, k checkout.Kiosk) error {
			return s.desks().Call(tx, k)
		})
	}
	return s.command(ctx, in.Kiosk, in.Body.ID, []any{"call", in}, func(tx *store.Tx, k session.Kiosk) error {
		_, err := s.rooms.Call(tx, k.Room)
		return err
	})
}

// command does something at a fitting-room kiosk once and answers what the kiosk shows after.
func (s *Server) command(ctx context.Context, kiosk, id string, sent any, do func(*store.Tx, session.Kiosk) error) (*kioskReply, error) {
	k, err := s.fittingKiosk(kiosk)
	if err != nil {
		return nil, refuse(s.log, err)
	}
	out := &kioskReply{}
	err = s.db.Update(ctx, func(tx *store.Tx) error {
		if _, err := store.Once(tx, showroom.CommandID(id), sent, func() (struct{}, error) {
			return struct{}{}, do(tx, k)
		}); err != nil {
			return err
		}
		out.Body, err = s.kioskState(&tx.View, k)
		return err
	})
	return out, refuse(s.log, err)
}

func (s *Server) postTouch(ctx context.Context, in *KioskPath) (*struct{}, error) {
	if s.sells(in.Kiosk) {
		s.desks().Touch(showroom.KioskID(in.Kiosk))
		return nil, nil
	}
	k, err := s.fittingKiosk(in.Kiosk)
	if err != nil {
		return nil, refuse(s.log, err)
	}
	return nil, refuse(s.log, s.rooms.Touch(ctx, k.Room))
}

func (s *Server) fittingKiosk(id string) (session.Kiosk, error) {
	k, err := s.sessions.Kiosk(showroom.KioskID(id))
	if err == nil && k.Room == "" {
		err = showroom.Errorf(showroom.CodeInvalid, "Kiosk %q serves no fitting room.", id)
	}
	return k, err
}

func item(code string) (gs1.GTIN, error) {
	g, err := gs1.ParseGTIN(code)
	if err != nil {
		return "", showroom.Errorf(showroom.CodeInvalid, "%q is no item number.", code)
	}
	return g, nil
}
