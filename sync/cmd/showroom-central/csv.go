package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"showroom/agent/gs1"
	"showroom/sync/profileapi"
)

// columns are the columns of a catalogue file.
func columns() []string {
	return []string{
		"product_id", "name_tr", "name_en", "brand", "description_tr", "description_en", "composition_tr", "composition_en",
		"care_tr", "care_en", "size", "size_order", "colour_tr", "colour_en", "colour_hex", "sku", "gtin", "price_minor",
		"currency", "vat_bp", "stock", "images",
	}
}

// catalogue is a file as it is sent.
type catalogue struct {
	profileapi.Import
	pictures map[string]string // path by SHA-256 in hex
}

// fileReader reads a catalogue file and collects everything that is wrong with it.
type fileReader struct {
	*catalogue
	name     string
	column   map[string]int
	products map[string]profileapi.Product // as their first line says
	gtins    map[string]int                // line of each
	sums     map[string]string             // SHA-256 by path; "" for a picture that can not be used
	faults   []error
}

// read reads the file. Its error lists every line that is wrong.
func (c *catalogue) read(path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read catalogue: %w", err)
	}
	c.pictures = map[string]string{}
	r := &fileReader{
		catalogue: c, name: path, products: map[string]profileapi.Product{}, gtins: map[string]int{}, sums: map[string]string{},
	}
	r.all(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf")))
	return errors.Join(r.faults...)
}

func (r *fileReader) fault(line int, format string, args ...any) {
	r.faults = append(r.faults, fmt.Errorf("%s:%d: %w", r.name, line, fmt.Errorf(format, args...)))
}

func (r *fileReader) all(content []byte) {
	lines := csv.NewReader(bytes.NewReader(content))
	lines.FieldsPerRecord = -1 // we say it better
	header, err := lines.Read()
	if err != nil {
		r.fault(1, "no header: %w", err)
		return
	}
	if !r.header(header) {
		return
	}
	for {
		fields, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			r.fault(parse.Line, "%w", parse.Err)
			continue
		}
		if err != nil {
			r.fault(1, "%w", err)
			return
		}
		line, _ := lines.FieldPos(0)
		if len(fields) != len(header) {
			r.fault(line, "%d fields where the header has %d", len(fields), len(header))
			continue
		}
		r.line(line, func(column string) string { return strings.TrimSpace(fields[r.column[column]]) })
	}
}

// header finds the columns. Without all of them no line can be read.
func (r *fileReader) header(names []string) bool {
	r.column = map[string]int{}
	for i, name := range names {
		name = strings.TrimSpace(name)
		_, twice := r.column[name]
		if !slices.Contains(columns(), name) || twice {
			r.fault(1, "column %q is unknown or stands twice", name)
		}
		r.column[name] = i
	}
	for _, name := range columns() {
		if _, ok := r.column[name]; !ok {
			r.fault(1, "column %q is missing", name)
		}
	}
	return len(r.faults) == 0
}

// line takes in one item.
func (r *fileReader) line(n int, field func(string) string) {
	before := len(r.faults)
	pictures := r.pictureSums(n, field("images"))
	p := r.product(n, field, pictures)
	gtin := r.gtin(n, field("gtin"))
	item := profileapi.Item{
		GTIN: gtin, Product: p.ID, SKU: field("sku"), Size: field("size"), SizeOrder: r.number(n, "size_order", field, true),
		Colour: text(field, "colour"), ColourHex: strings.ToLower(field("colour_hex")),
	}
	if !slices.Equal(pictures, p.Pictures) {
		item.Pictures = pictures
	}
	if item.ColourHex != "" && !regexp.MustCompile(`^#[0-9a-f]{6}$`).MatchString(item.ColourHex) {
		r.fault(n, "colour_hex %q: write #rrggbb or nothing", item.ColourHex)
	}
	price := profileapi.PricePeriod{
		Minor: int64(r.number(n, "price_minor", field, false)), Currency: field("currency"), VATBP: r.number(n, "vat_bp", field, false),
	}
	if !regexp.MustCompile(`^[A-Z]{3}$`).MatchString(price.Currency) {
		r.fault(n, "currency %q: write a code of three letters such as TRY", price.Currency)
	}
	if price.VATBP > 10000 {
		r.fault(n, "vat_bp %d is more than 100 %%", price.VATBP)
	}
	stock := r.pieces(n, field("stock"))
	if len(r.faults) > before {
		return
	}
	r.Items = append(r.Items, item)
	r.Prices = append(r.Prices, profileapi.Price{GTIN: gtin, Periods: []profileapi.PricePeriod{price}})
	r.Stock = append(r.Stock, profileapi.Stock{GTIN: gtin, Quantity: stock})
}

// product answers the product of the line, which all its lines must describe alike.
func (r *fileReader) product(n int, field func(string) string, pictures []string) profileapi.Product {
	p := profileapi.Product{
		ID: field("product_id"), Name: text(field, "name"), Brand: field("brand"), Description: text(field, "description"),
		Composition: text(field, "composition"), Care: text(field, "care"), Pictures: pictures,
	}
	if p.ID == "" {
		r.fault(n, "product_id is empty")
		return p
	}
	if len(p.Name) == 0 {
		r.fault(n, "name_tr and name_en are empty")
	}
	first, known := r.products[p.ID]
	if !known {
		r.products[p.ID] = p
		r.Products = append(r.Products, p)
		return p
	}
	p.Pictures = first.Pictures
	if !reflect.DeepEqual(p, first) {
		r.fault(n, "product %q is described differently on an earlier line", p.ID)
	}
	return first
}

func text(field func(string) string, name string) map[string]string {
	t := map[string]string{}
	for _, language := range []string{"tr", "en"} {
		if s := field(name + "_" + language); s != "" {
			t[language] = s
		}
	}
	if len(t) == 0 {
		return nil
	}
	return t
}

func (r *fileReader) gtin(n int, s string) string {
	g, err := gs1.ParseGTIN(s)
	if err != nil {
		r.fault(n, "gtin %q: %w", s, err)
		return ""
	}
	if first, twice := r.gtins[string(g)]; twice {
		r.fault(n, "gtin %q stands on line %d already", s, first)
	}
	r.gtins[string(g)] = n
	return string(g)
}

// pieces reads a stock figure. Books that have sold more than they knew of say less than nothing, which is no reason to refuse the rest.
func (r *fileReader) pieces(n int, s string) int {
	v, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		r.fault(n, "stock %q: write a whole number", s)
	}
	return int(v)
}

// number reads a number of minor units or such: not negative, and not absurd.
func (r *fileReader) number(n int, column string, field func(string) string, optional bool) int {
	s := field(column)
	if s == "" && optional {
		return 0
	}
	v, err := strconv.ParseInt(s, 10, 32)
	if err != nil || v < 0 {
		r.fault(n, "%s %q: write a whole number from 0", column, s)
	}
	return int(v)
}

// pictureSums answers the sums of the line's pictures. A picture that is on many lines is read once.
func (r *fileReader) pictureSums(n int, images string) []string {
	var sums []string
	for _, name := range strings.Split(images, ";") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		sum, known := r.sums[name]
		if !known {
			var err error
			if sum, err = r.picture(name); err != nil {
				r.fault(n, "picture %q: %w", name, err)
			}
			r.sums[name] = sum
		}
		if sum != "" && !slices.Contains(sums, sum) {
			sums = append(sums, sum)
		}
	}
	return sums
}

func (r *fileReader) picture(name string) (sum string, err error) {
	if !filepath.IsLocal(name) {
		return "", errors.New("write a path below the file's folder")
	}
	path := filepath.Join(filepath.Dir(r.name), name)
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if kind := http.DetectContentType(content); kind != "image/jpeg" && kind != "image/png" {
		return "", errors.New("is neither JPEG nor PNG")
	}
	if len(content) > profileapi.MaxPictureBytes {
		return "", fmt.Errorf("has more than %d bytes", profileapi.MaxPictureBytes)
	}
	b := sha256.Sum256(content)
	sum = hex.EncodeToString(b[:])
	r.pictures[sum] = path
	return sum, nil
}
