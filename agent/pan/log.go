package pan

import (
	"context"
	"log/slog"
)

// Handler passes log records on to next with card numbers hidden in everything that is free text: messages, strings, and errors and
// other values as their text. Numbers, times and what is typed as a GTIN, an EPC or an id of the shop is told as it is, since those are
// known to be no cards; so is a GTIN or an SSCC in a string whose key says that it is one.
func Handler(next slog.Handler) slog.Handler { return handler{next} }

type handler struct{ next slog.Handler }

func (h handler) Enabled(ctx context.Context, l slog.Level) bool { return h.next.Enabled(ctx, l) }

func (h handler) Handle(ctx context.Context, r slog.Record) error {
	told := slog.NewRecord(r.Time, r.Level, Mask(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		told.AddAttrs(masked(a))
		return true
	})
	return h.next.Handle(ctx, told)
}

func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	hidden := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		hidden[i] = masked(a)
	}
	return handler{h.next.WithAttrs(hidden)}
}

func (h handler) WithGroup(name string) slog.Handler { return handler{h.next.WithGroup(name)} }

func masked(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		text := a.Key + "=" + v.String() // the key may name what follows
		return slog.String(a.Key, Mask(text)[len(a.Key)+1:])
	case slog.KindGroup:
		group := v.Group()
		hidden := make([]slog.Attr, len(group))
		for i, member := range group {
			hidden[i] = masked(member)
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(hidden...)}
	case slog.KindAny:
		return maskedAny(a.Key, v.Any())
	}
	return slog.Attr{Key: a.Key, Value: v}
}

// maskedAny leaves a value as it is unless its text, or that of a part, holds a card number. A type of its own with a text is typed:
// only errors and lists of words are free text.
func maskedAny(key string, v any) slog.Attr {
	switch v := v.(type) {
	case error:
		if text := v.Error(); Found(text) {
			return slog.String(key, Mask(text))
		}
	case []string:
		hidden := make([]string, len(v))
		for i, s := range v {
			hidden[i] = Mask(s)
		}
		return slog.Any(key, hidden)
	case []byte:
		return slog.String(key, Mask(string(v)))
	}
	return slog.Any(key, v)
}
