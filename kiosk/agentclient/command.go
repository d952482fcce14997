package agentclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"showroom/agent/localapi"
)

// Request asks for a piece. Like every command it is sent again until the agent has answered: a refusal is a *localapi.Problem,
// any other error means that ctx ended first, and then the command may or may not have been done.
func (c *Client) Request(ctx context.Context, cmd localapi.RequestCommand) (localapi.Request, error) {
	return command[localapi.Request](ctx, c, c.url(localapi.PathRequests), cmd)
}

// Cancel takes a request back.
func (c *Client) Cancel(ctx context.Context, id, request string) (localapi.Request, error) {
	return command[localapi.Request](ctx, c, c.url(localapi.PathRequestCancel, "request", request), localapi.Command{ID: id})
}

// Language changes the language of the session.
func (c *Client) Language(ctx context.Context, id, language string) (localapi.KioskState, error) {
	return command[localapi.KioskState](ctx, c, c.url(localapi.PathLanguage), localapi.LanguageCommand{ID: id, Language: language})
}

// Done ends the visit; one that is over already is left alone, and so is the one after it.
func (c *Client) Done(ctx context.Context, id, visit string) (localapi.KioskState, error) {
	return command[localapi.KioskState](ctx, c, c.url(localapi.PathDone), localapi.Command{ID: id, Visit: visit})
}

// Forget ends the visit if it has not ended yet, and forgets it.
func (c *Client) Forget(ctx context.Context, id, visit string) (localapi.KioskState, error) {
	return command[localapi.KioskState](ctx, c, c.url(localapi.PathForget), localapi.Command{ID: id, Visit: visit})
}

// Call calls an associate.
func (c *Client) Call(ctx context.Context, id string) (localapi.KioskState, error) {
	return command[localapi.KioskState](ctx, c, c.url(localapi.PathCall), localapi.Command{ID: id})
}

// ToCheckout sets a basket aside for what hangs in the room. Its code opens it at a checkout.
func (c *Client) ToCheckout(ctx context.Context, id string) (localapi.Parked, error) {
	return command[localapi.Parked](ctx, c, c.url(localapi.PathToCheckout), localapi.Command{ID: id})
}

// PutScanAside takes what was scanned off the screen; one scanned since stays.
func (c *Client) PutScanAside(ctx context.Context, id, scan string) (localapi.KioskState, error) {
	return command[localapi.KioskState](ctx, c, c.url(localapi.PathScanAside, "scan", scan), localapi.Command{ID: id})
}

// Touch says that somebody is there. It is tried once: the next touch comes soon.
func (c *Client) Touch(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, c.url(localapi.PathTouch), nil, nil)
}

func command[A any](ctx context.Context, c *Client, url string, cmd any) (A, error) {
	var none A
	body, err := json.Marshal(cmd)
	if err != nil {
		return none, fmt.Errorf("write command: %w", err)
	}
	for try := 0; ; try++ {
		var answer A
		err := c.call(ctx, http.MethodPost, url, body, &answer)
		if err == nil {
			return answer, nil
		}
		if problem := (*localapi.Problem)(nil); errors.As(err, &problem) {
			return none, problem
		}
		if c.pause(ctx, try) != nil {
			return none, fmt.Errorf("no answer from the agent: %w", err)
		}
	}
}

// pause waits before attempt try+2: longer each time, and never at the same moment as other kiosks.
func (c *Client) pause(ctx context.Context, try int) error {
	d := c.options.MaxDelay
	if try < 16 {
		d = min(c.options.MinDelay<<try, d)
	}
	d = d/2 + rand.N(d)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
