// Package agentclient speaks localapi to the agent beside the kiosk, over a unix socket or TCP.
//
// Reading is Load, the truth, and Follow, which says when to load again. What the shopper does goes out under a command id made
// once per tap with NewID: a command is sent again, with the same id, until the agent has answered it or its context ends, and the
// agent does it once. Pictures fetches product pictures in the background.
package agentclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"showroom/agent/localapi"
)

// Options are the patience of a Client. The zero value is right for a kiosk beside its agent.
type Options struct {
	Attempt  time.Duration // how long one attempt at a call may take; 0 is 10 s
	Idle     time.Duration // a stream silent for longer is dead; the agent speaks every 15 s. 0 is 40 s
	MinDelay time.Duration // before the second attempt; 0 is 250 ms. Later ones wait longer
	MaxDelay time.Duration // 0 is 2 s: the agent is beside the kiosk
}

// Client speaks to one agent for one kiosk. It is safe for concurrent use.
type Client struct {
	options Options
	base    string
	kiosk   string
	http    *http.Client
}

// maxBody is more than any answer of the agent needs.
const maxBody = 8 << 20

// New makes a client of the agent at "unix:///path/of/socket" or "http://host:port", for that kiosk. It does not connect.
func New(agent, kiosk string, o Options) (*Client, error) {
	u, err := url.Parse(agent)
	if err != nil {
		return nil, fmt.Errorf("address of the agent: %w", err)
	}
	if kiosk == "" {
		return nil, errors.New("the kiosk has no id")
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute, ResponseHeaderTimeout: 0}
	c := &Client{options: o.filled(), kiosk: kiosk, http: &http.Client{Transport: transport}}
	switch {
	case u.Scheme == "unix" && u.Host == "" && u.Path != "":
		c.base = "http://agent"
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", u.Path)
		}
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host != "":
		c.base = strings.TrimSuffix(u.Scheme+"://"+u.Host+u.Path, "/")
	default:
		return nil, fmt.Errorf("address of the agent %q: want unix:///path/of/socket or http://host:port", agent)
	}
	return c, nil
}

func (o Options) filled() Options {
	set := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	set(&o.Attempt, 10*time.Second)
	set(&o.Idle, 40*time.Second)
	set(&o.MinDelay, 250*time.Millisecond)
	set(&o.MaxDelay, 2*time.Second)
	return o
}

// NewID makes the id of one command: a UUID of version 7.
func NewID() string {
	id, err := uuid.NewV7()
	if err != nil { // the system has no randomness; a time and a count still tell two taps apart
		return uuid.NewMD5(uuid.NameSpaceOID, fmt.Append(nil, time.Now().UnixNano())).String()
	}
	return id.String()
}

// url fills the path of localapi. Each value is one segment.
func (c *Client) url(path string, values ...string) string {
	for i := 0; i+1 < len(values); i += 2 {
		path = strings.ReplaceAll(path, "{"+values[i]+"}", url.PathEscape(values[i+1]))
	}
	return c.base + strings.ReplaceAll(path, "{kiosk}", url.PathEscape(c.kiosk))
}

// Load gets the truth. A refusal is a *localapi.Problem; anything else means that the agent was not reached.
func (c *Client) Load(ctx context.Context) (localapi.KioskState, error) {
	var k localapi.KioskState
	err := c.call(ctx, http.MethodGet, c.url(localapi.PathKiosk), nil, &k)
	if err != nil {
		return localapi.KioskState{}, fmt.Errorf("load kiosk %s: %w", c.kiosk, err)
	}
	return k, nil
}

// call makes one attempt.
func (c *Client) call(ctx context.Context, method, url string, body []byte, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, c.options.Attempt)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if resp.StatusCode >= 300 {
		return refusal(resp, data)
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(data, answer); err != nil {
		return fmt.Errorf("understand answer: %w", err)
	}
	return nil
}

// refusal reads the agent's problem. What is not one did not come from the agent, and is worth another try.
func refusal(resp *http.Response, data []byte) error {
	var p localapi.Problem
	if err := json.Unmarshal(data, &p); err != nil || p.Code == "" {
		return fmt.Errorf("the agent answered %s", resp.Status)
	}
	if p.Status == 0 {
		p.Status = resp.StatusCode
	}
	return &p
}
