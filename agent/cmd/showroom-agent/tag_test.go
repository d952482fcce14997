package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"showroom/agent/localapi"
)

// agentAt answers on a socket as the agent does, and tells what it was asked.
func agentAt(t *testing.T, answer func(method, path, body string) (int, any)) (socket string, asked *[]string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "agent") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket = filepath.Join(dir, "a.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	asked = new([]string)
	srv := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var body map[string]any
		_ = json.Unmarshal(raw, &body)
		id, _ := body["id"].(string)
		if (r.Method == http.MethodPost) != (id != "") {
			t.Errorf("%s %s under the id %q", r.Method, r.URL.Path, id)
		}
		delete(body, "id")
		rest, _ := json.Marshal(body)
		*asked = append(*asked, fmt.Sprintf("%s %s %s", r.Method, r.URL.EscapedPath(), rest))
		status, out := answer(r.Method, r.URL.Path, string(raw))
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(out)
	})}}
	srv.Start()
	t.Cleanup(srv.Close)
	return socket, asked
}

func runTag(stdin string, args ...string) (string, error) {
	var out bytes.Buffer
	cmd := root()
	cmd.SetArgs(append([]string{"tag"}, args...))
	cmd.SetIn(strings.NewReader(stdin))
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	err := cmd.Execute()
	return out.String(), err
}

func TestTagCommandsAskTheRunningAgent(t *testing.T) {
	socket, asked := agentAt(t, func(_, path, _ string) (int, any) {
		switch {
		case path == localapi.PathTags+"/t 1/return", path == localapi.PathTags+"/t 1/hand-out":
			return http.StatusOK, localapi.Tag{ID: "t 1", Label: "Loan tag 7", State: "away"}
		case strings.HasPrefix(path, "/v1/garments/"):
			return http.StatusOK, localapi.GarmentsCounted{Changed: 2}
		}
		return http.StatusOK, struct {
			localapi.Tags
			localapi.Tag
		}{localapi.Tags{Tags: []localapi.Tag{{ID: "t 1", Label: "Loan tag 7", State: "out"}, {ID: "t2", Label: "Basket 1"}}}, localapi.Tag{ID: "new"}}
	})
	for _, c := range []struct {
		stdin string
		args  []string
		says  string
		asked string // the last thing
	}{
		{"", []string{"enrol", "--label", "Loan tag 8", "AC:23:3F:A0:32:08"}, `{"id":"new"`, `POST /v1/tags {"identity":"AC:23:3F:A0:32:08","kind":"loan","label":"Loan tag 8"}`},
		{"AC:23:3F:A0:32:08\n", []string{"enrol", "--label", "B", "--kind", "basket", "-"}, `{"id":"new"`, `POST /v1/tags {"identity":"AC:23:3F:A0:32:08","kind":"basket","label":"B"}`},
		{"", []string{"enrol", "--label", "Loan tag 8", "--put-away", "x"}, `{"id":"new"`, `POST /v1/tags {"identity":"x","kind":"loan","label":"Loan tag 8","put_away":true}`},
		{"", []string{"hand-out", "Loan tag 7"}, `"state":"away"`, `POST /v1/tags/t%201/hand-out {}`},
		{"", []string{"return", "t 1"}, `"state":"away"`, `POST /v1/tags/t%201/return {}`},
		{"", []string{"return", "--give-up", "Loan tag 7"}, `"state":"away"`, `POST /v1/tags/t%201/return {"give_up":true}`},
		{"", []string{"list"}, `{"id":"t2"`, `GET /v1/tags null`},
		{"", []string{"sold", "3034257BF7194E4000001A85", "36"}, `{"changed":2,"already":0}`, `POST /v1/garments/sold {"epcs":["3034257BF7194E4000001A85","36"]}`},
		{"A1\n\n B2 \n", []string{"returned", "-"}, `{"changed":2,"already":0}`, `POST /v1/garments/returned {"epcs":["A1","B2"]}`},
	} {
		out, err := runTag(c.stdin, append(c.args, "--socket", socket)...)
		if err != nil || !strings.Contains(out, c.says) {
			t.Errorf("%q says %q, %v; want %q", c.args, out, err, c.says)
		}
		if last := (*asked)[len(*asked)-1]; last != c.asked {
			t.Errorf("%q asks %s, want %s", c.args, last, c.asked)
		}
	}
	if out, err := runTag("", "return", "Loan tag 9", "--socket", socket); err == nil || !strings.Contains(err.Error(), "tag list") {
		t.Errorf("a tag that is not there: %q, %v", out, err)
	}
}

func TestTagCommandsSayWhatIsWrong(t *testing.T) {
	socket, _ := agentAt(t, func(string, string, string) (int, any) {
		return http.StatusUnprocessableEntity, localapi.Problem{Title: "Unprocessable Entity", Status: 422, Detail: "An address may change."}
	})
	strange, _ := agentAt(t, func(string, string, string) (int, any) { return http.StatusNotFound, "404" })
	gone := filepath.Join(t.TempDir(), "gone.sock")
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"enrol", "--label", "x", "4C:11:22:33:44:55", "--socket", socket}, "An address may change."},
		{[]string{"list", "--socket", gone}, "the agent is not running"},
		{[]string{"list", "--socket", strange}, "is it of this version?"},
		{[]string{"list", "--config", gone}, "gone.sock"},
		{[]string{"enrol", "x", "--socket", socket}, `needs --label`},
		{[]string{"enrol", "--label", "x", "-", "--socket", socket}, "want one"},
		{[]string{"sold", "--socket", socket}, "write showroom-agent tag sold EPC..."},
	} {
		out, err := runTag("", c.args...)
		if err == nil || !strings.Contains(err.Error(), c.says) || out != "" {
			t.Errorf("%q: %v, want %q; it prints %q", c.args, err, c.says, out)
		}
	}
}

func TestTagHelpShowsExamples(t *testing.T) {
	for _, args := range [][]string{{}, {"enrol"}, {"hand-out"}, {"return"}, {"list"}, {"sold"}, {"returned"}} {
		out, err := runTag("", append(args, "--help")...)
		if err != nil || !strings.Contains(out, "Examples:\n  showroom-agent tag ") {
			t.Errorf("%q: %v\n%s", args, err, out)
		}
	}
}
