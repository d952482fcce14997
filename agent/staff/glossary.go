package staff

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"showroom/agent/lang"
)

// glossary translates what devices say of themselves. They speak English, in sentences that stay the same; the English texts below
// "device." are those sentences, with {names} for what changes.
type glossary struct {
	exact   map[string]string // key by sentence
	phrases []phrase          // those with the most words of their own first
}

// phrase is a sentence with parts that change.
type phrase struct {
	key   string
	form  *regexp.Regexp
	names []string
	words int // letters that do not change
}

func newGlossary() glossary {
	g, english := glossary{exact: map[string]string{}}, lang.For(lang.English)
	placeholder := regexp.MustCompile(`\{([a-z_]+)\}`)
	for _, key := range english.Keys() {
		if !strings.HasPrefix(key, "device.") {
			continue
		}
		text := english.T(key)
		found := placeholder.FindAllStringSubmatch(text, -1)
		if found == nil {
			g.exact[text] = key
			continue
		}
		p, form := phrase{key: key}, "^"
		for i, part := range placeholder.Split(text, -1) {
			if i > 0 {
				form += "(.+)"
				p.names = append(p.names, found[i-1][1])
			}
			form += regexp.QuoteMeta(part)
			p.words += len(part)
		}
		p.form = regexp.MustCompile("(?s)" + form + "$")
		g.phrases = append(g.phrases, p)
	}
	slices.SortStableFunc(g.phrases, func(a, b phrase) int { return cmp.Compare(b.words, a.words) })
	return g
}

// said is a sentence of a device. Language is "en" for one that is not in the language of the page.
type said struct{ Text, Language string }

// say answers a sentence in the language of the page, one that nobody has translated as it is.
func (g glossary) say(texts *lang.Texts, sentence string) said {
	if texts.Tag() == lang.English {
		return said{Text: sentence}
	}
	if text, ok := g.translate(texts, sentence); ok {
		return said{Text: text}
	}
	return said{Text: sentence, Language: string(lang.English)}
}

func (g glossary) translate(texts *lang.Texts, sentence string) (string, bool) {
	if key, ok := g.exact[sentence]; ok {
		return texts.T(key), true
	}
	for _, p := range g.phrases {
		parts := p.form.FindStringSubmatch(sentence)
		if parts == nil {
			continue
		}
		args := make([]any, 0, 2*len(p.names))
		for i, name := range p.names {
			part := parts[i+1]
			if text, ok := g.translate(texts, part); ok { // a part is often a sentence of its own
				part = text
			}
			args = append(args, name, part)
		}
		return texts.T(p.key, args...), true
	}
	return "", false
}
