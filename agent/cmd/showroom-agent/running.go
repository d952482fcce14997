package main

import (
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
	socket string
	client *http.Client
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
	return &running{socket, &http.Client{Transport: &http.Transport{DialContext: dial}, Timeout: 30 * time.Second}}, nil
}

// ask sends a body, if there is one, and reads the answer into out.
func (r *running) ask(ctx context.Context, path string, body, out any) error {
	method, sent := http.MethodGet, io.Reader(nil)
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		method, sent = http.MethodPost, bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://agent"+path, sent)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := r.client.Do(request)
	switch {
	case errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("the agent is not running: nobody answers at %s; start it with \"showroom-agent run\"", r.socket)
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("no permission to speak to the agent at %s; run as its user or join its group", r.socket)
	case err != nil:
		return fmt.Errorf("ask the agent at %s: %w", r.socket, err)
	}
	defer answer.Body.Close()
	const enough = 16 << 20
	raw, err := io.ReadAll(io.LimitReader(answer.Body, enough))
	if err != nil {
		return fmt.Errorf("read the agent's answer: %w", err)
	}
	if answer.StatusCode >= 300 {
		var p localapi.Problem
		if json.Unmarshal(raw, &p) != nil || p.Title == "" && p.Detail == "" {
			return fmt.Errorf("the agent at %s answers %s; is it of this version?", r.socket, answer.Status)
		}
		return &p
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("understand the agent's answer: %w", err)
	}
	return nil
}
