// Package stream keeps what the central service keeps: what the shops sent, the feed they follow, and pictures. It is the only
// package that knows NATS JetStream; above it there are batches, entries and sums.
//
// # In
//
// A batch is one message on the subject in.DEVICE.EPOCH.LANE, its headers saying which lane sequence numbers it covers. It is
// published on the condition that the last message of its subject still is the one the publisher has seen. So the last message of
// the subject is the cursor of the lane: there is no second record to disagree with it and no window in which a repetition is
// recognised. Messages of this stream are never changed.
//
// # Feed
//
// An entry is one message on feed.BUCKET.KEY, and the stream keeps the newest of each subject. Its sequence number is the entry's
// version.
//
// # Durability
//
// Every write is on the disk before it is acknowledged. Open makes the embedded server so and reads it back; of an external cluster
// it asks every node's monitoring address. It refuses to run on anything else, because JetStream's own default is to acknowledge
// first and write up to two minutes later.
package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Errors to branch on.
var (
	ErrNone     = errors.New("no such message")
	ErrConflict = errors.New("somebody else has written this subject")
)

const (
	streamIn   = "IN"
	streamFeed = "FEED"
	bucketPics = "PICTURES"

	readyTimeout = 30 * time.Second
	askTimeout   = 15 * time.Second
	// MaxMessage is the most bytes of one batch or entry as stored.
	MaxMessage = 4 << 20
)

// Config says where the streams are.
type Config struct {
	Dir string // of the embedded server
	// URL of an external cluster; "" embeds a server in this process that listens nowhere.
	URL         string
	Credentials string   // file for the cluster; may be empty
	Monitor     []string // monitoring address of every node of the cluster, http://host:8222
	Replicas    int      // copies kept by the cluster; 3 if zero. The embedded server keeps one.
	Log         *slog.Logger
}

// Engine is an open connection to the streams. It is safe for concurrent use.
type Engine struct {
	srv  *server.Server // nil with an external cluster
	conn *nats.Conn
	js   jetstream.JetStream
	in   jetstream.Stream
	feed jetstream.Stream
	pics jetstream.ObjectStore
}

// Open starts or reaches the server and makes what is not there yet. The caller closes the Engine.
func Open(ctx context.Context, cfg Config) (*Engine, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	e := &Engine{}
	err := e.connect(ctx, &cfg)
	if err == nil {
		err = e.prepare(ctx, cfg.Replicas)
	}
	if err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

// Close ends the connection and, if it is ours, the server. It returns when everything is on the disk.
func (e *Engine) Close() {
	if e.conn != nil {
		e.conn.Close()
	}
	if e.srv != nil {
		e.srv.Shutdown()
		e.srv.WaitForShutdown()
	}
}

func (e *Engine) connect(ctx context.Context, cfg *Config) error {
	opts := []nats.Option{nats.Name("showroom-central"), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(false)}
	if cfg.URL == "" {
		cfg.Replicas = 1
		if err := e.embed(cfg); err != nil {
			return err
		}
		opts = append(opts, nats.InProcessServer(e.srv))
	} else {
		if cfg.Replicas == 0 {
			cfg.Replicas = 3
		}
		if err := checkNodes(ctx, cfg.Monitor); err != nil {
			return err
		}
		if cfg.Credentials != "" {
			opts = append(opts, nats.UserCredentials(cfg.Credentials))
		}
	}
	var err error
	if e.conn, err = nats.Connect(cfg.URL, opts...); err != nil {
		return fmt.Errorf("connect to streams: %w", err)
	}
	if e.js, err = jetstream.New(e.conn, jetstream.WithPublishAsyncMaxPending(publishAhead), jetstream.WithDefaultTimeout(askTimeout)); err != nil {
		return fmt.Errorf("use streams: %w", err)
	}
	return nil
}

// embed starts a server in this process, reached through a pipe.
func (e *Engine) embed(cfg *Config) error {
	srv, err := server.NewServer(&server.Options{
		ServerName: "showroom-central",
		DontListen: true,
		JetStream:  true,
		StoreDir:   cfg.Dir,
		SyncAlways: true,
		MaxPayload: 2 * MaxMessage,
		NoSigs:     true,
	})
	if err != nil {
		return fmt.Errorf("make stream server: %w", err)
	}
	srv.SetLoggerV2(natsLog{cfg.Log}, false, false, false)
	e.srv = srv
	srv.Start()
	if !srv.ReadyForConnections(readyTimeout) {
		return fmt.Errorf("stream server in %s is not ready after %s", cfg.Dir, readyTimeout)
	}
	if js := srv.JetStreamConfig(); js == nil || !js.SyncAlways {
		return errors.New("stream server does not write to the disk before it acknowledges; refusing to run")
	}
	return nil
}

// checkNodes asks every node of a cluster whether it writes before it acknowledges.
func checkNodes(ctx context.Context, monitors []string) error {
	if len(monitors) == 0 {
		return errors.New("an external cluster needs the monitoring address of every node, to see that each has sync_interval: always")
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	for _, m := range monitors {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(m, "/")+"/varz", nil)
		if err != nil {
			return fmt.Errorf("monitoring address %q: %w", m, err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return fmt.Errorf("ask node %s: %w", m, err)
		}
		var varz server.Varz
		err = json.NewDecoder(io.LimitReader(resp.Body, 8<<20)).Decode(&varz)
		resp.Body.Close()
		if err != nil {
			return fmt.Errorf("ask node %s: %w", m, err)
		}
		if c := varz.JetStream.Config; c == nil || !c.SyncAlways {
			return fmt.Errorf("node %s does not write to the disk before it acknowledges: set jetstream { sync_interval: always }", m)
		}
	}
	return nil
}

func (e *Engine) prepare(ctx context.Context, replicas int) error {
	var err error
	e.in, err = e.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: streamIn, Description: "batches as the shops sent them", Subjects: []string{"in.>"},
		Storage: jetstream.FileStorage, Replicas: replicas, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
	})
	if err != nil {
		return fmt.Errorf("make stream %s: %w", streamIn, err)
	}
	e.feed, err = e.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: streamFeed, Description: "newest state of everything shops follow", Subjects: []string{"feed.>"},
		Storage: jetstream.FileStorage, Replicas: replicas, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld,
		MaxMsgsPerSubject: 1,
	})
	if err != nil {
		return fmt.Errorf("make stream %s: %w", streamFeed, err)
	}
	e.pics, err = e.js.CreateOrUpdateObjectStore(ctx, jetstream.ObjectStoreConfig{
		Bucket: bucketPics, Description: "pictures by SHA-256", Storage: jetstream.FileStorage, Replicas: replicas,
	})
	if err != nil {
		return fmt.Errorf("make picture store: %w", err)
	}
	return nil
}

// tail hands over every message of the stream from the first, then those to come, until ctx ends or f fails. caughtUp is called once,
// when everything that was there has been handed over.
func (e *Engine) tail(ctx context.Context, s jetstream.Stream, f func(jetstream.Msg, *jetstream.MsgMetadata) error, caughtUp func()) error {
	info, err := s.Info(ctx)
	if err != nil {
		return fmt.Errorf("look at stream: %w", err)
	}
	behind := info.State.Msgs > 0
	if !behind {
		caughtUp()
	}
	cons, err := s.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverAllPolicy})
	if err != nil {
		return fmt.Errorf("follow stream: %w", err)
	}
	msgs, err := cons.Messages(jetstream.PullMaxBytes(2 * MaxMessage))
	if err != nil {
		return fmt.Errorf("follow stream: %w", err)
	}
	defer msgs.Stop()
	for {
		msg, err := msgs.Next(jetstream.NextContext(ctx))
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("follow stream: %w", err)
		}
		meta, err := msg.Metadata()
		if err != nil {
			return fmt.Errorf("follow stream: %w", err)
		}
		if err := f(msg, meta); err != nil {
			return err
		}
		if behind && meta.Sequence.Stream >= info.State.LastSeq {
			behind = false
			caughtUp()
		}
	}
}

// Sizes tells how much the streams hold, for metrics.
func (e *Engine) Sizes(ctx context.Context) (messages, bytes map[string]uint64, err error) {
	messages, bytes = map[string]uint64{}, map[string]uint64{}
	for name, s := range map[string]jetstream.Stream{"in": e.in, "feed": e.feed} {
		info, err := s.Info(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("look at stream %s: %w", name, err)
		}
		messages[name], bytes[name] = info.State.Msgs, info.State.Bytes
	}
	return messages, bytes, nil
}

// natsLog passes the server's own log on.
type natsLog struct{ log *slog.Logger }

func (l natsLog) say(level slog.Level, format string, v []any) {
	l.log.Log(context.Background(), level, "stream server", "text", fmt.Sprintf(format, v...))
}
func (l natsLog) Noticef(format string, v ...any) { l.say(slog.LevelDebug, format, v) }
func (l natsLog) Warnf(format string, v ...any)   { l.say(slog.LevelWarn, format, v) }
func (l natsLog) Fatalf(format string, v ...any)  { l.say(slog.LevelError, format, v) }
func (l natsLog) Errorf(format string, v ...any)  { l.say(slog.LevelError, format, v) }
func (l natsLog) Debugf(format string, v ...any)  { l.say(slog.LevelDebug, format, v) }
func (l natsLog) Tracef(format string, v ...any)  { l.say(slog.LevelDebug, format, v) }
