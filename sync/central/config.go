package central

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"showroom/agent/receipt"
	"showroom/sync/central/stream"
	"showroom/sync/profileapi"
)

// Config is what a central service needs to run.
type Config struct {
	Listen   string // host:port; port 0 for any
	StateDir string // streams and pictures; one process at a time
	// Tokens are the bearer tokens by device. Who sends a token is that device.
	Tokens map[string]string
	// OperatorToken opens the pages, the event list and the imports, as a bearer token or as the password of any user. Empty leaves
	// them open, which is allowed on loopback only.
	OperatorToken string
	// Shops are what receipts say of the shops, by the store id they send, and the receipt keys that are not made of a device's token.
	// If there are any, they are all: an import for another one is refused.
	Shops map[string]Shop
	// TLSCert and TLSKey are PEM files. Without them the service listens on loopback only.
	TLSCert, TLSKey string
	// Cluster is an external NATS cluster; its URL is empty for the streams in this process.
	Cluster stream.Config
	// KeepEvents is how many of the newest events can be seen on the events page; 10,000 if zero.
	KeepEvents int
	// KeepBatches is how long what the shops sent is kept; for ever if zero. The last batch of each lane is kept in any case.
	KeepBatches time.Duration
	Log         *slog.Logger
	// Listening is called once with the address, when the service can be reached; may be nil.
	Listening func(net.Addr)
}

// Operator is the name that can not be a device's, because it is the operator's in a list of tokens.
const Operator = "operator"

// ParseToken reads NAME=TOKEN into the configuration. The name operator sets OperatorToken.
func (c *Config) ParseToken(s string) error {
	device, token, ok := strings.Cut(strings.TrimSpace(s), "=")
	if !ok || device == "" || token == "" || strings.ContainsAny(device, " /\t") {
		return errors.New("a token is written DEVICE=TOKEN or operator=TOKEN")
	}
	if device == Operator {
		c.OperatorToken = token
		return nil
	}
	if _, twice := c.Tokens[device]; twice {
		return fmt.Errorf("device %s has two tokens", device)
	}
	if c.Tokens == nil {
		c.Tokens = map[string]string{}
	}
	c.Tokens[device] = token
	return nil
}

// validate answers everything that is wrong, joined.
func (c Config) validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		fault("listen: %w", err)
	}
	tls := c.TLSCert != "" && c.TLSKey != ""
	if !tls && (c.TLSCert != "" || c.TLSKey != "") {
		fault("a certificate and its key go together")
	}
	if err == nil && !profileapi.IsLoopback(host) {
		if !tls {
			fault("listen on %q needs a certificate and key: tokens are not sent in the clear over a network", c.Listen)
		}
		if c.OperatorToken == "" {
			fault("listen on %q needs an operator token: the pages show what happens in the shops", c.Listen)
		}
	}
	if c.StateDir == "" {
		fault("no state folder")
	}
	owner := map[string]string{c.OperatorToken: Operator}
	for device, token := range c.Tokens {
		if other, taken := owner[token]; taken || token == "" {
			fault("the token of %s is empty or also that of %s", device, other)
		}
		owner[token] = device
	}
	for store, shop := range c.Shops {
		for _, key := range shop.ReceiptKeys {
			if len(key) != receipt.KeyBytes {
				fault("a receipt key of shop %s has %d bytes, not %d", store, len(key), receipt.KeyBytes)
			}
		}
	}
	return errors.Join(faults...)
}
