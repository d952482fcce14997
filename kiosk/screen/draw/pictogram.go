package draw

import (
	"embed"

	"showroom/kiosk/view"
)

//go:embed pictograms/*.svg
var pictograms embed.FS

// Pictogram draws p as large as b allows, in the stroke of the hanger.
func (s *Sheet) Pictogram(p view.Pictogram, b Box) {
	name := pictogramName(p) + ".svg"
	data, err := pictograms.ReadFile("pictograms/" + name)
	if err != nil {
		return // a page without its picture still says what it says
	}
	s.art(name, data, b)
}

func pictogramName(p view.Pictogram) string {
	switch p {
	case view.PictureScan:
		return "scan"
	case view.PictureTray:
		return "tray"
	case view.PictureCard:
		return "card"
	case view.PicturePIN:
		return "pin"
	case view.PictureTake:
		return "take"
	case view.PictureSlip:
		return "slip"
	case view.PictureClosed:
		return "closed"
	case view.PictureAside:
		return "aside"
	case view.PictureAsk:
		return "ask"
	case view.PictureBag:
		return "bag"
	}
	return "wait"
}
