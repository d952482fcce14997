package store

import (
	"maps"
	"slices"
	"strings"

	"showroom/agent/lang"
	"showroom/agent/showroom"
)

// What a search shows of an item is kept beside its words as one text, since reading twenty items and their products costs more
// than finding them. The text is parts: brand, size and picture first, then for each language its tag, the name and the colour; the
// first language has no tag and stands for those that are not there. Parts end with partEnd, fields of a part are parted by fieldEnd.
const (
	fieldEnd = "\x1f"
	partEnd  = "\x1e"
)

func writeShown(p style, i showroom.Item) string {
	clean := strings.NewReplacer(fieldEnd, " ", partEnd, " ")
	var b strings.Builder
	part := func(a, c, d string) {
		for n, s := range []string{a, c, d} {
			b.WriteString(clean.Replace(s))
			b.WriteString([]string{fieldEnd, fieldEnd, partEnd}[n])
		}
	}
	part(p.Brand, i.Size, p.picture(i))
	name, colour := p.Name.In(""), i.Colour.In("")
	part("", name, colour)
	tags := maps.Clone(p.Name)
	if tags == nil {
		tags = showroom.Text{}
	}
	maps.Copy(tags, i.Colour)
	for _, tag := range slices.Sorted(maps.Keys(tags)) {
		if n, c := p.Name.In(tag), i.Colour.In(tag); n != name || c != colour {
			part(tag, n, c)
		}
	}
	return b.String()
}

// readShown fills in the texts of an item in a language.
func readShown(f *showroom.Found, shown string, language lang.Tag) {
	first, rest, _ := strings.Cut(shown, partEnd)
	f.Brand, f.Size, f.Picture = fields(first)
	for rest != "" {
		var part, tag string
		part, rest, _ = strings.Cut(rest, partEnd)
		name, colour := "", ""
		if tag, name, colour = fields(part); tag == "" || tag == string(language) {
			f.Name, f.Colour = name, colour
		}
	}
}

func fields(part string) (a, b, c string) {
	a, part, _ = strings.Cut(part, fieldEnd)
	b, c, _ = strings.Cut(part, fieldEnd)
	return a, b, c
}
