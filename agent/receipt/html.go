package receipt

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"

	"showroom/agent/lang"
)

//go:embed pages/*.html
var pages embed.FS

// ContentSecurityPolicy is what a server sends with the pages of this package: they load nothing and run nothing. Their JSON-LD is
// data, which the policy does not concern.
const ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Links are where a page leads. They are relative addresses; empty ones are not shown.
type Links struct {
	PDF, XML, JSON string
	// Returns are the addresses of the credit notes of what came back, the first one first.
	Returns []string
	// Sale is the address of the receipt that a credit note belongs to.
	Sale string
	// Languages are the addresses of the same page by language.
	Languages map[lang.Tag]string
}

// Page is the receipt as a complete HTML page in a language. It needs nothing else from anywhere.
func (r Receipt) Page(tag lang.Tag, links Links) ([]byte, error) {
	w := words{r, lang.For(tag)}
	return page("receipt.html", struct {
		view
		LD linked
	}{view{w, w.title() + " " + r.Number, switches(tag, links), links}, w.linked()})
}

// Notice is a page that stands where a receipt would.
type Notice string

// The notices.
const (
	Preparing Notice = "preparing" // a genuine token whose sale has not arrived; the page loads itself again
	Missing   Notice = "missing"   // an invented one
	Gone      Notice = "gone"      // a sale that is kept no longer
	Absent    Notice = "absent"    // a genuine token whose sale has not arrived, or is kept no longer; the page loads itself again
	Many      Notice = "many"      // too many questions
)

// Page is the notice as a complete HTML page in a language.
func (n Notice) Page(tag lang.Tag, links Links) ([]byte, error) {
	t := lang.For(tag)
	data := struct {
		*lang.Texts
		Title, Text, Keep string
		Again             bool
		Languages         []choice
	}{t, t.T("receipt." + string(n) + ".title"), t.T("receipt." + string(n) + ".text"), "", n == Preparing || n == Absent, switches(tag, links)}
	if n == Preparing {
		data.Keep = t.T("receipt.preparing.keep")
	}
	return page("notice.html", data)
}

// view is what the template of a receipt sees.
type view struct {
	words
	Title     string
	Languages []choice
	Links     Links
}

func (v view) Receipt() Receipt     { return v.r }
func (v view) Shop() string         { return v.shop() }
func (v view) Heading() string      { return v.title() }
func (v view) Total() string        { return v.total() }
func (v view) Thanks() string       { return v.thanks() }
func (v view) Seller() []string     { return v.seller() }
func (v view) Head() []pair         { return v.head() }
func (v view) Fiscal() []pair       { return v.fiscal() }
func (v view) Copy() string         { return v.copyOf() }
func (v view) Name(l Line) string   { return v.name(l) }
func (v view) Detail(l Line) string { return v.detail(l) }
func (v view) Rate(s string) string { return v.rateOf(s) }
func (v view) Paid(p Payment) pair  { name, detail := v.payment(p); return pair{name, detail} }
func (v view) Credit(i int) string {
	if i >= len(v.Links.Returns) {
		return ""
	}
	return v.Links.Returns[i]
}
func (v view) Why(a Allowance) string { return a.Reason.In(string(v.Tag())) }

// choice is another language of the same page.
type choice struct {
	Tag        lang.Tag
	Name, Href string
}

func switches(tag lang.Tag, links Links) []choice {
	var list []choice
	for _, other := range lang.Tags() {
		if href := links.Languages[other]; href != "" && other != tag {
			list = append(list, choice{other, lang.For(other).T("language.name"), href})
		}
	}
	return list
}

func page(name string, data any) ([]byte, error) {
	t, err := template.ParseFS(pages, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("read receipt pages: %w", err)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("write receipt page: %w", err)
	}
	return b.Bytes(), nil
}
