package view_test

import (
	"testing"
	"time"

	"showroom/agent/localapi"
	"showroom/kiosk/view"
)

func TestARestockedRoomSaysSoCalmly(t *testing.T) {
	k := localapi.KioskState{Language: "tr", Seq: "e.1", Room: &localapi.Room{
		Reader: localapi.Reader{State: "up"}, LeftBehind: 7, Restock: &localapi.Restock{},
	}}
	s, _ := view.Reduce(view.Start("tr"), view.StateLoaded{Kiosk: k}, time.Time{})
	if p := s.Idle(); p.Title != "Az sonra sizinleyiz" || p.Text != "Bu kabini sizin için hazırlıyoruz." || p.Note != "" {
		t.Errorf("%+v", p)
	}
}
