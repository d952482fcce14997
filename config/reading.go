package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// reading is one pass over a file's syntax tree. It sets what is right and lists what is not, and never stops at a fault; the YAML
// library's own strict decoding stops at the first.
type reading struct {
	faults Faults
	lines  map[string]int // where each path of the file stands, for faults found later by validation
	broken bool           // the text is no YAML; there is nothing to validate
}

func (r *reading) fault(at ast.Node, path, problem, instead string) {
	r.faults = append(r.faults, Fault{Line: lineOf(at), Path: path, Problem: problem, Instead: instead})
}

// add appends validation's faults with the lines they belong to, leaving out what is a mere consequence of a fault already listed.
func (r *reading) add(found Faults) {
	read := slices.Clone(r.faults)
	for _, f := range found {
		if read.covers(f.Path) {
			continue
		}
		for path := f.Path; f.Line == 0 && path != ""; path = parent(path) {
			f.Line = r.lines[path]
		}
		r.faults = append(r.faults, f)
	}
}

// value sets dst from node.
func (r *reading) value(node ast.Node, dst reflect.Value, path string) {
	switch node := node.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		r.fault(node, path, "uses an anchor, an alias or a tag, which this file does not have", "write the value itself")
		return
	case *ast.NullNode:
		// A list or section whose lines are all commented out reads as null and means "the defaults".
		if dst.Kind() != reflect.Struct && dst.Kind() != reflect.Slice {
			r.fault(node, path, "has no value", "give it one or remove the line")
		}
		return
	}
	switch dst.Kind() {
	case reflect.Struct:
		r.mapping(node, dst, path)
	case reflect.Slice:
		r.list(node, dst, path)
	default:
		r.scalar(node, dst, path)
	}
}

func (r *reading) mapping(node ast.Node, dst reflect.Value, path string) {
	m, ok := node.(ast.MapNode)
	if !ok {
		r.fault(node, path, "is "+describe(node)+", not a group of keys", "write one of its keys a line: "+strings.Join(keysOf(dst.Type()), ", "))
		return
	}
	seen := map[string]int{}
	for it := m.MapRange(); it.Next(); {
		key, line := it.Key().GetToken().Value, lineOf(it.Key())
		at := join(path, key)
		if key == "" || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz_") != "" {
			at = join(path, quoted(key)) // no key of ours, and not fit to print as it is
		}
		field, known := fieldOf(dst, key)
		first, twice := seen[key]
		switch {
		case it.Key().IsMergeKey():
			r.fault(it.Key(), at, "merges another group, which this file does not have", "write the keys themselves")
		case !known:
			if instead, former := formerly(at); former {
				r.fault(it.Key(), at, "is no longer a key", instead)
			} else {
				r.fault(it.Key(), at, "unknown key", nearest(key, keysOf(dst.Type())))
			}
		case twice:
			r.fault(it.Key(), at, fmt.Sprintf("is written twice, first on line %d", first), "remove one of the two")
		default:
			seen[key], r.lines[at] = line, line
			r.value(it.Value(), field, at)
		}
	}
}

func (r *reading) list(node ast.Node, dst reflect.Value, path string) {
	seq, ok := node.(*ast.SequenceNode)
	if !ok {
		r.fault(node, path, "is "+describe(node)+", not a list", "write [a, b] or one entry a line after a dash")
		return
	}
	out := reflect.MakeSlice(dst.Type(), len(seq.Values), len(seq.Values))
	for i, entry := range seq.Values {
		at := fmt.Sprintf("%s[%d]", path, i)
		r.lines[at] = lineOf(entry)
		element := out.Index(i)
		begin(element, entry)
		if element.Kind() != reflect.Struct && entry.Type() == ast.NullType {
			r.fault(entry, at, "has no value", "give it one or remove the dash")
			continue
		}
		r.value(entry, element, at)
	}
	dst.Set(out)
}

// begin gives an entry of a list the defaults of its type; those of a reader and of a settler are a matter of its kind.
func begin(element reflect.Value, entry ast.Node) {
	switch p := element.Addr().Interface().(type) {
	case *Reader:
		*p = DefaultReaderOf(ReaderKind(kindOf(entry)))
	case *Gateway:
		*p = DefaultGateway()
	case *Scanner:
		*p = DefaultScanner()
	case *Settler:
		*p = DefaultSettlerOf(SettlerKind(kindOf(entry)))
	case *Printer:
		*p = DefaultPrinter()
	}
}

// kindOf is what an entry says of its kind; "" when it says nothing.
func kindOf(entry ast.Node) (kind string) {
	m, ok := entry.(ast.MapNode)
	if !ok {
		return ""
	}
	for it := m.MapRange(); it.Next(); {
		if text, ok := scalarText(it.Value()); ok && it.Key().GetToken().Value == "kind" {
			kind = text
		}
	}
	return kind
}

func (r *reading) scalar(node ast.Node, dst reflect.Value, path string) {
	text, ok := scalarText(node)
	if !ok {
		r.fault(node, path, "is "+describe(node)+", not a single value", "write one value")
		return
	}
	if err := setScalar(dst, text); err != nil {
		r.fault(node, path, err.problem, err.instead)
	}
}

// scalarText is the value as it stands in the file, so that 0614141 keeps its leading zero and 1.10 its last one.
func scalarText(node ast.Node) (string, bool) {
	switch node := node.(type) {
	case *ast.StringNode:
		return node.Value, true
	case *ast.LiteralNode:
		return node.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return strings.TrimSpace(node.GetToken().Value), true
	}
	return "", false
}

func describe(node ast.Node) string {
	switch node.(type) {
	case *ast.SequenceNode:
		return "a list"
	case ast.MapNode:
		return "a group of keys"
	}
	if text, ok := scalarText(node); ok {
		return strconv.Quote(text)
	}
	return "something else"
}

func lineOf(node ast.Node) int {
	if t := node.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// parent cuts the last step of a path: readers[1].power, readers[1], readers, "".
func parent(path string) string {
	return path[:max(strings.LastIndexByte(path, '.'), strings.LastIndexByte(path, '['), 0)]
}

// keysOf lists the keys of a section in the order of its fields.
func keysOf(section reflect.Type) []string {
	keys := make([]string, section.NumField())
	for i := range keys {
		keys[i] = section.Field(i).Tag.Get("yaml")
	}
	return keys
}

func fieldOf(section reflect.Value, key string) (reflect.Value, bool) {
	i := slices.Index(keysOf(section.Type()), key)
	if i < 0 {
		return reflect.Value{}, false
	}
	return section.Field(i), true
}

// formerly says what to write instead of a key that there was once.
func formerly(path string) (instead string, former bool) {
	if path == "presence.move_decay" {
		return "remove it; move_hold and move_rise say when a garment has moved", true
	}
	return "", false
}

// nearest proposes the known key that key is most likely a misspelling of, or all of them.
func nearest(key string, known []string) string {
	best, least := "", 3 // two slips of the finger; more is another word
	for _, k := range known {
		if d := distance(key, k); d < least {
			best, least = k, d
		}
	}
	if best != "" {
		return "write " + best
	}
	return "use one of " + strings.Join(known, ", ")
}

// distance is Levenshtein's, in bytes. Keys are short, but a file may hold anything, so long ones are not compared.
func distance(a, b string) int {
	if len(a) > 2*len(b)+2 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
