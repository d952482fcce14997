package printer

import "slices"

// Model is what is known of a kind of printer. Models are values: a printer that is not listed is described by one.
type Model struct {
	Name string
	// Page is the number behind ESC t that chooses Charset. A model without a Charset gets every line as a picture.
	Page    byte
	Charset Charset
	// QR: it draws QR codes itself (GS ( k); else they are sent as pictures.
	QR bool
	// EAN: it draws bar codes itself (GS k).
	EAN bool
	// Cutter: it has a knife (GS V).
	Cutter bool
	// Speaks: it answers DLE EOT. One that does and says nothing is not printed on; any other is printed on blindly if it is mute.
	Speaks bool
	// Confirms: it answers GS r when it has printed what came before.
	Confirms bool
}

// Models are the models by the names of the configuration. Epson: page 13 is PC857 in every TM printer sold in Turkey. Datecs: page 17
// is CP1254 by the manual of the EP-60. A generic one takes Epson's numbers and promises nothing else; raster is for those that ignore
// ESC t.
func Models() []Model {
	return []Model{
		{Name: "epson", Page: 13, Charset: CP857, QR: true, EAN: true, Cutter: true, Speaks: true, Confirms: true},
		{Name: "datecs", Page: 17, Charset: CP1254, EAN: true, Cutter: true, Speaks: true},
		{Name: "generic", Page: 13, Charset: CP857, EAN: true, Cutter: true},
		{Name: "raster", Cutter: true},
	}
}

// ModelByName answers a model of Models.
func ModelByName(name string) (Model, bool) {
	all := Models()
	i := slices.IndexFunc(all, func(m Model) bool { return m.Name == name })
	if i < 0 {
		return Model{}, false
	}
	return all[i], true
}
