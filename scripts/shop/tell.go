package shop

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"time"
)

// answersWithin is how long the simulated shop may take to answer.
const answersWithin = time.Minute

// Tell sends one line to the simulated shop and answers what it says.
func (s *Shop) Tell(ctx context.Context, line string) (string, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "unix", s.Control)
	if err != nil {
		return "", fmt.Errorf("tell the simulated shop to %s: %w", line, err)
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	if err := c.SetDeadline(time.Now().Add(answersWithin)); err != nil {
		return "", err
	}
	if _, err := fmt.Fprintln(c, line); err != nil {
		return "", fmt.Errorf("tell the simulated shop to %s: %w", line, err)
	}
	answer, err := bufio.NewReader(c).ReadString('\n') // a long one comes in pieces
	if err != nil {
		return "", fmt.Errorf("tell the simulated shop to %s: %w", line, err)
	}
	answer = strings.TrimSpace(answer)
	if reason, wrong := strings.CutPrefix(answer, "error"); wrong {
		return "", fmt.Errorf("tell the simulated shop to %s: %s", line, strings.TrimLeft(reason, ": "))
	}
	return answer, nil
}
