package main

import (
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
)

// habits checks what a reader of the house relies on beyond imports. Tests and scripts are free of it.
func (c *checker) habits(name, dir string, file *ast.File) {
	for _, word := range []string{file.Name.Name, path.Base(dir)} {
		if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "manager", "base"}, word) {
			c.add(name, file.Name.Pos(), "a package called %s says nothing of the shop: name it after what it does", word)
			break
		}
	}
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			c.add(name, f.Pos(), "init runs before anybody asked: build the value where it is used, or pass it in")
		}
	}
	if file.Name.Name != "main" {
		c.calls(name, file)
	}
}

// calls finds what belongs to main alone: writing to the terminal, the old logger, and waiting without being interruptible.
func (c *checker) calls(name string, file *ast.File) {
	local := map[string]string{} // name in this file -> package
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value) // the parser has checked it
		as := path.Base(imported)
		if spec.Name != nil {
			as = spec.Name.Name
		}
		local[as] = imported
		if imported == "log" {
			c.add(name, spec.Pos(), "imports log: records go through the slog.Logger that is passed in, so that they carry their device and level")
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := sel.X.(*ast.Ident)
		if !ok {
			return true
		}
		switch pkg, what := local[x.Name], sel.Sel.Name; {
		case pkg == "fmt" && strings.HasPrefix(what, "Print"):
			c.add(name, sel.Pos(), "fmt.%s writes to a terminal nobody watches: return the text, or log it", what)
		case pkg == "time" && what == "Sleep":
			c.add(name, sel.Pos(), "time.Sleep cannot be interrupted: select on a timer and ctx.Done()")
		}
		return true
	})
}
