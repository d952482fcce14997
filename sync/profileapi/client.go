package profileapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// How long one request may take, beyond what it is asked to wait.
const (
	requestTimeout = 60 * time.Second
	pictureTimeout = 5 * time.Minute
	importTimeout  = 30 * time.Minute
)

// Options say where the central service is and who asks.
type Options struct {
	URL   string // https://host[:port]; http on loopback only
	Token string // bearer token
	// Bearer answers the token in place of Token, before each request, so that a renewed one needs no other Client. It must be safe for
	// concurrent use. May be nil.
	Bearer func() (string, error)
	// Transport makes the connections; nil for one with sane time-outs.
	Transport http.RoundTripper
}

// Client talks to the central service. It never retries: when to try again is the caller's decision. It is safe for concurrent
// use.
type Client struct {
	base   *url.URL
	bearer func() (string, error)
	http   *http.Client
	answer *Decompressor
}

// maxAnswer is the most a decompressed answer may be: a page of changes.
const maxAnswer = 64 << 20

// NewClient makes a Client. It refuses an address that would send the token in the clear over a network.
func NewClient(o Options) (*Client, error) {
	base, err := url.Parse(o.URL)
	if err != nil {
		return nil, fmt.Errorf("central service address: %w", err)
	}
	if base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, fmt.Errorf("central service address %q: write https://host or, on this machine, http://127.0.0.1:port", o.URL)
	}
	if base.Scheme == "http" && !IsLoopback(base.Hostname()) {
		return nil, fmt.Errorf("central service address %q: use https; plain http is for this machine only", o.URL)
	}
	rt := o.Transport
	if rt == nil {
		rt = newTransport()
	}
	answer, err := NewDecompressor(maxAnswer)
	if err != nil {
		return nil, err
	}
	// The service does not redirect, and following somebody who does might take the token off https.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	bearer := o.Bearer
	if bearer == nil {
		bearer = func() (string, error) { return o.Token, nil }
	}
	return &Client{base: base, bearer: bearer, http: &http.Client{Transport: rt, CheckRedirect: stay}, answer: answer}, nil
}

// IsLoopback says that host, a name or address without a port, is this machine.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     90 * time.Second,
		MaxIdleConnsPerHost: 2,
		DisableCompression:  true, // answers are zstd, and the header is saved on every upload
	}
}

// Batch is one upload.
type Batch struct {
	Epoch, Lane string
	From, To    int64  // lane sequence numbers it covers, both inclusive
	Body        []byte // the compressed JSON array
}

// Ingest uploads a batch. A *Problem of TypeOutOfOrder says where the lane stands.
func (c *Client) Ingest(ctx context.Context, b Batch) (IngestResult, error) {
	q := url.Values{"epoch": {b.Epoch}, "lane": {b.Lane}, "from": {itoa(b.From)}, "to": {itoa(b.To)}}
	h := http.Header{"Content-Type": {TypeBatch}, "Content-Encoding": {Zstd}}
	var out IngestResult
	err := c.call(ctx, requestTimeout, http.MethodPost, PathIngest, q, h, b.Body, &out)
	return out, err
}

// Changes waits up to wait for changes after the cursor, "" for everything from the beginning, and answers at most limit of them.
// A *Problem of TypeResync says that the cursor is of no use any more.
func (c *Client) Changes(ctx context.Context, store, cursor string, wait time.Duration, limit int) (Changes, error) {
	q := url.Values{"wait": {itoa(int64(wait / time.Second))}, "max": {strconv.Itoa(limit)}}
	setIf(q, "cursor", cursor)
	setIf(q, "store", store)
	var out Changes
	err := c.call(ctx, requestTimeout+wait, http.MethodGet, PathChanges, q, acceptZstd(), nil, &out)
	return out, err
}

// Snapshot reads the page of the bucket after the one whose Next is given, "" for the first.
func (c *Client) Snapshot(ctx context.Context, bucket Bucket, store, after string, limit int) (Snapshot, error) {
	q := url.Values{"limit": {strconv.Itoa(limit)}}
	setIf(q, "after", after)
	setIf(q, "store", store)
	var out Snapshot
	path := strings.Replace(PathSnapshot, "{bucket}", url.PathEscape(string(bucket)), 1)
	err := c.call(ctx, requestTimeout, http.MethodGet, path, q, acceptZstd(), nil, &out)
	return out, err
}

// Time asks the centre's clock. Half of how long the call took is how wrong the answer can be.
func (c *Client) Time(ctx context.Context) (time.Time, error) {
	var out Time
	err := c.call(ctx, requestTimeout, http.MethodGet, PathTime, nil, nil, nil, &out)
	return out.Time, err
}

// Import sends a catalogue. A *Problem of TypeInvalid lists in Faults all that is wrong with it.
func (c *Client) Import(ctx context.Context, in Import) (ImportResult, error) {
	var out ImportResult
	plain, err := json.Marshal(in)
	if err != nil {
		return out, fmt.Errorf("encode import: %w", err)
	}
	z, err := NewCompressor()
	if err != nil {
		return out, err
	}
	h := http.Header{"Content-Type": {TypeJSON}, "Content-Encoding": {Zstd}}
	err = c.call(ctx, importTimeout, http.MethodPost, PathImport, nil, h, z.Compress(nil, plain), &out)
	return out, err
}

// Events lists a lane of a device, after the lane sequence number given.
func (c *Client) Events(ctx context.Context, device, epoch, lane string, after int64, limit int) (Events, error) {
	q := url.Values{"device": {device}, "epoch": {epoch}, "lane": {lane}, "after": {itoa(after)}, "limit": {strconv.Itoa(limit)}}
	var out Events
	err := c.call(ctx, requestTimeout, http.MethodGet, PathEvents, q, acceptZstd(), nil, &out)
	return out, err
}

// PutPicture stores a picture under its SHA-256 in hex. Storing it again does nothing.
func (c *Client) PutPicture(ctx context.Context, sha string, content []byte) error {
	h := http.Header{"Content-Type": {http.DetectContentType(content)}}
	return c.call(ctx, pictureTimeout, http.MethodPut, picturePath(sha), nil, h, content, nil)
}

// Picture opens a picture. The caller closes it and must not trust the content before having compared its sum. A picture the
// centre has not got is a *Problem of TypeNotFound.
func (c *Client) Picture(ctx context.Context, sha string) (io.ReadCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, pictureTimeout)
	resp, err := c.send(ctx, http.MethodGet, picturePath(sha), nil, nil, nil)
	if err != nil {
		cancel()
		return nil, err
	}
	return &closing{ReadCloser: resp.Body, also: cancel}, nil
}

type closing struct {
	io.ReadCloser
	also func()
}

func (c *closing) Close() error {
	defer c.also()
	return c.ReadCloser.Close()
}

func picturePath(sha string) string {
	return strings.Replace(PathPicture, "{sha}", url.PathEscape(sha), 1)
}

// call sends one request and decodes the answer into out.
func (c *Client) call(ctx context.Context, limit time.Duration, method, path string, q url.Values, h http.Header, body []byte, out any) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	resp, err := c.send(ctx, method, path, q, h, body)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("read answer to %s %s: %w", method, path, err)
	}
	if len(answer) > maxAnswer {
		return fmt.Errorf("read answer to %s %s: %w", method, path, ErrTooLarge)
	}
	if resp.Header.Get("Content-Encoding") == Zstd {
		if answer, err = c.answer.Decompress(answer); err != nil {
			return fmt.Errorf("read answer to %s %s: %w", method, path, err)
		}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("decode answer to %s %s: %w", method, path, err)
	}
	return nil
}

// send answers a 2xx response, whose body the caller closes, or an error.
func (c *Client) send(ctx context.Context, method, path string, q url.Values, h http.Header, body []byte) (*http.Response, error) {
	u := c.base.JoinPath(path)
	u.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	for k, v := range h {
		req.Header[k] = v
	}
	token, err := c.bearer()
	if err != nil {
		return nil, fmt.Errorf("find token of the central service: %w", err)
	}
	req.Header["User-Agent"] = nil // 24 bytes on every upload that nobody reads
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("reach central service: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		defer resp.Body.Close()
		return nil, readProblem(resp)
	}
	return resp, nil
}

func readProblem(resp *http.Response) error {
	p := &Problem{}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil || json.Unmarshal(body, p) != nil || p.Title == "" {
		*p = Problem{Title: http.StatusText(resp.StatusCode)} // not our service: a proxy in between
	}
	p.Status = resp.StatusCode
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
		p.RetryAfter = time.Duration(s) * time.Second
	}
	return p
}

func acceptZstd() http.Header { return http.Header{"Accept-Encoding": {Zstd}} }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func setIf(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}
