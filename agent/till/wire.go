package till

import (
	"context"
	"errors"
	"fmt"

	"showroom/devices"
)

// Listen takes the events that a broker beside the agent brings, acknowledging each once it is durable, until ctx ends or there are no
// more. An event that could not be made durable ends it: at the next connection the broker brings it again, and those after it.
func (t *Tills) Listen(ctx context.Context, events <-chan devices.Delivery) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e, more := <-events:
			if !more {
				return &devices.Error{Op: "listen to tills", Err: errors.New("broker connection lost")}
			}
			if err := t.Take(ctx, e.Message); err != nil {
				return err
			}
			e.Acknowledge()
		}
	}
}

// AnswerAll answers what tills ask about baskets, over one connection to the broker, until ctx ends or the connection is lost.
func (t *Tills) AnswerAll(ctx context.Context, wire Wire) error {
	asked, err := wire.Subscribe(ctx, t.BasketTopics())
	if err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case m, more := <-asked:
			if !more {
				return &devices.Error{Op: "listen to tills", Err: errors.New("broker connection lost")}
			}
			if m.Retained {
				continue // of any age: whoever asked has gone
			}
			to, told, err := t.Answer(ctx, m.Topic, m.Payload)
			if err != nil {
				return fmt.Errorf("answer till: %w", err)
			}
			if to == "" {
				continue
			}
			if err := wire.Publish(ctx, to, 1, false, told); err != nil {
				return err
			}
		}
	}
}
