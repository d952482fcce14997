package capture

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"showroom/agent/live"
	"showroom/agent/showroom"
)

// A file is named after its device and the time it was begun. Until its end stands in the journal it is called unfinished, so that
// a capture that died with the agent is found.
const (
	stamp      = "20060102T150405.000Z"
	finished   = ".jsonl"
	unfinished = ".jsonl.part"
)

// File is the recording of a capture.
type File struct {
	Name   string
	Device showroom.DeviceID
	Bytes  int64
	Begun  time.Time // by the wall clock of then
	Gone   time.Time // when it is deleted
}

func (f File) over() bool { return !strings.HasSuffix(f.Name, unfinished) }

// Status is the capture that runs, the zero Capture for none, and the files that are kept.
type Status struct {
	Now    live.Capture
	Folder string
	Files  []File // by name
}

// Status answers how captures stand.
func (c *Captures) Status() (Status, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	files, err := c.files()
	return Status{Now: c.board.Capture(), Folder: c.opt.Dir, Files: files}, err
}

// files are the recordings in the folder. Other files there are nobody's business.
func (c *Captures) files() ([]File, error) {
	entries, err := os.ReadDir(c.opt.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for captures: %w", err)
	}
	var all []File
	for _, e := range entries {
		f, ok := parseName(e.Name())
		if !ok || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("look at capture %s: %w", e.Name(), err)
		}
		f.Bytes, f.Gone = info.Size(), f.Begun.Add(c.opt.Keep)
		all = append(all, f)
	}
	return all, nil
}

func parseName(name string) (File, bool) {
	base := strings.TrimSuffix(strings.TrimSuffix(name, unfinished), finished)
	at := len(base) - len(stamp)
	if base == name || at < 2 || base[at-1] != '-' {
		return File{}, false
	}
	begun, err := time.Parse(stamp, base[at:])
	device, badEscape := url.PathUnescape(base[:at-1])
	return File{Name: name, Device: showroom.DeviceID(device), Begun: begun}, err == nil && badEscape == nil
}

func finishFile(path string) error {
	if err := os.Rename(path, strings.TrimSuffix(path, unfinished)+finished); err != nil {
		return fmt.Errorf("close file of capture: %w", err)
	}
	return nil
}

// isRunning says whether the capture that runs writes into the file.
func (c *Captures) isRunning(f File) bool { return c.now != nil && filepath.Base(c.now.path) == f.Name }

// closeLeftovers writes down the end of captures that ended without a word: the agent died.
func (c *Captures) closeLeftovers(ctx context.Context) error {
	files, err := c.files()
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.over() || c.isRunning(f) {
			continue
		}
		stopped := showroom.CaptureStopped{Device: f.Device, Bytes: f.Bytes, Reason: showroom.CaptureCrashed}
		if err := c.close(ctx, filepath.Join(c.opt.Dir, f.Name), stopped); err != nil {
			return err
		}
		c.opt.Log.Warn("A capture had ended with the agent", "device", string(f.Device), "bytes", f.Bytes)
	}
	return nil
}

// deleteOld deletes what was kept for long enough and answers how long until the next one goes. A file from a time to come was named
// by a clock that was wrong; once the clock is known to be right, it goes too.
func (c *Captures) deleteOld() (next time.Duration, err error) {
	const forever = 24 * time.Hour
	next = forever
	files, err := c.files()
	if err != nil {
		return next, err
	}
	at := c.opt.Clock()
	sure := at.Quality == showroom.ClockNTP || at.Quality == showroom.ClockServer
	for _, f := range files {
		left := f.Gone.Sub(at.Wall)
		switch {
		case !f.over(): // its end is still to be written down
		case left <= 0, sure && left > c.opt.Keep+time.Minute:
			if err := os.Remove(filepath.Join(c.opt.Dir, f.Name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return next, fmt.Errorf("delete old capture: %w", err)
			}
			c.opt.Log.Info("An old capture is deleted", "file", f.Name)
		default:
			next = min(next, left)
		}
	}
	return next, nil
}

// Delete deletes a recording, or with an empty name all of them but the one that is being made. CodeNotFound for a name that is none
// of them, CodeConflict for the one that is being made.
func (c *Captures) Delete(ctx context.Context, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.closeLeftovers(ctx); err != nil { // their end must not go with them
		return err
	}
	files, err := c.files()
	if err != nil {
		return err
	}
	found := name == ""
	for _, f := range files {
		if name != "" && f.Name != name {
			continue
		}
		found = true
		if c.isRunning(f) {
			if name != "" {
				return showroom.Errorf(showroom.CodeConflict, "This capture still runs. Stop it first.")
			}
			continue
		}
		if err := os.Remove(filepath.Join(c.opt.Dir, f.Name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("delete capture: %w", err)
		}
	}
	if !found {
		return showroom.Errorf(showroom.CodeNotFound, "There is no capture %q.", name)
	}
	return nil
}
