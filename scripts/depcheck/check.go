package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// violation is one breach of the plan, at a line of a file.
type violation struct {
	file string // below the module's root
	line int
	text string
}

func (v violation) String() string { return fmt.Sprintf("%s:%d: %s", v.file, v.line, v.text) }

// checker walks one module.
type checker struct {
	root     string // folder of go.mod
	module   string
	rows     []row
	files    *token.FileSet
	homeless map[string]bool // folders without a row that are already in found
	found    []violation
}

// check reads every Go file of the module in folder root, whatever its build constraints, and returns the violations in the order of
// the files. The error says why the module could not be read.
func check(root string, rows []row) ([]violation, error) {
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, fmt.Errorf("find the module: %w", err)
	}
	name := regexp.MustCompile(`(?m)^module\s+(\S+)`).FindSubmatch(text)
	if name == nil {
		return nil, fmt.Errorf("find the module: %s/go.mod names none", root)
	}
	c := checker{root: root, module: string(name[1]), rows: rows, files: token.NewFileSet(), homeless: map[string]bool{}}
	if err := filepath.WalkDir(root, c.visit); err != nil {
		return nil, fmt.Errorf("read the module: %w", err)
	}
	slices.SortStableFunc(c.found, func(a, b violation) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
	})
	return c.found, nil
}

func (c *checker) visit(name string, entry fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	if entry.IsDir() {
		base := entry.Name()
		_, err := os.Stat(filepath.Join(name, "go.mod"))
		if name != c.root && (base == "testdata" || base == "third_party" || base == "vendor" || strings.HasPrefix(base, ".") || err == nil) {
			return filepath.SkipDir
		}
		return nil
	}
	if !strings.HasSuffix(name, ".go") {
		return nil
	}
	below, err := filepath.Rel(c.root, name)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(c.files, name, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	c.file(filepath.ToSlash(below), file)
	return nil
}

func (c *checker) add(name string, at token.Pos, format string, args ...any) {
	c.found = append(c.found, violation{name, c.files.Position(at).Line, fmt.Sprintf(format, args...)})
}

func (c *checker) file(name string, file *ast.File) {
	dir, test := path.Dir(name), strings.HasSuffix(name, "_test.go")
	if dir == "sync" {
		c.add(name, file.Package, "there is no Go file directly in sync/: a package of that name would hide the standard one; put it in a sub-folder")
		return
	}
	r, ok := c.rowOf(dir)
	if !ok {
		if !test && !c.homeless[dir] {
			c.homeless[dir] = true
			c.add(name, file.Package, "%s has no row in scripts/depcheck/table.go: give it a row, and say what it may import and why", dir)
		}
		return
	}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser has checked it
		}
		c.imports(name, spec.Pos(), r, imported, test)
	}
	if !test && !strings.HasPrefix(dir, "scripts") {
		c.habits(name, dir, file)
	}
}

// rowOf is the row whose folder matches dir most closely.
func (c *checker) rowOf(dir string) (best row, ok bool) {
	for _, r := range c.rows {
		if matches(r.dir, dir) && (!ok || len(r.dir) > len(best.dir)) {
			best, ok = r, true
		}
	}
	return best, ok
}

// matches reports whether name is pattern, or below it when pattern ends in "/...".
func matches(pattern, name string) bool {
	tree, deep := strings.CutSuffix(pattern, "...")
	tree = strings.TrimSuffix(tree, "/")
	return name == tree || deep && (tree == "" || strings.HasPrefix(name, tree+"/"))
}

func (c *checker) imports(name string, at token.Pos, r row, imported string, test bool) {
	dir := path.Dir(name)
	for _, s := range sole() {
		tool := slices.Contains(r.third, "...")
		if !matches(s.pkg+"/...", imported) || dir == s.dir || tool || test && !s.tests {
			continue
		}
		c.add(name, at, "imports %s, which is for %s alone: %s", imported, s.dir, s.why)
		return
	}
	if test {
		return
	}
	if own, ours := strings.CutPrefix(imported, c.module+"/"); ours {
		if !c.mayImportOwn(r, dir, own) {
			c.add(name, at, "imports %s: %s; it may import %s", imported, r.why, c.allowed(r))
		}
		return
	}
	if strings.Contains(strings.Split(imported, "/")[0], ".") && !mayImportThird(r, dir, imported) {
		c.add(name, at, "imports %s: %s; of others it may import %s", imported, r.why, listed(r.third))
	}
}

func (c *checker) mayImportOwn(r row, dir, own string) bool {
	if slices.ContainsFunc(r.own, func(p string) bool { return matches(p, own) }) {
		return true
	}
	target, ok := c.rowOf(own)
	if !ok || target.floor >= r.floor {
		return false
	}
	if r.below != "" && matches(r.below+"/...", own) {
		return true
	}
	return !r.alone && !strings.HasPrefix(dir, "kiosk/") && slices.Contains(everywhere(), own)
}

func (c *checker) allowed(r row) string {
	names := slices.Clone(r.own)
	if r.below != "" {
		names = append(names, "what stands on a lower floor of "+r.below)
	}
	if !r.alone && !strings.HasPrefix(r.dir, "kiosk/") {
		for _, name := range everywhere() {
			if target, ok := c.rowOf(name); ok && target.floor < r.floor {
				names = append(names, name)
			}
		}
	}
	return listed(names)
}

func mayImportThird(r row, dir, imported string) bool {
	third := slices.Clone(r.third)
	for _, s := range shared() {
		if r.floor > ground && matches(s.dir, dir) {
			third = append(third, s.third...)
		}
	}
	return slices.ContainsFunc(third, func(t string) bool { return t == "..." || matches(t+"/...", imported) })
}

func listed(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}
