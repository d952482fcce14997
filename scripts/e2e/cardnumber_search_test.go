package e2e

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // to read every table as it is

	"showroom/agent/gs1"
	"showroom/agent/pan"
	"showroom/scripts/shop"
	"showroom/sync/central/stream"
	"showroom/sync/profileapi"
)

// alike are numbers of garments and of parcels that could be those of cards.
type alike struct {
	t     *testing.T
	gtins []string // sold in this shop, as they are printed
	many  []string // elsewhere
	sscc  string
}

func newAlike(t *testing.T) alike {
	t.Helper()
	a := alike{t: t}
	for _, body := range []string{"400638", "560123", "36", "6", "8690", "8691"} {
		a.gtins = append(a.gtins, a.key(body, map[string]int{"36": 14, "6": 14}[body]))
	}
	for i := range 60 {
		a.many = append(a.many, a.key(fmt.Sprintf("%d%02d", 4+i%2*2, i), 13+i%2))
	}
	a.sscc = a.key("62", 18)
	return a
}

// key is the first key with this beginning and length, 0 being 13, that has both check digits right and that some issuer could have.
// Where no issuer has such numbers, any key will do.
func (a alike) key(begins string, length int) string {
	a.t.Helper()
	if length == 0 {
		length = 13
	}
	for n := range 1_000_000 {
		body := begins + fmt.Sprintf("%0*d", length-1-len(begins), n+12345)
		check, err := gs1.CheckDigit(body)
		if err != nil {
			a.t.Fatal(err)
		}
		if key := body + string(check); pan.Card(key) || strings.HasPrefix(begins, "869") {
			return key
		}
	}
	a.t.Fatalf("there is no key like %s", begins)
	return ""
}

// catalogue writes the demo's catalogue with a garment for each number, in the currency of the shop's first one.
func (a alike) catalogue(folder, currency string) string {
	a.t.Helper()
	f, err := os.Open(catalogueFile())
	if err != nil {
		a.t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		a.t.Fatal(err)
	}
	for i, gtin := range a.gtins {
		row := append([]string(nil), rows[1]...)
		for column, value := range map[string]string{
			"product_id": "alike", "name_tr": "Benzer", "name_en": "Lookalike", "size": fmt.Sprint(30 + i), "size_order": fmt.Sprint(i), "sku": fmt.Sprint("LA-", i), "gtin": gtin, "stock": "50", "images": "",
		} {
			for at, name := range rows[0] {
				if name == column {
					row[at] = value
				}
			}
		}
		rows = append(rows, row)
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.WriteAll(rows); err != nil {
		a.t.Fatal(err)
	}
	to := filepath.Join(folder, "alike")
	pictures, err := filepath.Abs(filepath.Join(filepath.Dir(catalogueFile()), "pictures"))
	if err := errors.Join(err, os.Mkdir(to, 0o755), os.Symlink(pictures, filepath.Join(to, "pictures")),
		os.WriteFile(filepath.Join(to, "catalogue.csv"), bytes.ReplaceAll(out.Bytes(), []byte(",TRY,"), []byte(","+currency+",")), 0o644)); err != nil {
		a.t.Fatal(err)
	}
	return filepath.Join(to, "catalogue.csv")
}

// stock has the shop sell them.
func (c *indiscreet) stock() {
	c.t.Helper()
	before := c.status().Catalogue
	out, err := exec.CommandContext(c.t.Context(), filepath.Join(bin, "showroom-central"), "import", c.alike.catalogue(c.Dir(), c.currency),
		"--url", c.Central, "--token", shop.OperatorToken, "--store", shop.Store).CombinedOutput()
	if err != nil {
		c.t.Fatalf("import: %v\n%s", err, out)
	}
	c.eventually("they have arrived", func() error {
		if now := c.status().Catalogue; now != before+int64(len(c.alike.gtins)) {
			return fmt.Errorf("%d items, and %d before", now, before)
		}
		return nil
	})
}

// events are what the till says: numbers in each field that takes words, and in some that do not.
func (c *indiscreet) events() (all []map[string]any) {
	c.t.Helper()
	line := func(n int, gtin string) map[string]any {
		return map[string]any{"line": n, "gtin": gtin, "qty": 1, "unit_price_minor": 100, "discount_minor": 0, "vat_rate_bp": 1000, "vat_minor": 9}
	}
	now := time.Now()
	event := func(kind string) map[string]any {
		return map[string]any{"type": kind, "business_day": now.Format(time.DateOnly), "occurred_at": now.Format(time.RFC3339), "currency": c.currency}
	}
	var many []any
	for i, gtin := range c.alike.many {
		many = append(many, line(i+1, gtin))
	}
	garments := event("item.added")
	garments["lines"], garments["reason"] = many, "parcel SSCC "+c.alike.sscc+" of GTIN "+c.alike.gtins[0]
	all = append(all, garments)
	for _, issuer := range issuers() {
		number := func(field string) string { return c.purse.number("the till's "+field, issuer) }
		sale := event("sale.completed")
		sold := line(1, c.alike.gtins[0])
		sold["sku"], sold["name"], sold["unit"] = number("sku"), inGroups(number("name"), " "), number("unit")
		sale["lines"] = []any{sold}
		sale["totals"] = map[string]any{"gross_minor": 100, "discount_minor": 0, "due_minor": 100, "vat_minor": 9}
		sale["tenders"] = []any{map[string]any{"kind": "card", "amount_minor": 100, "ref": "**** " + inGroups(number("tender"), "-")}}
		sale["ticket_no"], sale["customer_ref"], sale["reason"], sale["basket"] = number("ticket"), number("customer"), number("reason"), number("basket")
		sale["fiscal"] = map[string]any{"device": number("fiscal device"), "z_no": 1, "receipt_no": 1, "ettn": number("ettn")}
		unknown := event("sale.voided")
		unknown["card_"+number("unknown field")] = number("unknown value")
		wrong := event(number("type"))
		late := event("drawer.opened")
		late["occurred_at"], late["currency"] = number("time"), number("currency")
		all = append(all, sale, unknown, wrong, late)
	}
	return all
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func bearing(token string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

func agentOf(name string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("User-Agent", name) }
}

func form(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }

// noneIn fails the test for each number that can be read in some content.
func (c *indiscreet) noneIn(where string, content []byte) {
	c.t.Helper()
	for _, place := range c.purse.found(content) {
		c.t.Errorf("%s tells a number that came in at %s", where, place)
	}
}

// allIn fails the test for each number of a garment that can not be read in some content.
func (c *indiscreet) allIn(where, content string, keys ...string) {
	c.t.Helper()
	for _, key := range keys {
		if !strings.Contains(content, key) {
			c.t.Errorf("%s has lost the number of a garment, %s", where, key)
		}
	}
}

// receipts looks at what shoppers get.
func (c *indiscreet) receipts() {
	c.t.Helper()
	for i, paid := range c.sales {
		at := c.Central + "/r/" + path.Base(paid.Receipt)
		var all strings.Builder
		for _, form := range []string{"", "?lang=tr", ".xml", ".json", ".pdf"} {
			c.eventually("head office has the receipt", func() error {
				page, err := fetch(c.t.Context(), at+form, nil)
				if err == nil && form == ".pdf" {
					page, err = textOf(c.t.Context(), page)
				}
				c.noneIn("the receipt "+form, []byte(page))
				all.WriteString(page)
				return err
			})
		}
		if i < 2 {
			c.allIn("the receipt", all.String(), c.alike.gtins[2*i:2*i+2]...)
		}
	}
	c.noneIn("the printer's paper", c.printed.all())
	if len(c.printed.all()) < 1000 {
		c.t.Errorf("only %d bytes were printed", len(c.printed.all()))
	}
}

func textOf(ctx context.Context, pdf string) (string, error) {
	read := exec.CommandContext(ctx, "pdftotext", "-", "-")
	read.Stdin = strings.NewReader(pdf)
	text, err := read.Output()
	return string(text), err
}

// nothingIsKept looks at every page, and then into every file.
func (c *indiscreet) nothingIsKept() {
	c.t.Helper()
	c.pages()
	c.untilSent()
	c.SimProcess.Stop()
	c.AgentProcess.Stop()
	c.CentralProcess.Stop()
	c.files()
	c.database()
	c.batches()
	journal := c.agent("journal", "export", "--config", c.Config)
	c.noneIn("the exported journal", []byte(journal))
	keys := c.alike.gtins[:4]
	if c.euro {
		keys = append(append(keys, c.alike.many...), c.alike.sscc)
	}
	c.allIn("the exported journal", journal, keys...)
	for number, place := range c.purse.places {
		masked := strings.HasPrefix(place, "why of a refund") || strings.HasPrefix(place, "the terminal, sale")
		if masked && !strings.Contains(journal, number[len(number)-4:]) {
			c.t.Errorf("the last digits of the number that came in at %s are not in the journal, so this search proves nothing", place)
		}
	}
}

func (c *indiscreet) pages() {
	c.t.Helper()
	staff := signIn(c.testShop)
	all := []string{"/v1/status", "/v1/devices", "/v1/rooms", "/v1/queue", "/v1/kiosks/sco1", "/v1/kiosks/fr1", "/v1/tags", "/metrics",
		"/staff/queue", "/staff/rooms", "/staff/devices", "/staff/checkout", "/staff/tags", "/staff/capture"}
	for _, paid := range c.sales {
		all = append(all, "/staff/checkout/sales/"+paid.Sale)
	}
	for _, at := range all {
		r, err := staff.http.Get(c.Agent + at)
		c.noneIn("the agent's page "+at, []byte(staff.read(r, err)))
	}
	for _, at := range []string{"/", "/events", "/catalogue", "/metrics"} {
		page, err := fetch(c.t.Context(), c.Central+at, bearing(shop.OperatorToken))
		c.must(err)
		c.noneIn("head office's page "+at, []byte(page))
	}
}

// files reads all that the agent and the centre have written. What the simulated shop logs is what really happened.
func (c *indiscreet) files() {
	c.t.Helper()
	for _, folder := range []string{"agent", "central", "logs/showroom-agent.log", "logs/showroom-central.log"} {
		c.must(filepath.WalkDir(filepath.Join(c.Dir(), folder), func(at string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || strings.HasSuffix(at, ".jpg") || strings.HasSuffix(at, ".webp") {
				return err
			}
			content, err := os.ReadFile(at)
			c.noneIn(strings.TrimPrefix(at, c.Dir()), content)
			return err
		}))
	}
}

// database reads every table of the agent: in the file a long row lies in pieces.
func (c *indiscreet) database() {
	c.t.Helper()
	files, err := filepath.Glob(filepath.Join(c.Dir(), "agent", "*.db"))
	if err != nil || len(files) == 0 {
		c.t.Fatalf("the agent has no database: %v", err)
	}
	db, err := sql.Open("sqlite3", "file:"+files[0]+"?mode=ro")
	c.must(err)
	defer db.Close()
	for _, table := range column(c, db, `SELECT name FROM sqlite_schema WHERE type='table'`) {
		var columns []string
		for _, name := range column(c, db, `SELECT name FROM pragma_table_info('`+table+`')`) {
			columns = append(columns, `coalesce(CAST("`+name+`" AS TEXT),'')`)
		}
		for _, row := range column(c, db, "SELECT "+strings.Join(columns, "||char(10)||")+` FROM "`+table+`"`) {
			c.noneIn("the table "+table, []byte(row))
		}
	}
}

func column(c *indiscreet, db *sql.DB, query string) (all []string) {
	c.t.Helper()
	rows, err := db.QueryContext(c.t.Context(), query)
	c.must(err)
	defer rows.Close()
	for rows.Next() {
		var text string
		c.must(rows.Scan(&text))
		all = append(all, text)
	}
	c.must(rows.Err())
	return all
}

// batches reads what the centre keeps compressed.
func (c *indiscreet) batches() {
	c.t.Helper()
	engine, err := stream.Open(c.t.Context(), stream.Config{Dir: filepath.Join(c.Dir(), "central", "streams")})
	c.must(err)
	defer engine.Close()
	plain, err := profileapi.NewDecompressor(64 << 20)
	c.must(err)
	ctx, done := context.WithCancel(c.t.Context())
	defer done()
	n := 0
	err = engine.TailBatches(ctx, func(b stream.Batch) error {
		body, err := plain.Decompress(b.Body)
		c.noneIn("what head office keeps", body)
		n += bytes.Count(body, []byte("sale.completed"))
		return err
	}, done)
	if !errors.Is(err, context.Canceled) {
		c.t.Error(err)
	}
	if n < len(c.sales) {
		c.t.Errorf("head office keeps %d sales of %d", n, len(c.sales))
	}
}
