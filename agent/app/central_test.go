package app_test

import (
	"log/slog"
	"strings"
	"testing"
)

// A shop without a central service says why, and does not say so before it has tried.
func TestTheReasonOfASilentCentreIsLogged(t *testing.T) {
	cfg := shop(t)
	cfg.Central.URL, cfg.Central.Token = "http://127.0.0.1:1", "token"
	log := &ledger{}
	_, stop := startLogged(t, cfg, slog.NewTextHandler(log, nil))
	until(t, "the word of it", func() bool { return len(log.lines("Central service does not answer")) > 0 })
	if told := log.lines("Central service does not answer"); len(told) != 1 || strings.Contains(told[0], `err=""`) {
		t.Errorf("it is told as\n%s", strings.Join(told, ""))
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}
