package httpd

import "showroom/agent/localapi"

// captureNow is the capture that runs, for every screen; nil for none.
func (s *Server) captureNow() *localapi.Capture {
	c := s.board.Capture()
	if !c.Runs() {
		return nil
	}
	return &localapi.Capture{Device: string(c.Device), Since: c.Since.UTC(), Until: c.Until.UTC(), Clock: c.Until.Format("15:04")}
}
