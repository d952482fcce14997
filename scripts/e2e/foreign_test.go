package e2e

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"showroom/agent/gs1"
	"showroom/kiosk/view"
)

// othersShirt is of a company that is not the shop.
const othersShirt = "04012345000016"

func TestForeignAndUnknownAndLeftBehind(t *testing.T) {
	t.Parallel()
	s := openShop(t, "fr1", "fr2", "fr3")
	two, three, one := plug(s, "fr2"), plug(s, "fr3"), dialZebra(s)
	s.untilUp("fr2")
	s.untilUp("fr3")
	k := openKiosk(s, "fr2")
	foreign := tag(t, othersShirt, 7)
	unlisted := tag(t, gtinOf(t, "061414199999"), 8)
	shoes := tag(t, white41, 9)

	// The shopper's own shirt is on both readers for as long as everything else happens.
	two.hang(foreign)
	s.eventually("the foreign tag is counted by both readers", func() error {
		one.reads(foreign)
		if a, b := s.device("fr1").Foreign, s.device("fr2").Foreign; a < 5 || b < 5 {
			return fmt.Errorf("%d and %d", a, b)
		}
		return nil
	})
	two.hang(unlisted)
	two.hang(shoes)
	k.until("the shoes are shown", showsCard(shoes.String()))
	k.until("the unknown tag is noted", func(st view.State) bool {
		return roomOf(st).Unknown == 1 && slices.ContainsFunc(st.Room(time.Now()).Notes, func(n view.Note) bool { return n.Kind == view.NoteUnknown })
	})
	if n := len(k.room().Garments); n != 1 {
		t.Errorf("the kiosk knows %d garments, want the shoes alone\n%s", n, told(k.now().Kiosk))
	}
	if r := s.room("1"); r.Visit != "" || r.Unknown+r.LeftBehind+len(r.Garments) > 0 {
		t.Errorf("somebody's own shirt has made something of room 1: %+v", r)
	}

	leaveBehind(k, two, three, shoes)
	s.exactlyOnce()
	s.CentralProcess.Stop()
	if found := s.filesWith(unlisted); len(found) == 0 {
		t.Error("not even the shop's own tag is in a file, so this search proves nothing")
	}
	if found := s.filesWith(foreign); len(found) > 0 {
		t.Errorf("the shopper's own tag is written down in %q", found)
	}
}

// leaveBehind has the shopper leave; shoes and an unknown piece stay on the hook. Somebody else comes into room 3 after that, and when that
// visit has opened, room 2 has had all the time it needed to open one too.
func leaveBehind(k *kiosk, two, three *cable, shoes gs1.EPC) {
	s, first := k.s, k.room().Visit
	s.t.Helper()
	k.loop.Send(view.TapLeave{})
	k.loop.Send(view.TapDone{})
	k.until("the visit is over and the garments are left behind", func(st view.State) bool {
		return st.Route == view.RouteIdle && roomOf(st).Visit == "" && roomOf(st).LeftBehind == 2
	})
	three.hang(tag(s.t, white40, 10))
	s.eventually("somebody is in room 3", func() error {
		if s.room("3").Visit == "" {
			return errors.New("no visit")
		}
		return nil
	})
	if r := s.room("2"); r.Visit != "" || r.LeftBehind != 2 {
		s.t.Errorf("after visit %s room 2 is %+v", first, r)
	}
	two.unhook(shoes)
	s.eventually("the shoes are fetched", func() error {
		if n := s.room("2").LeftBehind; n != 1 {
			return fmt.Errorf("%d are left behind", n)
		}
		return nil
	})
}

// gtinOf is the GTIN of an item of the shop, less its check digit.
func gtinOf(t *testing.T, body string) string {
	t.Helper()
	digit, err := gs1.CheckDigit(body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%014s", body+string(digit))
}

// filesWith searches everything the shop has written for a tag: its bytes, its digits, its number as a text.
func (s *testShop) filesWith(epc gs1.EPC) (found []string) {
	s.t.Helper()
	raw := epc.AppendBytes(nil)
	piece, err := gs1.Decode(epc)
	s.must(err)
	forms := [][]byte{raw, []byte(hex.EncodeToString(raw)), []byte(strings.ToUpper(hex.EncodeToString(raw))), []byte(piece.PureURI()),
		[]byte(piece.TagURI()), []byte(piece.GTIN())}
	s.must(filepath.WalkDir(s.Dir(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err == nil && slices.ContainsFunc(forms, func(form []byte) bool { return bytes.Contains(content, form) }) {
			found = append(found, path)
		}
		return err
	}))
	return found
}
