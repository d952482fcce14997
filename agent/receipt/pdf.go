package receipt

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/go-pdf/fpdf"

	"showroom/agent/lang"
)

// Roboto has the Turkish letters and the sign of the lira. A PDF holds only the letters it uses.
var (
	//go:embed third_party/roboto/Roboto-Regular.ttf
	regular []byte
	//go:embed third_party/roboto/Roboto-Medium.ttf
	medium []byte
)

// The page of the PDF, in millimetres: narrow as a receipt is, so that a phone shows it large, and as high as a sheet of A4.
const (
	pageWidth, pageHeight = 112.0, 297.0
	margin                = 12.0
	column                = pageWidth - 2*margin
	amountWidth           = 30.0
)

// PDF is the receipt as a PDF in a language. Its text can be searched and copied.
func (r Receipt) PDF(tag lang.Tag) ([]byte, error) {
	s := newSheet(words{r, lang.For(tag)})
	s.top()
	s.lines()
	s.sums()
	s.numbers()
	if err := s.code(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := s.pdf.Output(&b); err != nil {
		return nil, fmt.Errorf("write receipt PDF: %w", err)
	}
	return b.Bytes(), nil
}

// sheet is a PDF in the making.
type sheet struct {
	words
	pdf *fpdf.Fpdf
}

func newSheet(w words) *sheet {
	pdf := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: pageWidth, Ht: pageHeight}})
	s := &sheet{w, pdf}
	// The same receipt is the same file.
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(w.r.IssuedAt)
	pdf.SetModificationDate(w.r.IssuedAt)
	pdf.SetTitle(drawable(w.title()+" "+w.r.Number), true)
	pdf.SetAuthor(drawable(w.shop()), true)
	pdf.SetLang(string(w.Tag()))
	pdf.AddUTF8FontFromBytes("roboto", "", regular)
	pdf.AddUTF8FontFromBytes("roboto", "B", medium)
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(true, margin)
	pdf.SetFooterFunc(func() {
		if pdf.PageNo() > 1 {
			pdf.SetY(-margin + 2)
			s.font("", 8)
			pdf.CellFormat(column, 4, drawable(fmt.Sprintf("%s %s  -  %d", s.title(), s.r.Number, pdf.PageNo())), "", 0, "C", false, 0, "")
		}
	})
	pdf.AddPage()
	return s
}

func (s *sheet) font(style string, size float64) {
	s.pdf.SetFont("roboto", style, size)
	s.pdf.SetTextColor(28, 27, 31)
}

// drawable leaves what the file can hold: text of the basic plane, which has every letter and no emoji.
func drawable(text string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFFFF || r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, string(utf8.RuneError)))
}

func (s *sheet) grey() { s.pdf.SetTextColor(92, 90, 87) }

func (s *sheet) rule() {
	s.pdf.SetDrawColor(210, 205, 196)
	s.pdf.Line(margin, s.pdf.GetY(), pageWidth-margin, s.pdf.GetY())
}

func (s *sheet) centred(height float64, text string) {
	s.pdf.MultiCell(column, height, drawable(text), "", "C", false)
}

func (s *sheet) heading(text string) {
	s.room(20)
	s.pdf.Ln(4)
	s.font("B", 8.5)
	s.grey()
	s.pdf.CellFormat(column, 5, drawable(text), "", 1, "L", false, 0, "")
}

// room begins a new page where the height is not left on this one.
func (s *sheet) room(height float64) {
	if s.pdf.GetY()+height > pageHeight-margin {
		s.pdf.AddPage()
	}
}

// row is a text and an amount; the text goes on in the next line when it is too long. A row is not broken between pages.
func (s *sheet) row(height float64, text, amount string) {
	s.room(2 * height)
	y := s.pdf.GetY()
	s.pdf.SetXY(pageWidth-margin-amountWidth, y)
	s.pdf.CellFormat(amountWidth, height, drawable(amount), "", 0, "R", false, 0, "")
	s.pdf.SetXY(margin, y)
	s.pdf.MultiCell(column-amountWidth, height, drawable(text), "", "L", false)
}

func (s *sheet) pairs(list []pair) {
	for _, p := range list {
		s.room(2 * 4.4)
		y := s.pdf.GetY()
		s.font("", 8.5)
		s.grey()
		s.pdf.CellFormat(24, 4.4, drawable(p.Name), "", 0, "L", false, 0, "")
		s.font("", 8.5)
		s.pdf.SetXY(margin+24, y)
		s.pdf.MultiCell(column-24, 4.4, drawable(p.Value), "", "R", false)
	}
}

func (s *sheet) top() {
	s.font("B", 17)
	s.centred(8, s.shop())
	s.font("", 8.5)
	s.grey()
	for _, line := range s.seller() {
		s.centred(4.2, line)
	}
	s.pdf.Ln(3)
	s.font("", 8.5)
	s.pdf.SetDrawColor(210, 205, 196)
	s.pdf.CellFormat(column, 7.5, drawable(s.copyOf()), "1", 1, "C", false, 0, "")
	s.heading(s.title())
	s.pairs(s.head())
}

func (s *sheet) lines() {
	s.heading(s.N("receipt.pieces", s.r.Totals.Pieces))
	for _, l := range s.r.Lines {
		s.rule()
		s.pdf.Ln(1)
		s.font("", 10)
		s.row(5, s.name(l), s.Money(l.GrossBase))
		if detail := s.detail(l); detail != "" {
			s.font("", 8.5)
			s.grey()
			s.row(4.2, detail, "")
		}
		for _, a := range l.Allowances {
			s.font("", 8.5)
			s.pdf.SetTextColor(15, 107, 63)
			s.row(4.2, a.Reason.In(string(s.Tag())), s.Less(a.Gross))
		}
		s.pdf.Ln(1)
	}
}

func (s *sheet) sums() {
	s.pdf.SetDrawColor(28, 27, 31)
	s.pdf.Line(margin, s.pdf.GetY(), pageWidth-margin, s.pdf.GetY())
	s.pdf.Ln(1.5)
	s.font("B", 14)
	s.row(7, s.total(), s.Money(s.r.Totals.Gross))
	if s.r.Totals.Reduced.Minor != 0 {
		s.font("", 9)
		s.pdf.SetTextColor(15, 107, 63)
		s.row(4.6, s.T("receipt.reduced"), s.Money(s.r.Totals.Reduced))
	}
	for _, p := range s.r.Payments {
		name, detail := s.payment(p)
		s.font("", 10)
		s.row(5, name, s.Money(p.Amount))
		if detail != "" {
			s.font("", 8.5)
			s.grey()
			s.row(4.2, detail, "")
		}
	}
	s.heading(s.T("receipt.vat"))
	s.font("", 8.5)
	s.grey()
	s.quarters("", s.T("receipt.net"), s.T("receipt.vat"), s.T("receipt.gross"))
	s.font("", 8.5)
	for _, v := range s.r.VAT {
		s.quarters(s.rateOf(v.Rate), s.Money(v.Taxable), s.Money(v.Tax), s.Money(v.Gross))
	}
}

func (s *sheet) quarters(name, a, b, c string) {
	s.pdf.CellFormat(column/4, 4.6, drawable(name), "", 0, "L", false, 0, "")
	for i, text := range []string{a, b, c} {
		s.pdf.CellFormat(column/4, 4.6, drawable(text), "", i/2, "R", false, 0, "")
	}
}

func (s *sheet) numbers() {
	if list := s.fiscal(); list != nil {
		s.heading(s.T("receipt.fiscal.title"))
		s.pairs(list)
	}
	if len(s.r.Returns) > 0 {
		s.heading(s.T("receipt.returned.title"))
		for _, b := range s.r.Returns {
			s.font("", 9)
			s.row(4.6, s.DateTime(b.At)+" · "+s.N("receipt.pieces", b.Pieces), s.Less(b.Amount))
		}
	}
	s.pdf.Ln(5)
	s.font("", 10)
	s.centred(5, s.thanks())
	s.font("", 8.5)
	s.grey()
	s.centred(4.2, s.T("receipt.vat_included"))
}

// code draws where the receipt can be had again.
func (s *sheet) code() error {
	if s.r.URL == "" {
		return nil
	}
	modules, err := QR(s.r.URL)
	if err != nil {
		return err
	}
	const size = 30.0
	s.room(size)
	side := size / float64(len(modules))
	left, top := (pageWidth-size)/2, s.pdf.GetY()
	s.pdf.SetFillColor(0, 0, 0)
	for y, row := range modules {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				s.pdf.Rect(left+float64(from)*side, top+float64(y)*side, float64(x-from)*side, side, "F")
			}
		}
	}
	s.pdf.LinkString(left, top, size, size, s.r.URL)
	return nil
}
