package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"showroom/agent/localapi"
	"showroom/config"
)

// running is the agent that runs on this machine, spoken to over its socket: there is one writer of the shop's memory.
type running struct {
	socket   string
	client   *http.Client
	patience time.Duration // with one answer
}

// runningFlags say where the running agent is found.
type runningFlags struct{ config, socket string }

func (f *runningFlags) add(cmd *cobra.Command) {
	cmd.PersistentFlags().StringVar(&f.config, "config", defaultConfig, "configuration file of the running agent")
	cmd.PersistentFlags().StringVar(&f.socket, "socket", "", "socket of the running agent, instead of the one in the configuration")
}

func (f *runningFlags) find() (*running, error) {
	socket := f.socket
	if socket == "" {
		cfg, err := config.Load(f.config)
		if err != nil {
			return nil, err
		}
		socket = cfg.SocketPath()
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}
	return &running{socket, &http.Client{Transport: &http.Transport{DialContext: dial}}, patience}, nil
}

// patience with one answer is longer than the agent's with a device, which is half a minute: why a printer prints nothing is told.
const patience = time.Minute

// ask sends a body, if there is one, and reads the answer into out.
func (r *running) ask(ctx context.Context, path string, body, out any) error {
	ctx, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	answer, err := r.send(ctx, path, body)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, enough))
	if err != nil {
		return fmt.Errorf("read the agent's answer: %w", err)
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("understand the agent's answer: %w", err)
	}
	return nil
}

// follow sends a body and hands on the answer line by line, for as long as the agent has one to give.
func (r *running) follow(ctx context.Context, path string, body any, line func([]byte) error) error {
	answer, err := r.send(ctx, path, body)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, enough)
	for lines.Scan() {
		if err := line(lines.Bytes()); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read the agent's answer: %w", err)
	}
	return nil
}

// enough is how many bytes an answer may have.
const enough = 16 << 20

// send sends a body, if there is one. The caller closes the answer, which is no refusal.
func (r *running) send(ctx context.Context, path string, body any) (*http.Response, error) {
	method, sent := http.MethodGet, io.Reader(nil)
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		method, sent = http.MethodPost, bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://agent"+path, sent)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := r.client.Do(request)
	switch {
	case errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return nil, fmt.Errorf("the agent is not running: nobody answers at %s; start it with \"showroom-agent run\"", r.socket)
	case errors.Is(err, os.ErrPermission):
		return nil, fmt.Errorf("no permission to speak to the agent at %s; run as its user or join its group", r.socket)
	case err != nil:
		return nil, fmt.Errorf("ask the agent at %s: %w", r.socket, err)
	}
	if answer.StatusCode < 300 {
		return answer, nil
	}
	defer answer.Body.Close()
	var p localapi.Problem
	if json.NewDecoder(io.LimitReader(answer.Body, enough)).Decode(&p) != nil || p.Title == "" && p.Detail == "" {
		return nil, fmt.Errorf("the agent at %s answers %s; is it of this version?", r.socket, answer.Status)
	}
	return nil, &p
}
