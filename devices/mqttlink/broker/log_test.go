package broker_test

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"

	"showroom/devices/mqttlink/broker"
)

// notes is a log that may be read while it is written.
type notes struct {
	mu   sync.Mutex // guards text
	text strings.Builder
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// TestNoLogTellsWhatIsPublished: the library writes whole packets into its log, and those of a gateway are about people's phones.
func TestNoLogTellsWhatIsPublished(t *testing.T) {
	var log notes
	b := run(t, broker.Options{Listen: "127.0.0.1:0", Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	conn, err := net.Dial("tcp", strings.TrimPrefix(b.URL(), "mqtt://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	topic, payload := "home/OMG_1/BTtoMQTT/AABBCCDDEEFF", "somebody"
	var sent bytes.Buffer
	sent.WriteString("\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01x")
	sent.Write([]byte{0x32, byte(2 + len(topic) + 2 + len(payload)), 0, byte(len(topic))}) // quality 1 without a packet id, which is a fault
	sent.WriteString(topic + "\x00\x00" + payload)
	if _, err := conn.Write(sent.Bytes()); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, conn) // until it is hung up on
	got := log.String()
	if !strings.Contains(got, "processing packet") {
		t.Fatalf("the fault is not told:\n%s", got)
	}
	for _, line := range strings.Split(got, "\n") {
		if strings.Contains(line, "AABBCCDDEEFF") || strings.Contains(line, "115 111 109 101 98 111 100 121") || strings.Contains(line, payload) {
			t.Errorf("told: %s", line)
		}
	}
}
