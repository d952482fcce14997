package template

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Parse reads a Mapping written as JSON and compiles it. A key that no Mapping has is an error: a misspelt one that is silently
// ignored looks like a working setting.
func Parse(text []byte) (*Template, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var m Mapping
	if err := d.Decode(&m); err != nil {
		return nil, fmt.Errorf("read mapping: %w", err)
	}
	if _, err := d.Token(); err != io.EOF { //nolint:errorlint // Decoder.Token documents io.EOF itself
		return nil, fmt.Errorf("read mapping: more follows it")
	}
	return Compile(m)
}
