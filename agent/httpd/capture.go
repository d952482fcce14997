package httpd

import (
	"context"
	"math"
	"net"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"showroom/agent/capture"
	"showroom/agent/live"
	"showroom/agent/localapi"
	"showroom/agent/showroom"
)

type (
	captureCommand struct{ Body localapi.CaptureCommand }
	stopCommand    struct{ Body localapi.Command }
	deleteCommand  struct{ Body localapi.CaptureDelete }
	captureReply   struct{ Body localapi.CaptureStatus }
)

func (s *Server) captureRoutes(api huma.API) {
	get(api, localapi.PathCapture, "capture", "The capture that runs and those that are kept", func(ctx context.Context, _ *nothing) (*captureReply, error) {
		return s.captures(ctx, func(*capture.Captures) error { return nil })
	})
	post(api, localapi.PathCaptureStart, "start-capture", "Record a device in front of the privacy filter", func(ctx context.Context, in *captureCommand) (*captureReply, error) {
		order := capture.Order{Device: showroom.DeviceID(in.Body.Device), For: seconds(in.Body.Seconds), Reason: in.Body.Reason}
		return s.captures(ctx, func(c *capture.Captures) error { return c.Start(ctx, showroom.CommandID(in.Body.ID), order) })
	})
	post(api, localapi.PathCaptureStop, "stop-capture", "End the capture that runs", func(ctx context.Context, _ *stopCommand) (*captureReply, error) {
		return s.captures(ctx, func(c *capture.Captures) error { return c.Stop(ctx) })
	})
	post(api, localapi.PathCaptureDelete, "delete-capture", "Delete recordings", func(ctx context.Context, in *deleteCommand) (*captureReply, error) {
		return s.captures(ctx, func(c *capture.Captures) error { return c.Delete(ctx, in.Body.Name) })
	})
}

// captures does something with the captures and answers how they stand after. What is recorded concerns everybody in the shop, so
// this is for those who may use the agent's socket; people with a role have the staff page.
func (s *Server) captures(ctx context.Context, do func(*capture.Captures) error) (*captureReply, error) {
	if !overSocket(ctx) {
		return nil, refuse(s.log, showroom.Errorf(showroom.CodeForbidden, "Captures are started over the agent's own socket, or on the staff page."))
	}
	if err := do(s.opt.Captures); err != nil {
		return nil, refuse(s.log, err)
	}
	st, err := s.opt.Captures.Status()
	if err != nil {
		return nil, refuse(s.log, err)
	}
	out := &captureReply{Body: localapi.CaptureStatus{Running: captureOf(st.Now), Folder: st.Folder, Files: make([]localapi.CaptureFile, 0, len(st.Files))}}
	for _, f := range st.Files {
		out.Body.Files = append(out.Body.Files, localapi.CaptureFile{Name: f.Name, Bytes: f.Bytes, Begun: f.Begun, Gone: f.Gone})
	}
	return out, nil
}

// overSocket says whether a request came over the unix socket and not over TCP.
func overSocket(ctx context.Context) bool {
	at, ok := ctx.Value(http.LocalAddrContextKey).(net.Addr)
	return ok && at.Network() == "unix"
}

// seconds is a time as a client writes it. One that is longer than there are durations is as long as can be, and not a short one.
func seconds(n int) time.Duration {
	const most = int(math.MaxInt64 / time.Second)
	return time.Duration(max(min(n, most), -most)) * time.Second
}

// captureNow is the capture that runs, for every screen; nil for none.
func (s *Server) captureNow() *localapi.Capture { return captureOf(s.board.Capture()) }

func captureOf(c live.Capture) *localapi.Capture {
	if !c.Runs() {
		return nil
	}
	return &localapi.Capture{Device: string(c.Device), Since: c.Since.UTC(), Until: c.Until.UTC(), Clock: c.Until.Format("15:04")}
}
