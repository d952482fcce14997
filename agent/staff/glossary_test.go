package staff

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"showroom/agent/lang"
)

func TestDevicesSpeakTheLanguageOfThePage(t *testing.T) {
	g := newGlossary()
	turkish, english := lang.For(lang.Turkish), lang.For(lang.English)
	for sentence, want := range map[string]string{
		"no answer":                           "yanıt yok",
		"antenna 2: antenna missing":          "anten 2: anten yok",
		"antenna 3 is gone":                   "3 numaralı anten yok",
		"region refused: invalid value":       "bölge kabul edilmedi: geçersiz değer",
		"power refused: result 7F":            "güç kabul edilmedi: result 7F",
		"Check the reader's cable and power.": "Okuyucunun kablosunu ve elektriğini kontrol edin.",
		"Check the reader's power, the baud rate and that it is an R200.":                                          "Okuyucunun elektriğini ve hat hızını kontrol edin. Türü yapılandırmadaki olmalı: an R200.",
		"The device is not plugged in or has another name. No serial port is there at all.":                        "Cihaz takılı değil ya da adı başka. Hiç seri port yok.",
		"The device is not plugged in or has another name. These ports are there: /dev/ttyUSB0, /dev/ttyUSB1.":     "Cihaz takılı değil ya da adı başka. Bulunan portlar: /dev/ttyUSB0, /dev/ttyUSB1.",
		"The user this program runs as must be in the group dialout: usermod -aG dialout USER, then restart.":      "Programın kullanıcısı dialout grubunda olmalı: usermod -aG dialout USER, sonra yeniden başlatın.",
		"The reader reads with a power of its own choice. Set a power the module can give; 15 to 26 dBm is usual.": "Okuyucu kendi seçtiği güçle okuyor. Modülün verebileceği bir güç ayarlayın; olağan aralık: 15 to 26 dBm.",
		"Nothing answers at 10.0.0.7:4001. Check the address, the network cable and that the serial server is on.": "10.0.0.7:4001 adresinde yanıt yok. Adresi, ağ kablosunu ve seri sunucunun açık olduğunu kontrol edin.",
	} {
		if got := g.say(turkish, sentence); got != (said{Text: want}) {
			t.Errorf("%q is %+v, want %q", sentence, got, want)
		}
		if got := g.say(english, sentence); got != (said{Text: sentence}) {
			t.Errorf("%q in English is %+v", sentence, got)
		}
	}
	for _, sentence := range []string{"", "the flux capacitor is empty", "dial tcp: no route to host", "antenna : "} {
		if got := g.say(turkish, sentence); got != (said{Text: sentence, Language: "en"}) {
			t.Errorf("a sentence nobody has translated is %+v", got)
		}
	}
}

// TestEverySentenceOfADeviceIsTranslated reads what drivers and ports say where they say it in so many words.
func TestEverySentenceOfADeviceIsTranslated(t *testing.T) {
	g, turkish, found := newGlossary(), lang.For(lang.Turkish), 0
	err := filepath.WalkDir("../../devices", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "/sim/") || strings.Contains(path, "/devicetest/") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			for _, sentence := range sentences(n) {
				found++
				if _, ok := g.translate(turkish, sentence); !ok && sentence != "" {
					t.Errorf("%s says %q, which the texts below \"device.\" do not have", path, sentence)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 40 {
		t.Errorf("only %d sentences found", found)
	}
}

// sentences are the reason and the advice of a call of become, and the hint of an error, where they are written out.
func sentences(n ast.Node) (all []string) {
	add := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil {
				all = append(all, s)
			}
		}
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		if sel, ok := n.Fun.(*ast.SelectorExpr); ok && (sel.Sel.Name == "become" || sel.Sel.Name == "turn") && len(n.Args) >= 3 {
			add(n.Args[1])
			add(n.Args[2])
		}
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Hint" {
			add(n.Value)
		}
	}
	return all
}
