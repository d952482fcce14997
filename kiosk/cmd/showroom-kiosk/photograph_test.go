package main

import (
	"fmt"
	"image"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
)

func TestTheOldestPhotographsMakeRoom(t *testing.T) {
	dir := t.TempDir()
	for i := range mostPhotographs {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%06d-idle.png", i+7)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "holiday.png"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := newPhotographer(nil, nil, dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := p.keep(image.NewNRGBA(image.Rect(0, 0, 2, 2)), "receipt"); err != nil {
			t.Fatal(err)
		}
	}
	if photo, err := os.Stat(filepath.Join(dir, "001008-receipt.png")); err != nil || photo.Mode().Perm() != 0o600 {
		t.Errorf("a picture of a receipt's code is for others to see: %v, %v", photo.Mode(), err)
	}
	there := func(name string) bool {
		_, err := os.Stat(filepath.Join(dir, name))
		return err == nil
	}
	for name, want := range map[string]bool{
		"000007-idle.png": false, "000008-idle.png": false, "000009-idle.png": true,
		"001007-receipt.png": true, "001008-receipt.png": true, "holiday.png": true,
	} {
		if there(name) != want {
			t.Errorf("of %s it is %v that it is there", name, !want)
		}
	}
}
