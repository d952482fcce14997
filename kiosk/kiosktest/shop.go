// Package kiosktest is a small shop for tests of the kiosk: garments with real pictures, a fitting room, and an agent that serves
// them over HTTP without any of the real agent's parts.
package kiosktest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"showroom/agent/localapi"
)

// Shop is the catalogue of the tests.
type Shop struct {
	files map[string][]byte // by sha256
	sums  map[string]string // sha256 by file name
}

// OpenShop reads the pictures of the folder.
func OpenShop(folder string) (*Shop, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.jpg"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no pictures in %q: %w", folder, err)
	}
	s := &Shop{files: map[string][]byte{}, sums: map[string]string{}}
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			return nil, fmt.Errorf("read picture: %w", err)
		}
		sum := sha256.Sum256(data)
		id := hex.EncodeToString(sum[:])
		s.files[id], s.sums[filepath.Base(p)] = data, id
	}
	return s, nil
}

// Picture answers a file by its sha256.
func (s *Shop) Picture(sha string) ([]byte, bool) {
	data, ok := s.files[sha]
	return data, ok
}

// Noon is when everything in the tests happens.
func Noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// words are a text in both languages.
type words struct{ tr, en string }

func (w words) in(language string) string {
	if language == "tr" {
		return w.tr
	}
	return w.en
}

func (s *Shop) pictures(names ...string) []string {
	var out []string
	for _, n := range names {
		out = append(out, s.sums[n])
	}
	return out
}

// Polo is the garment with everything: two colours, sizes that are here, to bring, tried elsewhere and gone.
func (s *Shop) Polo(language string) localapi.Product {
	navy, white := words{"Lacivert", "Navy"}.in(language), words{"Kırık beyaz", "Off-white"}.in(language)
	p := localapi.Product{
		ID: "p1", Name: words{"Işıltılı İpek Gömlek", "Shimmering Silk Shirt"}.in(language), Brand: "Ağaç & Şerit",
		Description: words{
			"Yumuşak dökümlü, gün boyu buruşmayan ipek karışımı. Omuzda hafif, belde rahat bir kesim.",
			"A silk blend that falls softly and keeps its shape all day. Light at the shoulder, easy at the waist."}.in(language),
		Composition: words{"%70 ipek, %30 pamuk", "70% silk, 30% cotton"}.in(language),
		Care:        words{"30 derecede, benzer renklerle", "At 30 degrees, with similar colours"}.in(language),
		Pictures:    s.pictures("polo-navy-front.jpg", "polo-navy-back.jpg"),
	}
	price := &localapi.Money{Minor: 1299_00, Currency: "TRY"}
	for i, size := range []string{"XS", "S", "M", "L", "XL"} {
		v := localapi.Variant{GTIN: fmt.Sprintf("0061414100%04d", 241+i), Size: size, Colour: navy, ColourHex: "#14153a", Price: price, ToBring: 3}
		switch size {
		case "M":
			v.Here, v.ToBring = true, 2
		case "XS":
			v.ToBring = 0
		case "XL":
			v.ToBring, v.TriedElsewhere = 0, true
		}
		p.Variants = append(p.Variants, v)
	}
	for i, size := range []string{"S", "M", "L"} {
		p.Variants = append(p.Variants, localapi.Variant{GTIN: fmt.Sprintf("0061414100%04d", 341+i), Size: size, Colour: white, ColourHex: "#f2efe6",
			Price: price, ToBring: i, Pictures: s.pictures("tee-white-front.jpg")})
	}
	return p
}

// Hoodie has sizes and one colour.
func (s *Shop) Hoodie(language string) localapi.Product {
	return s.plain("p2", words{"Yün Karışımlı Kapüşonlu Sweatshirt", "Wool Blend Hooded Sweatshirt"}, words{"Gri melanj", "Grey melange"}, "#8f979b",
		[]string{"S", "M", "L", "XL"}, 1849_90, language, "hoodie-grey.jpg")
}

// Shoes have many sizes.
func (s *Shop) Shoes(language string) localapi.Product {
	return s.plain("p3", words{"Kanvas Günlük Ayakkabı", "Everyday Canvas Shoe"}, words{"Beyaz", "White"}, "#f4f4f4",
		[]string{"39", "40", "41", "42", "43", "44", "45"}, 2150_00, language, "plimsolls-white-1.jpg", "plimsolls-white-2.jpg")
}

// Tee has a short name.
func (s *Shop) Tee(language string) localapi.Product {
	return s.plain("p4", words{"Şile Bezi Tişört", "Şile Cloth Tee"}, words{"Taş", "Stone"}, "#b9b9b5",
		[]string{"S", "M", "L"}, 749_00, language, "tee-stone-front.jpg")
}

func (s *Shop) plain(id string, name, colour words, hex string, sizes []string, price int64, language string, files ...string) localapi.Product {
	p := localapi.Product{ID: id, Name: name.in(language), Brand: "Ağaç & Şerit", Pictures: s.pictures(files...)}
	for i, size := range sizes {
		p.Variants = append(p.Variants, localapi.Variant{GTIN: fmt.Sprintf("00614141%s%05d", id[1:], i), Size: size, Colour: colour.in(language),
			ColourHex: hex, Price: &localapi.Money{Minor: price, Currency: "TRY"}, ToBring: 2})
	}
	return p
}

// Hang makes a garment of the size at that place in the list of variants.
func Hang(p localapi.Product, at int) localapi.Garment {
	p.Variants = append([]localapi.Variant(nil), p.Variants...)
	p.Variants[at].Here = true
	return localapi.Garment{EPC: "urn:epc:id:sgtin:0614141." + p.Variants[at].GTIN, GTIN: p.Variants[at].GTIN, Product: p}
}

// Empty is a room with nobody in it.
func Empty(language string) localapi.KioskState {
	return localapi.KioskState{
		Kiosk: "fr2", Mode: "fitting-room", Store: "nisantasi", Language: language, Languages: []string{"tr", "en"}, Seq: "e1.1", Now: Noon(),
		Room: &localapi.Room{ID: "2", Name: "2", Reader: localapi.Reader{Device: "reader-2", State: "up"}},
	}
}

// Visited is a room with somebody and those garments in it.
func Visited(language string, garments ...localapi.Garment) localapi.KioskState {
	k := Empty(language)
	k.Room.Visit, k.Room.Opened, k.Room.Garments = "v1", Noon().Add(-5*time.Minute), garments
	return k
}

// Four is a room with four garments.
func (s *Shop) Four(language string) localapi.KioskState {
	return Visited(language, Hang(s.Polo(language), 2), Hang(s.Hoodie(language), 1), Hang(s.Shoes(language), 3), Hang(s.Tee(language), 0))
}

// Listed is the basket that was set aside for what hangs in a room.
func Listed() localapi.Parked {
	return localapi.Parked{Number: 13, Code: "480139", Due: Lira(0), Reason: "room"}
}

// Scanned is what a scanner was shown that is no piece.
func Scanned(kind string) *localapi.Scan {
	return &localapi.Scan{ID: "scan-" + kind, Kind: kind, At: Noon()}
}

// ScannedPiece is the piece at that place of the product's variants, shown to a scanner.
func ScannedPiece(p localapi.Product, at int) *localapi.Scan {
	return &localapi.Scan{ID: "scan-" + p.Variants[at].GTIN, Kind: localapi.ScanItem, At: Noon(), GTIN: p.Variants[at].GTIN, Product: &p}
}

// Capturing is an engineer recording.
func Capturing() *localapi.Capture {
	return &localapi.Capture{Device: "reader-2", Since: Noon(), Until: Noon().Add(10 * time.Minute), Clock: "15:10"}
}

// Asked is a request for the piece at that place of the product's variants.
func Asked(p localapi.Product, at int, state string) localapi.Request {
	v := p.Variants[at]
	pictures := v.Pictures
	if len(pictures) == 0 {
		pictures = p.Pictures
	}
	return localapi.Request{
		ID: "r" + v.GTIN, Room: "2", GTIN: v.GTIN, Product: p.Name, Size: v.Size, Colour: v.Colour, Picture: pictures[0], State: state,
		Made: Noon().Add(-40 * time.Second), Changed: Noon().Add(-10 * time.Second), Age: 40, Version: 1, Stock: v.ToBring,
	}
}
