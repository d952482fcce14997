package staff

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"time"
)

//go:embed assets third_party/htmx/*.js
var assetFiles embed.FS

// assets are the files the pages bring along. The address of each holds a hash of its content, so a browser may keep it for ever and
// never sees the style of yesterday with the page of today.
type assets struct{ files map[string]asset }

type asset struct {
	sum     string
	content []byte
}

// loadAssets reads the embedded files. They can not be absent from a program that has been built, hence the panic.
func loadAssets() *assets {
	a := &assets{files: map[string]asset{}}
	err := fs.WalkDir(assetFiles, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := assetFiles.ReadFile(name)
		sum := sha256.Sum256(content)
		a.files[path.Base(name)] = asset{hex.EncodeToString(sum[:8]), content}
		return err
	})
	if err != nil {
		panic(fmt.Sprintf("staff: embedded files: %v", err))
	}
	return a
}

// path is the address of a file, for templates.
func (a *assets) path(name string) (string, error) {
	f, ok := a.files[name]
	if !ok {
		return "", fmt.Errorf("there is no file %q", name)
	}
	return "/staff/assets/" + f.sum + "/" + name, nil
}

func (a *assets) serve(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[r.PathValue("name")]
	if !ok || r.PathValue("sum") != f.sum {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, r.PathValue("name"), time.Time{}, bytes.NewReader(f.content))
}
