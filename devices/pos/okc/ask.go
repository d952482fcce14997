package okc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"showroom/agent/showroom"
)

var _ Device = (*Line)(nil)

// Parameters asks what the device is set up for.
func (l *Line) Parameters(ctx context.Context) (Parameters, error) {
	a, err := l.once(ctx, Request{Ask: AskParameters}, SayParameters)
	if err != nil {
		return Parameters{}, err
	}
	return *a.Parameters, nil
}

// Status asks how the device is.
func (l *Line) Status(ctx context.Context) (Status, error) {
	a, err := l.once(ctx, Request{Ask: AskStatus}, SayStatus)
	if err != nil {
		return Status{}, err
	}
	return *a.Status, nil
}

// LastDocument asks what became of a basket.
func (l *Line) LastDocument(ctx context.Context, id showroom.SettlementID) (Memory, error) {
	a, err := l.once(ctx, Request{Ask: AskLast, ID: id}, SayDocument, SayNothing)
	if err != nil {
		return Memory{}, err
	}
	if a.Say == SayNothing {
		return Memory{Since: a.Since}, nil
	}
	if a.Document.ID != id {
		return Memory{}, fmt.Errorf("ask for the document of %s: %w: it speaks of %s", id, ErrNoAnswer, a.Document.ID)
	}
	return Memory{Found: true, Document: *a.Document}, nil
}

// Cancel undoes what is not closed.
func (l *Line) Cancel(ctx context.Context, id showroom.SettlementID) (Document, error) {
	return l.talk(ctx, Request{Ask: AskCancel, ID: id}, id, nil, nil)
}

// Submit has a basket registered and paid for.
func (l *Line) Submit(ctx context.Context, b Basket, stop <-chan struct{}, tell func(showroom.Progress)) (Document, error) {
	return l.talk(ctx, Request{Ask: AskSubmit, Basket: &b}, b.ID, stop, tell)
}

// once asks what is answered with one word. Any other word is taken for none.
func (l *Line) once(ctx context.Context, r Request, want ...Say) (Answer, error) {
	d, err := l.open(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	defer d.close()
	end := time.Now().Add(l.o.AnswerWithin)
	for {
		a, err := d.next(ctx, time.Until(end), nil)
		if err != nil {
			return Answer{}, err
		}
		if a.Say == SayRefused {
			return Answer{}, a.Refusal
		}
		for _, w := range want {
			if a.Say == w {
				return a, nil
			}
		}
	}
}

// talk asks for something that ends with a document, and goes on as long as the device says that it is busy with it.
func (l *Line) talk(ctx context.Context, r Request, id showroom.SettlementID, stop <-chan struct{}, tell func(showroom.Progress)) (Document, error) {
	d, err := l.open(ctx, r)
	if err != nil {
		return Document{}, err
	}
	defer d.close()
	end, patience, begun := time.Now().Add(l.o.Longest), l.o.AnswerWithin, false
	if r.Ask == AskCancel {
		patience = l.o.QuietFor
	}
	for {
		a, err := d.next(ctx, min(patience, time.Until(end)), stop)
		if errors.Is(err, errStop) {
			stop = nil
			if s, err := l.open(ctx, Request{Ask: AskStop, ID: id}); err == nil {
				s.close()
			}
			continue
		}
		if err != nil {
			return Document{}, err
		}
		switch a.Say {
		case SayAccepted:
			patience, begun = l.o.QuietFor, true
		case SayProgress:
			patience, begun = l.o.QuietFor, true
			if tell != nil {
				tell(showroom.Progress{Code: a.Progress.Code, Text: a.Progress.Text})
			}
		case SayRefused:
			if begun { // it can not be that nothing was
				return Document{}, fmt.Errorf("wait for the device: %w: it refuses what it has begun", ErrNoAnswer)
			}
			return Document{}, a.Refusal
		case SayDocument:
			if a.Document.ID != id {
				d.conn.fail(errors.New("the device mistakes one basket for another"))
				return Document{}, fmt.Errorf("wait for the device: %w: it speaks of %s", ErrNoAnswer, a.Document.ID)
			}
			return *a.Document, nil
		}
	}
}
