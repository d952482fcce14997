// Package receiptweb shows receipts to whoever has a token, over HTTP: the central service everywhere, the agent in the shop's own
// network.
package receiptweb

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"showroom/agent/lang"
	"showroom/agent/receipt"
)

// Sales is where receipts come from.
type Sales interface {
	// Find answers the sale of a token; receipt.ErrNone, receipt.ErrGone or receipt.ErrAbsent if there is none.
	Find(ctx context.Context, token string) (receipt.Found, error)
}

// Options are what the pages need to know. Sales and Log are required.
type Options struct {
	Sales Sales
	// Keys are the receipt keys of all shops whose sales may come later: a token under one of them is genuine.
	Keys [][]byte
	// Sellers are what receipts say of the shops, by store. A shop that is not there is called by its id.
	Sellers map[string]receipt.Seller
	// URL is below which receipts say that they can be had again; empty for where they were asked for.
	URL string
	// Near: who asks is in the shop's own network.
	Near bool
	Log  *slog.Logger
}

// Pages are the pages of receipts, for anybody who has a token. Nobody is asked who they are, and nothing is kept of who asks, but
// for a minute how often an address did. It is safe for concurrent use.
type Pages struct {
	o     Options
	limit *limiter
}

// New makes the pages.
func New(o Options) *Pages { return &Pages{o: o, limit: newLimiter()} }

// again is after how many seconds a page that waits for its sale may be asked for again.
const again = "15"

// Serve answers GET /r/{name}: the token for the page, and .pdf, .xml or .json behind it for the file. A genuine token whose sale has
// not arrived is 202, one whose sale is kept no longer 410, one of which nobody can tell which of the two 404 with Retry-After, and an
// invented one 404. ?lang= chooses the language, else it is the one the shopper spoke; ?return=n is the credit
// note of the n-th return.
func (p *Pages) Serve(w http.ResponseWriter, r *http.Request) {
	guard(w.Header())
	now := time.Now()
	client := clientOf(r, p.o.Near)
	if !p.limit.take(client, costOfPage, now) {
		w.Header().Set("Retry-After", "5")
		p.notice(w, r, receipt.Many, http.StatusTooManyRequests, "")
		return
	}
	token, kind, _ := strings.Cut(r.PathValue("name"), ".")
	found, err := p.o.Sales.Find(r.Context(), token)
	switch {
	case errors.Is(err, receipt.ErrNone) && p.genuine(token):
		w.Header().Set("Retry-After", again)
		p.notice(w, r, receipt.Preparing, http.StatusAccepted, token)
	case errors.Is(err, receipt.ErrAbsent) && p.genuine(token):
		w.Header().Set("Retry-After", again)
		p.notice(w, r, receipt.Absent, http.StatusAccepted, token)
	case errors.Is(err, receipt.ErrGone):
		p.notice(w, r, receipt.Gone, http.StatusGone, token)
	case errors.Is(err, receipt.ErrNone), errors.Is(err, receipt.ErrAbsent):
		p.limit.take(client, costOfGuess, now)
		p.notice(w, r, receipt.Missing, http.StatusNotFound, "")
	case err != nil:
		p.o.Log.Error("reading a receipt failed", "error", err)
		http.Error(w, "Something went wrong on our side.", http.StatusInternalServerError)
	default:
		p.show(w, r, found, token, kind)
	}
}

// guard keeps a receipt out of caches, search engines, frames and other sites' logs.
func guard(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", receipt.ContentSecurityPolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex, nofollow")
}

func (p *Pages) genuine(token string) bool {
	for _, key := range p.o.Keys {
		if receipt.CheckToken(key, token) {
			return true
		}
	}
	return false
}

// show writes a receipt in the form asked for.
func (p *Pages) show(w http.ResponseWriter, r *http.Request, found receipt.Found, token, kind string) {
	seller, known := p.o.Sellers[found.Store]
	if !known {
		seller = receipt.Seller{Name: found.Store}
	}
	made, err := receipt.New(found.Sale, found.Returns, seller, p.address(r, token))
	if err != nil {
		p.o.Log.Error("a sale is no receipt", "store", found.Store, "error", err)
		http.Error(w, "Something went wrong on our side.", http.StatusInternalServerError)
		return
	}
	tag := language(r, found.Sale.Language)
	to := links(token, tag, "")
	if back := r.URL.Query().Get("return"); back != "" {
		n, err := strconv.Atoi(back)
		note, ok := made.Credit(n)
		if err != nil || !ok {
			p.notice(w, r, receipt.Missing, http.StatusNotFound, "")
			return
		}
		made, to = note, links(token, tag, strconv.Itoa(n))
		to.Sale = token + "?lang=" + string(tag)
	}
	for i := range made.Returns {
		to.Returns = append(to.Returns, token+"?lang="+string(tag)+"&return="+strconv.Itoa(i+1))
	}
	var body []byte
	media := ""
	switch kind {
	case "":
		media = "text/html; charset=utf-8"
		body, err = made.Page(tag, to)
	case "pdf":
		media = "application/pdf"
		body, err = made.PDF(tag)
	case "xml":
		media = "application/xml; charset=utf-8"
		body, err = made.UBL()
	case "json":
		media = "application/json"
		body, err = made.JSON()
	default:
		p.notice(w, r, receipt.Missing, http.StatusNotFound, "")
		return
	}
	if err != nil {
		p.o.Log.Error("writing a receipt failed", "kind", kind, "error", err)
		http.Error(w, "Something went wrong on our side.", http.StatusInternalServerError)
		return
	}
	if kind != "" {
		w.Header().Set("Content-Disposition", `inline; filename="receipt-`+fileName(made.Number)+"."+kind+`"`)
	}
	w.Header().Set("Content-Type", media)
	_, _ = w.Write(body)
}

func (p *Pages) notice(w http.ResponseWriter, r *http.Request, n receipt.Notice, status int, token string) {
	var l receipt.Links
	tag := language(r, "")
	if token != "" {
		l.Languages = links(token, tag, "").Languages
	}
	body, err := n.Page(tag, l)
	if err != nil {
		p.o.Log.Error("writing a notice failed", "error", err)
		http.Error(w, "Something went wrong on our side.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// links are relative to /r/, so that a proxy may put the service anywhere. Files keep the language of the page.
// back is the number of the credit note they lead to; empty for the receipt.
func links(token string, tag lang.Tag, back string) receipt.Links {
	to := func(kind, language string) string {
		q := url.Values{}
		if language != "" {
			q.Set("lang", language)
		}
		if back != "" {
			q.Set("return", back)
		}
		return strings.TrimSuffix(token+kind+"?"+q.Encode(), "?")
	}
	languages := map[lang.Tag]string{}
	for _, t := range lang.Tags() {
		languages[t] = to("", string(t))
	}
	return receipt.Links{PDF: to(".pdf", string(tag)), XML: to(".xml", ""), JSON: to(".json", ""), Languages: languages}
}

// address is where the receipt can be had: where it was asked for, as the browser and the proxy in front of us say it, if nothing else
// is known.
func (p *Pages) address(r *http.Request, token string) string {
	if p.o.URL != "" {
		return strings.TrimRight(p.o.URL, "/") + "/" + token
	}
	scheme := "http://"
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https://"
	}
	base, _, _ := strings.Cut(r.URL.Path, "/r/")
	return scheme + r.Host + base + "/r/" + token
}

// language is what was chosen, else what the shopper spoke, else what their browser asks for first.
func language(r *http.Request, spoken string) lang.Tag {
	for _, wish := range []string{r.URL.Query().Get("lang"), spoken} {
		if tag, ok := lang.Parse(wish); ok {
			return tag
		}
	}
	for wish := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		wish, _, _ = strings.Cut(wish, ";")
		if tag, ok := lang.Parse(strings.TrimSpace(wish)); ok {
			return tag
		}
	}
	return lang.English
}

// fileName leaves what every file system takes.
func fileName(number string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-' {
			return r
		}
		return -1
	}, number)
}
