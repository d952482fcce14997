package showroom_test

import (
	"testing"

	. "showroom/agent/showroom"
)

// A feed has an empty text where nobody has translated one.
func TestATextThatIsEmptyIsNone(t *testing.T) {
	for _, c := range []struct {
		text     Text
		language string
		want     string
	}{
		{Text{"tr": "Kazak", "en": "Jumper"}, "tr", "Kazak"},
		{Text{"tr": "Kazak", "en": "Jumper"}, "de", "Jumper"},
		{Text{"tr": "", "en": "Jumper"}, "tr", "Jumper"},
		{Text{"tr": "Kazak", "en": ""}, "en", "Kazak"},
		{Text{"ar": "", "tr": "Kazak", "de": "Pullover"}, "en", "Pullover"},
		{Text{"tr": "", "en": ""}, "tr", ""},
		{nil, "tr", ""},
	} {
		if got := c.text.In(c.language); got != c.want {
			t.Errorf("%v in %s is %q, want %q", c.text, c.language, got, c.want)
		}
	}
}
