package staff

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
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
		"Check the reader's power, the baud rate and that it is an R200.":                                          "Okuyucunun elektriğini ve hat hızını kontrol edin. Türü yapılandırmadaki olmalı: R200.",
		"The device is not plugged in or has another name. No serial port is there at all.":                        "Cihaz takılı değil ya da adı başka. Hiç seri port yok.",
		"The device is not plugged in or has another name. These ports are there: /dev/ttyUSB0, /dev/ttyUSB1.":     "Cihaz takılı değil ya da adı başka. Bulunan portlar: /dev/ttyUSB0, /dev/ttyUSB1.",
		"The user this program runs as must be in the group dialout: usermod -aG dialout USER, then restart.":      "Programın kullanıcısı dialout grubunda olmalı: usermod -aG dialout USER, sonra yeniden başlatın.",
		"The reader reads with a power of its own choice. Set a power the module can give; 15 to 26 dBm is usual.": "Okuyucu kendi seçtiği güçle okuyor. Modülün verebileceği bir güç ayarlayın; olağan aralık: 15–26 dBm.",
		"Nothing answers at 10.0.0.7:4001. Check the address, the network cable and that the device is on.":        "10.0.0.7:4001 adresinde yanıt yok. Adresi, ağ kablosunu ve cihazın açık olduğunu kontrol edin.",
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

// TestEverySentenceOfADeviceIsTranslated reads what drivers, ports and the agent say of devices where they say it in so many words.
func TestEverySentenceOfADeviceIsTranslated(t *testing.T) {
	g, turkish, found := newGlossary(), lang.For(lang.Turkish), 0
	for _, root := range []string{"../../devices", "../app"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
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
					if _, ok := g.translate(turkish, sentence); !ok {
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
	}
	if found < 80 {
		t.Errorf("only %d sentences found", found)
	}
}

// sentences are the reason and the advice where a state is told, the hint of an error, and what functions answer that make hints.
func sentences(n ast.Node) (all []string) {
	add := func(exprs ...ast.Expr) {
		for _, e := range exprs {
			if s, ok := written(e); ok && s != "" {
				all = append(all, s)
			}
		}
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		sel, ok := n.Fun.(*ast.SelectorExpr)
		switch {
		case ok && (sel.Sel.Name == "become" || sel.Sel.Name == "turn") && len(n.Args) >= 3:
			add(n.Args[1], n.Args[2])
		case ok && sel.Sel.Name == "say" && len(n.Args) == 4:
			add(n.Args[2], n.Args[3])
		}
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Hint" {
			add(n.Value)
		}
	case *ast.FuncDecl:
		if !slices.Contains([]string{"hint", "keyboardHint", "advice", "whyNot", "fault"}, n.Name.Name) || n.Body == nil {
			return nil
		}
		ast.Inspect(n.Body, func(n ast.Node) bool {
			if r, ok := n.(*ast.ReturnStmt); ok {
				add(r.Results...)
			}
			return true
		})
	}
	return all
}

// written is what an expression says, with an X for what is not written out.
func written(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok := written(e.X)
		if !ok {
			return "", false
		}
		if right, ok := written(e.Y); ok {
			return left + right, true
		}
		return left + "X", true
	case *ast.CallExpr:
		if sel, ok := e.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Sprintf" {
			format, ok := written(e.Args[0])
			return regexp.MustCompile(`%[a-zA-Z]`).ReplaceAllString(format, "X"), ok
		}
	}
	return "", false
}
