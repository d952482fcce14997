package e2e

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"showroom/agent/lang"
	"showroom/agent/localapi"
	"showroom/agent/receipt"
	"showroom/agent/receipt/ubltest"
	"showroom/scripts/shop"
)

// TestAReceiptWithoutTheNetwork: whoever pays while the shop is cut off takes a code along that opens the receipt once the shop is heard
// again, and at once in the shop's own network where there is one.
func TestAReceiptWithoutTheNetwork(t *testing.T) {
	needs(t, "Xvfb", "zbarimg", "pdftotext", "xwdtopnm")
	for name, guests := range map[string]bool{"lira": false, "euro": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := countries()[name]
			c := checkout{openShopWith(t, shop.Options{Hold: true, Checkout: true, Euro: w.euro, Line: true, Guests: guests}), w}
			for _, device := range []string{"tray", "till", c.Terminal()} {
				c.untilUp(device)
			}
			c.sellsCutOff(openMonitor(c.testShop, "sco1"), guests)
		})
	}
}

// sellsCutOff sells, and reads what the shopper takes along with what shoppers have: eyes, and a reader of codes.
func (c checkout) sellsCutOff(s *monitor, guests bool) {
	t := c.t
	c.Line.Cut()
	c.fill("a")
	c.pay()
	paid := c.untilPaid()
	codes := s.shown(1 + count(guests))
	far := codes[slices.IndexFunc(codes, func(code string) bool { return strings.HasPrefix(code, c.Central+"/r/") })]
	if far != paid.Receipt || !receipt.IsToken(path.Base(far)) {
		t.Errorf("the code says %s, and the receipt is %s", far, paid.Receipt)
	}

	speaks := lang.For(lang.Turkish)
	if status, page := c.open(far + "?lang=tr"); status != http.StatusAccepted || !strings.Contains(page, speaks.T("receipt.preparing.title")) {
		t.Errorf("before the shop was heard of, %s is %d:\n%s", far, status, page)
	}
	invented, err := receipt.NewToken(receipt.DeriveKey("another shop's token"), rand.Reader)
	c.must(err)
	if status, page := c.open(c.Central + "/r/" + invented); status != http.StatusNotFound {
		t.Errorf("an invented receipt is %d:\n%s", status, page)
	}
	if guests {
		near := codes[slices.IndexFunc(codes, func(code string) bool { return code != far })]
		if status, page := c.open(near); near != paid.Local || status != http.StatusOK || !strings.Contains(page, c.amount) {
			t.Errorf("in the shop's network, which is said to be %s, %s is %d:\n%s", paid.Local, near, status, page)
		}
	}

	c.Line.Mend()
	c.untilSent()
	again := time.NewTicker(time.Second) // nobody may ask too often
	defer again.Stop()
	c.eventually("head office shows the receipt", func() error {
		<-again.C
		if status, page := c.open(far); status != http.StatusOK || !strings.Contains(page, c.amount) {
			return fmt.Errorf("it shows %d:\n%s", status, page)
		}
		return nil
	})
	c.documents(far)
}

// documents are those the page of a receipt offers.
func (c checkout) documents(of string) {
	c.t.Helper()
	_, pdf := c.open(of + ".pdf?lang=tr")
	text := runs(c.t, []byte(pdf), "pdftotext", "-layout", "-enc", "UTF-8", "-", "-")
	for _, want := range []string{"Beyaz Bez Ayakkabı", "Takım Tişörtü", "Mavi Poligon Tişört", "Tişörtlerde 3 al 2 öde", "4.249,60", "Ilgım Giyim A.Ş.", "İstanbul"} {
		if !strings.Contains(text, want) {
			c.t.Errorf("a reader of PDFs finds no %q in\n%s", want, text)
		}
	}
	_, ubl := c.open(of + ".xml")
	if broken := ubltest.Broken(c.t, []byte(ubl)); len(broken) > 0 {
		c.t.Errorf("the UBL breaks %s:\n%s", strings.Join(broken, "\n"), ubl)
	}
	if fiscal := strings.Contains(ubl, "ÖKC sicil no"); fiscal == c.euro || !strings.Contains(ubl, "Ilgım Giyim A.Ş.") {
		c.t.Errorf("the UBL does not say who has sold, or says of a fiscal device that it is %v that there was one:\n%s", fiscal, ubl)
	}
}

// open answers what a browser is shown.
func (c checkout) open(url string) (status int, body string) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, url, nil)
	c.must(err)
	r, err := http.DefaultClient.Do(req)
	c.must(err)
	defer r.Body.Close()
	all, err := io.ReadAll(r.Body)
	c.must(err)
	return r.StatusCode, string(all)
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// needs skips a test where a program is missing, but never where everything must hold.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		switch _, err := exec.LookPath(program); {
		case err == nil:
		case os.Getenv("CI") == "true":
			t.Fatalf("%s is not here: scripts/setup.sh test", program)
		default:
			t.Skip(program + " is not here: scripts/setup.sh test")
		}
	}
}

// runs answers what a program of the machine makes of its input.
func runs(t *testing.T, input []byte, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", program, err)
	}
	return string(out)
}

// kioskProgram builds the kiosk, which no other test needs, once.
var kioskProgram = sync.OnceValue(func() error {
	build := exec.Command("go", "build", "-tags", "gles", "-o", bin+"/", "./kiosk/cmd/showroom-kiosk")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the kiosk: %w\n%s", err, out)
	}
	return nil
})

// monitor is a kiosk as the shopper has it before them: the program, on a display.
type monitor struct {
	s      *testShop
	photos string // the program's own pictures of itself
	frames string // folder of what the display shows
}

func openMonitor(s *testShop, id string) *monitor {
	s.t.Helper()
	s.must(kioskProgram())
	k := &monitor{s: s, photos: filepath.Join(s.Dir(), "photos"), frames: filepath.Join(s.Dir(), "frames")}
	s.must(os.Mkdir(k.frames, 0o755))
	display, err := shop.OpenDisplay(s.t.Context(), "1280x800", k.frames)
	s.must(err)
	s.t.Cleanup(display.Close)
	program := s.Program("showroom-kiosk", []string{"DISPLAY=:" + display.Number, "WAYLAND_DISPLAY="}, "--agent", "unix://"+s.Socket, "--kiosk", id,
		"--screenshot-dir", k.photos, "--screenshot-every", "200ms")
	s.must(program.Start())
	s.t.Cleanup(program.Stop)
	return k
}

// last is the newest picture of the receipt.
func (k *monitor) last() (string, error) {
	all, err := filepath.Glob(filepath.Join(k.photos, "*-"+localapi.StageReceipt+".png"))
	if err == nil && len(all) == 0 {
		err = errors.New("the kiosk shows no receipt")
	}
	if err != nil {
		return "", err
	}
	return slices.Max(all), nil
}

// shown holds the kiosk's picture of itself against what the display shows, for as long as the receipt is there, and answers what the codes on that
// picture say, which are so many and no more. Letters are set by another hand there, so that edges differ.
func (k *monitor) shown(want int) (codes []string) {
	k.s.t.Helper()
	k.s.eventually("a telephone can read the codes of the receipt that the display shows", func() error {
		photo, err := k.last()
		if err != nil {
			return err
		}
		frame, err := exec.Command("xwdtopnm", filepath.Join(k.frames, "Xvfb_screen0")).Output()
		if err != nil {
			return err
		}
		ours, err := readPNG(photo)
		if err != nil {
			return err
		}
		if err := resembles(ours, frame); err != nil {
			return err
		}
		said, err := exec.Command("zbarimg", "--quiet", "--raw", photo).Output()
		if codes = strings.Fields(string(said)); err == nil && len(codes) != want {
			err = fmt.Errorf("%s says %q", photo, codes)
		}
		return err
	})
	return codes
}

func readPNG(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return png.Decode(f)
}

// resembles holds a picture against a PPM of it.
func resembles(img image.Image, ppm []byte) error {
	size := img.Bounds().Size()
	pixels := size.X * size.Y
	if head := fmt.Sprintf("P6\n%d %d\n255\n", size.X, size.Y); !bytes.HasPrefix(ppm, []byte(head)) || len(ppm) != len(head)+3*pixels {
		return fmt.Errorf("the display shows a picture of %d bytes, and the kiosk one of %v", len(ppm), size)
	}
	rgb, far := ppm[len(ppm)-3*pixels:], 0
	for i := range pixels {
		r, g, b, _ := img.At(i%size.X, i/size.X).RGBA()
		for c, value := range []uint32{r, g, b} {
			if d := int(value>>8) - int(rgb[3*i+c]); max(d, -d) > 64 {
				far++
				break
			}
		}
	}
	if far*50 > pixels {
		return fmt.Errorf("%d of %d pixels differ", far, pixels)
	}
	return nil
}
