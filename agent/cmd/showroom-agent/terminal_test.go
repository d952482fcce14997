package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// endOfDay has the command ask an agent that answers so, and answers what stands on both outputs.
func endOfDay(t *testing.T, answer func(w http.ResponseWriter)) (out, said string, err error) {
	t.Helper()
	dir, err := os.MkdirTemp("", "agent") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "a.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	srv := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w) })}}
	srv.Start()
	t.Cleanup(srv.Close)
	var stdout, stderr bytes.Buffer
	cmd := root()
	cmd.SetArgs([]string{"terminal", "end-of-day", "pt1", "--socket", socket})
	cmd.SetOut(&stdout)
	cmd.SetErr(&stderr)
	err = cmd.Execute()
	return stdout.String(), stderr.String(), err
}

func TestTheEndOfTheDayIsFollowed(t *testing.T) {
	out, said, err := endOfDay(t, func(w http.ResponseWriter) {
		_, _ = io.WriteString(w, `{"progress":"please_wait"}
{"progress":"please_wait"}
{"progress":"please_wait","text":"Kassenabschluss"}
{"report":{"device":"pt1","status":"","lines":["SUMME 12,00"]}}
`)
	})
	if err != nil || !strings.Contains(out, "SUMME 12,00") {
		t.Errorf("%q, %v", out, err)
	}
	if said != "please_wait\nplease_wait Kassenabschluss\n" {
		t.Errorf("said meanwhile: %q", said)
	}
}

func TestAnEndOfTheDayThatFails(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter)
		want   string
	}{
		"the terminal": {func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"error":"The host can not be reached."}`) }, "The host can not be reached."},
		"the agent":    {func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"progress":"please_wait"}`) }, "terminal status"},
		"another one": {func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"title":"There is no terminal."}`)
		}, "There is no terminal."},
	} {
		if out, _, err := endOfDay(t, c.answer); err == nil || !strings.Contains(err.Error(), c.want) || out != "" {
			t.Errorf("%s: %q, %v", name, out, err)
		}
	}
}
