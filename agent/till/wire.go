package till

import (
	"context"
	"errors"
	"fmt"
	"time"

	"showroom/devices"
)

// Backlog is how many events should have room in the channel given to Listen: those that come while others become durable.
const Backlog = 2048

// How events of a burst are put together. One that comes alone waits for nothing.
const (
	mostTogether = Backlog
	plenty       = 512                   // is worth a commit without waiting for more; by half of it a tenth more is written
	moment       = time.Millisecond      // without an event after which a burst is taken to pause
	longestBurst = 25 * time.Millisecond // nobody is kept waiting for longer than this
)

// Listen takes the events that a broker beside the agent brings, acknowledging each once it is durable, until ctx ends or there are no
// more. Those of a burst become durable together. An event that could not be made durable ends it: at the next connection the broker
// brings it again, and those after it.
func (t *Tills) Listen(ctx context.Context, events <-chan devices.Delivery) error {
	var batch []devices.Delivery
	for {
		var err error
		if batch, err = gather(ctx, events, batch[:0]); err != nil {
			return err
		}
		all := make([]*heard, len(batch))
		for i, e := range batch {
			all[i] = t.understand(e.Message)
		}
		kept, err := t.keep(ctx, all)
		for _, e := range batch[:kept] {
			e.Acknowledge()
		}
		if err != nil {
			return err
		}
	}
}

// gather waits for an event, and answers it with those that come at the same time.
func gather(ctx context.Context, events <-chan devices.Delivery, batch []devices.Delivery) ([]devices.Delivery, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case e, more := <-events:
		if !more {
			return nil, &devices.Error{Op: "listen to tills", Err: errors.New("broker connection lost")}
		}
		batch = drain(events, append(batch, e))
	}
	for began := time.Now(); len(batch) > 1 && len(batch) < plenty && time.Since(began) < longestBurst; {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(moment):
		}
		before := len(batch)
		if batch = drain(events, batch); len(batch) == before {
			break
		}
	}
	return batch, nil
}

// drain takes what is there already.
func drain(events <-chan devices.Delivery, batch []devices.Delivery) []devices.Delivery {
	for len(batch) < mostTogether {
		select {
		case e, more := <-events:
			if !more {
				return batch // the next to wait is told
			}
			batch = append(batch, e)
		default:
			return batch
		}
	}
	return batch
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
