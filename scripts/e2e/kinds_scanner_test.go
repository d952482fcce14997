package e2e

import (
	"errors"
	"fmt"

	"showroom/agent/localapi"
	"showroom/kiosk/view"
)

// scanner has the scanner beside the calm room's kiosk go through everything.
func (s *kinds) scanner() error {
	s.watch.touch("scanner")
	white := func() error { return s.shows(white40) }
	steps := []func() error{
		white,
		func() error { return s.order("pull scanner") },
		s.scannerIs("down", "not plugged in"),
		func() error { return s.order("plug scanner") },
		s.scannerIs("up", ""),
		func() error { return s.shows(white41) },
		func() error { return s.order("garbage scanner for 1h") },
		s.damagedCodes,
		func() error { return s.order("fault scanner off") },
		white,
		s.scannerIs("up", ""),
		func() error { return s.showsMeaning("SR-C-"+secretCustomer, localapi.ScanCustomer) },
	}
	for i, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("step %d: %w", i, err)
		}
	}
	s.watch.leave("scanner")
	return nil
}

// secretCustomer is who showed a code.
const secretCustomer = "QX7731KADRIYE"

func (s *kinds) scannerIs(state, reason string) func() error {
	return func() error {
		return s.watch.await("health tells of the scanner", func(now sight) error { return now.is("scanner", state, reason) })
	}
}

// damagedCodes shows codes to a disturbed scanner until that is counted.
func (s *kinds) damagedCodes() error {
	before := s.watch.now().devices["scanner"]
	return s.watch.await("damaged codes are counted", func(now sight) error {
		if d := now.devices["scanner"]; d.Bad+d.Skipped < before.Bad+before.Skipped+3 {
			return errors.Join(s.order(`scan "4006381333931" at scanner`), fmt.Errorf("%d are bad, %d skipped", d.Bad, d.Skipped))
		}
		return nil
	})
}

// shows has somebody hold a piece in front of the scanner until the kiosk beside it has its page open: what a disturbed line has left
// over spoils the first code after it.
func (s *kinds) shows(gtin string) error {
	return s.comes("the piece that was shown is open", func() error {
		st := s.kiosks["calm"].now()
		if scan := st.Kiosk.Scan; st.Route == view.RouteScan && scan != nil && scan.GTIN == gtin && scan.Product != nil {
			return nil
		}
		return errors.Join(s.order(`scan "%s" at scanner`, gtin), fmt.Errorf("it shows page %d", st.Route))
	})
}

// showsMeaning has somebody show a code that is no piece.
func (s *kinds) showsMeaning(code, meaning string) error {
	if err := s.order(`scan "%s" at scanner`, code); err != nil {
		return err
	}
	k := s.kiosks["calm"]
	_, err := k.sees("the kiosk says what the code is for", k.watch(func(st view.State) bool {
		page, open := st.Scan()
		return open && st.Kiosk.Scan.Kind == meaning && page.Title != "" && page.Text != ""
	}))
	return err
}
