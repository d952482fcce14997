package store_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// gallery is a store with pictures of 1000 bytes that are called by a letter.
type gallery struct {
	t   *testing.T
	db  *store.DB
	at  *clock
	dir string
}

func newGallery(t *testing.T, budget int64) *gallery {
	g := &gallery{t: t, at: newClock(), dir: t.TempDir()}
	g.db = open(t, g.options(budget))
	return g
}

func (g *gallery) options(budget int64) store.Options {
	return store.Options{Dir: g.dir, Clock: g.at.Now, PictureBytes: budget}
}

func content(letter rune) []byte { return bytes.Repeat([]byte{byte(letter)}, 1000) }

func sumOf(letter rune) string {
	sum := sha256.Sum256(content(letter))
	return hex.EncodeToString(sum[:])
}

// names has products whose first picture is the first letter of each word.
func (g *gallery) names(words ...string) {
	g.t.Helper()
	update(g.t, g.db, func(tx *store.Tx) error {
		for _, w := range words {
			p := showroom.Product{ID: showroom.ProductID(w)}
			for _, letter := range w {
				p.Pictures = append(p.Pictures, sumOf(letter))
			}
			if err := tx.PutProduct(p, 1); err != nil {
				return err
			}
		}
		return nil
	})
}

func (g *gallery) bring(letters string) {
	g.t.Helper()
	for _, letter := range letters {
		if err := g.db.PutPicture(g.t.Context(), sumOf(letter), bytes.NewReader(content(letter))); err != nil {
			g.t.Fatal(err)
		}
	}
}

// look opens each picture and answers those that are there.
func (g *gallery) look(letters string) (there string) {
	g.t.Helper()
	for _, letter := range letters {
		f, err := g.db.OpenPicture(sumOf(letter))
		switch {
		case err == nil:
			f.Close()
			there += string(letter)
		case showroom.ErrorCode(err) != showroom.CodeNotFound:
			g.t.Fatal(err)
		}
	}
	return there
}

// here are the pictures whose files are there, without anybody looking at them.
func (g *gallery) here(letters string) (there string) {
	for _, letter := range letters {
		sum := sumOf(letter)
		if _, err := os.Stat(g.dir + "/pictures/" + sum[:2] + "/" + sum[2:]); err == nil {
			there += string(letter)
		}
	}
	return there
}

func (g *gallery) missing() (letters string) {
	g.t.Helper()
	sums, err := g.db.MissingPictures(g.t.Context(), 100)
	if err != nil {
		g.t.Fatal(err)
	}
	for letter := 'a'; letter <= 'z'; letter++ {
		if slices.Contains(sums, sumOf(letter)) {
			letters += string(letter)
		}
	}
	return letters
}

func (g *gallery) counts(bytes, missing, givenUp int64) {
	g.t.Helper()
	s, err := g.db.Stats(g.t.Context())
	if diff := cmp.Diff([]int64{bytes, missing, givenUp}, []int64{s.Pictures, s.Missing, s.GivenUp}); diff != "" || err != nil {
		g.t.Errorf("bytes, missing, given up: %v (-want +got):\n%s", err, diff)
	}
}

func TestWhatTheCatalogueShowsFirstIsBroughtFirst(t *testing.T) {
	g := newGallery(t, 0)
	g.names("xa", "yb")
	sums, err := g.db.MissingPictures(t.Context(), 2)
	want := []string{sumOf('x'), sumOf('y')}
	slices.Sort(want)
	if diff := cmp.Diff(want, sums); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestPicturesNeededLongestAgoMakeRoom(t *testing.T) {
	g := newGallery(t, 5500)
	g.names("xabcdef")
	g.bring("abcdx")
	for _, letter := range "bca" { // d nobody ever looked at
		g.look(string(letter))
		g.at.advance(time.Hour)
	}
	g.counts(5000, 2, 0)
	g.look("e")
	<-g.db.PictureWanted()
	g.bring("e")
	if got := g.here("abcdefx"); got != "abcex" {
		t.Errorf("%q stayed, want all but the one nobody looked at", got)
	}
	g.look("f")
	g.bring("f")
	if got := g.here("abcdefx"); got != "acefx" {
		t.Errorf("%q stayed, want all but b", got)
	}
	g.counts(5000, 0, 2)
	if got := g.missing(); got != "" {
		t.Errorf("%q are to be brought again", got)
	}
}

func TestWhatIsShownFirstOrOnAScreenStaysWhenOthersCanGo(t *testing.T) {
	g := newGallery(t, 3200)
	g.names("xab", "ycd")
	g.bring("xab")
	g.look("ab")
	g.at.advance(time.Hour)
	g.look("b")
	g.bring("y")
	if got := g.here("xyab"); got != "xyb" {
		t.Errorf("%q stayed, want the first of each product and the one on a screen", got)
	}
	g.bring("c") // nobody looks at it: b and the first ones are needed more
	if got := g.here("xyabcd"); got != "xyb" {
		t.Errorf("%q stayed", got)
	}
	if got := g.missing(); got != "" {
		t.Errorf("%q would be brought in vain", got)
	}
	g.counts(3000, 0, 3)
}

func TestAPictureSomebodyLooksForIsWantedAgain(t *testing.T) {
	g := newGallery(t, 2500)
	g.names("x", "y", "z")
	g.bring("xyz")
	if got := g.here("xyz"); got != "xy" {
		t.Fatalf("%q stayed, want those that came first", got)
	}
	select {
	case <-g.db.PictureWanted():
		t.Error("nobody looked for any")
	default:
	}
	if got := g.look("z"); got != "" {
		t.Fatalf("%q is there", got)
	}
	<-g.db.PictureWanted()
	if got := g.missing(); got != "z" {
		t.Errorf("%q is to be brought, want z", got)
	}
	g.bring("z")
	if got := g.here("xyz"); len(got) != 2 || got[1] != 'z' {
		t.Errorf("%q stayed, want z and one more", got)
	}
	for range 3000 { // names nobody knows leave nothing behind
		g.look("q")
	}
	g.counts(2000, 0, 1)
}

func TestMoreRoomBringsGivenUpPicturesBack(t *testing.T) {
	g := newGallery(t, 2500)
	g.names("x", "y", "z", "w")
	g.bring("wxyz")
	g.counts(2000, 0, 2)
	if err := g.db.Close(); err != nil {
		t.Fatal(err)
	}
	g.db = open(t, g.options(100_000))
	g.bring("w")
	if got := g.missing(); got != "yz" {
		t.Errorf("%q are to be brought, want yz", got)
	}
}

func TestAPictureWhoseFileIsLostIsBroughtAgain(t *testing.T) {
	g := newGallery(t, 0)
	g.names("x")
	g.bring("x")
	sum := sumOf('x')
	if err := os.Remove(g.dir + "/pictures/" + sum[:2] + "/" + sum[2:]); err != nil {
		t.Fatal(err)
	}
	g.look("x")
	if got := g.missing(); got != "x" {
		t.Errorf("%q is to be brought, want x", got)
	}
}
