package till_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	_ "github.com/mattn/go-sqlite3" // to count the rows
)

// telegraf is the peer, set up as well as it can be: the whole event as one text, so that it need not be understood; a session the broker
// keeps, without which it acknowledges what it has not written; rows written a thousand at a time, in SQLite's safe and quick mode.
const telegraf = `
[agent]
  interval = "1s"
  flush_interval = "100ms"
  metric_batch_size = 1000
  metric_buffer_limit = 100000
  omit_hostname = true
  quiet = true
[[inputs.mqtt_consumer]]
  servers = [%q]
  topics = ["showroom/v1/ist-01/pos/+/event"]
  qos = 1
  client_id = "telegraf"
  persistent_session = true
  max_undelivered_messages = 10000
  data_format = "value"
  data_type = "string"
[[outputs.sql]]
  driver = "sqlite"
  data_source_name = %q
  batch_transactions = true
`

// runTelegraf has Telegraf take what is published meanwhile, in a table of its own.
func runTelegraf(b *testing.B, program, broker string, all []spoken) (r round) {
	b.Helper()
	dir := b.TempDir()
	file, db := filepath.Join(dir, "telegraf.conf"), filepath.Join(dir, "telegraf.db")
	source := "file:" + db + "?_pragma=" + url.QueryEscape("journal_mode(WAL)") + "&_pragma=" + url.QueryEscape("synchronous(FULL)")
	at := "tcp" + strings.TrimPrefix(broker, "mqtt")
	if err := os.WriteFile(file, fmt.Appendf(nil, telegraf, at, source), 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(program, "--config", file)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	rows, err := sql.Open("sqlite3", "file:"+db+"?_busy_timeout=5000")
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	have := func() (n int) {
		_ = rows.QueryRow("SELECT coalesce(max(rowid), 0) FROM mqtt_consumer").Scan(&n) // no table is no row
		return n
	}
	publisher := mqtt.NewClient(mqtt.NewClientOptions().AddBroker(broker).SetClientID("k"))
	if t := publisher.Connect(); t.Wait() && t.Error() != nil {
		b.Fatal(t.Error())
	}
	defer publisher.Disconnect(250)
	for late := time.Now().Add(30 * time.Second); have() == 0; <-time.After(100 * time.Millisecond) {
		if time.Now().After(late) {
			b.Fatal("Telegraf writes nothing")
		}
		publish(b, publisher, all[:1])
	}
	for before := -1; before != have(); <-time.After(300 * time.Millisecond) { // the last of them is in
		before = have()
	}
	first, before, began := have(), ticks(b, cmd.Process.Pid), time.Now()
	publish(b, publisher, all)
	for late := began.Add(2 * time.Minute); have() < first+len(all); <-time.After(5 * time.Millisecond) {
		if time.Now().After(late) {
			b.Fatalf("Telegraf has written %d of %d", have()-first, len(all))
		}
	}
	return round{time.Since(began), ticks(b, cmd.Process.Pid) - before}
}

// ticks is the processor time of a process, as finely as the kernel tells it of others.
func ticks(b *testing.B, pid int) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, behind, _ := strings.Cut(string(stat), ") ")
	var sum time.Duration
	for _, field := range strings.Fields(behind)[11:13] { // utime and stime
		n, err := strconv.Atoi(field)
		if err != nil {
			b.Fatal(err)
		}
		sum += time.Duration(n) * 10 * time.Millisecond
	}
	return sum
}
