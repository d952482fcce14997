package config

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// fileLimit is far above any real file, which has a few kilobytes; a path given by mistake should not be read into a Pi's memory.
const fileLimit = 64 << 10

//go:embed config.example.yaml
var example []byte

// Example is the commented example file: a complete small shop in which every key of the file appears.
func Example() []byte { return append([]byte(nil), example...) }

// Look is a further look at a configuration, at the files it names for instance, which Validate does not open. It answers Faults
// without file or line. The Config is what could be read of a file that may have other faults.
type Look func(Config) Faults

// Load reads the file at path over Default and validates the result. What is wrong with the contents, and what further looks find, is
// returned as Faults; any other error means that the file could not be read.
func Load(path string, further ...Look) (Config, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, fmt.Errorf("read configuration: %w; name another with --config, or begin with what showroom-agent example prints", err)
	}
	if err != nil {
		return Config{}, fmt.Errorf("read configuration: %w", err)
	}
	if info.Size() > fileLimit {
		return Config{}, tooLarge(path, "configuration file")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("read configuration: %w", err)
	}
	return Parse(text, filepath.Base(path), further...)
}

// Parse reads text over Default, validates the result and takes further looks at it. name stands for the file in the faults. The error
// is nil or Faults, and with Faults the Config is the zero value.
func Parse(text []byte, name string, further ...Look) (Config, error) {
	if len(text) > fileLimit {
		return Config{}, tooLarge(name, "configuration file")
	}
	if tooDeep(text) {
		return Config{}, Faults{{File: name, Problem: "nests its brackets or dashes far deeper than any section goes", Instead: "close the brackets"}}
	}
	cfg := Default()
	r := reading{lines: map[string]int{}}
	if root := r.parse(text); root != nil {
		r.value(root, reflect.ValueOf(&cfg).Elem(), "")
	}
	if !r.broken {
		r.add(cfg.validate())
		for _, look := range further {
			r.add(look(cfg))
		}
	}
	for i := range r.faults {
		r.faults[i].File = name
	}
	r.faults.sortByLine()
	if err := r.faults.orNil(); err != nil {
		return Config{}, err
	}
	return cfg, nil
}

func tooLarge(name, wanted string) Faults {
	return Faults{{File: name, Problem: "is larger than 64 kB", Instead: "give the path of a " + wanted}}
}

// tooDeep keeps text from the YAML parser whose nesting would cost it memory by the square: 64 kB of nothing but brackets takes gigabytes.
// Brackets in quotes count too; no real file has this many unclosed ones.
func tooDeep(text []byte) bool {
	const most = 50
	open := 0
	for line := range bytes.Lines(text) {
		dashes := bytes.TrimLeft(line[:len(line)-len(bytes.TrimLeft(line, " -?"))], " ")
		if len(dashes) > 2*most {
			return true
		}
		for _, c := range line {
			switch c {
			case '[', '{':
				open++
			case ']', '}':
				open = max(open-1, 0)
			}
			if open > most {
				return true
			}
		}
	}
	return false
}

// parse returns the root of the one document in text, or nil when there is nothing to read: an empty file, or one that is not YAML,
// which sets broken because checking the bare defaults would bury the real fault.
func (r *reading) parse(text []byte) ast.Node {
	file, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.broken = true
		line, problem := 0, err.Error()
		var syntax yaml.Error
		if errors.As(err, &syntax) {
			problem = syntax.GetMessage()
			if t := syntax.GetToken(); t != nil && t.Position != nil {
				line = t.Position.Line
			}
		}
		problem, _, _ = strings.Cut(problem, "\n")
		r.faults = append(r.faults, Fault{Line: line, Problem: "is not YAML: " + problem, Instead: "mend the indentation or the quotes near this line"})
		return nil
	}
	var root ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType || doc.Body.Type() == ast.NullType {
			continue
		}
		if root != nil {
			r.fault(doc.Body, "", "holds a second document", "remove the --- line and what follows it")
			break
		}
		root = doc.Body
	}
	return root
}
