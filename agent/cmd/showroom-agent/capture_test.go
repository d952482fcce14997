package main

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/localapi"
	"showroom/devices/link"
)

func run(stdin string, args ...string) (string, error) {
	var out bytes.Buffer
	cmd := root()
	cmd.SetArgs(args)
	cmd.SetIn(strings.NewReader(stdin))
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	err := cmd.Execute()
	return out.String(), err
}

func TestCaptureCommandsAskTheRunningAgent(t *testing.T) {
	socket, asked := agentAt(t, func(_, path, _ string) (int, any) {
		if path == localapi.PathCaptureStop {
			return http.StatusServiceUnavailable, localapi.Problem{Title: "no", Detail: "The disk is full.", Code: "unavailable"}
		}
		return http.StatusOK, localapi.CaptureStatus{Folder: "/var/lib/showroom/captures", Files: []localapi.CaptureFile{}}
	})
	for _, args := range [][]string{
		{"start", "r1", "--for", "10m", "--reason", "no tags at antenna 2"}, {"status"}, {"delete"}, {"delete", "r1-x.jsonl"},
	} {
		out, err := run("", append([]string{"capture", "--socket", socket}, args...)...)
		if err != nil || !strings.Contains(out, `"folder":"/var/lib/showroom/captures"`) {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
	if _, err := run("", "capture", "--socket", socket, "stop"); err == nil || err.Error() != "The disk is full." {
		t.Errorf("stop: %v", err)
	}
	want := []string{
		`POST /v1/capture/start {"device":"r1","reason":"no tags at antenna 2","seconds":600}`, "GET /v1/capture null",
		"POST /v1/capture/delete {}", `POST /v1/capture/delete {"name":"r1-x.jsonl"}`, "POST /v1/capture/stop {}",
	}
	if diff := cmp.Diff(want, *asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	for _, args := range [][]string{{"start", "r1"}, {"start", "--reason", "x"}, {"start", "r1", "--reason", "x", "--for", "1500ms"}} {
		if _, err := run("", append([]string{"capture", "--socket", socket}, args...)...); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}

func TestACaptureOfASerialLineIsDecoded(t *testing.T) {
	start := time.Now()
	frame := []byte{0xBB, 0x02, 0x22, 0x00, 0x11, 0xC9, 0x34, 0x00, 0x30, 0x75, 0x1F, 0xEB, 0x70, 0x5C, 0x59, 0x04, 0xE3, 0xD5, 0x0D, 0x70, 0x3A, 0x76, 0xEF, 0x7E}
	var tape strings.Builder
	for i, c := range []link.Chunk{{Bytes: frame[:7]}, {Out: true, Bytes: []byte{0xBB, 0x00, 0x27}}, {Bytes: frame[7:]}} {
		c.At = start.Add(time.Duration(i) * time.Millisecond)
		line, err := c.Line(start)
		if err != nil {
			t.Fatal(err)
		}
		tape.Write(line)
	}
	whole, err := run("", "decode", "serial", "--help")
	if err != nil || !strings.Contains(whole, "--capture") {
		t.Errorf("help says nothing of captures: %v", err)
	}
	got, err := run(tape.String(), "decode", "serial", "--protocol", "r200", "--capture")
	if err != nil {
		t.Fatal(err)
	}
	want, err := run(string(frame), "decode", "serial", "--protocol", "r200")
	if err != nil || !strings.Contains(want, `"valid":true`) {
		t.Fatalf("%v: %s", err, want)
	}
	if got != want {
		t.Errorf("the capture is decoded as\n%s, the bytes as\n%s", got, want)
	}
	if _, err := run("no capture\n", "decode", "serial", "--protocol", "r200", "--capture"); err == nil {
		t.Error("what is no capture was decoded")
	}
}
