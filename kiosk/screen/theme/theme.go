// Package theme is the look of the kiosk: colours, typefaces and the scale of type, in millimetres.
//
// Titles are set in STIX Two Text, everything else in Roboto. Both are bundled, with their licences, under third_party; both have
// every letter of Turkish and the sign of the lira.
package theme

import (
	_ "embed"
	"image/color"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"showroom/kiosk/screen/panel"
)

//go:embed third_party/stix/STIXTwoText-Regular.otf
var serif []byte

//go:embed third_party/roboto/Roboto-Light.ttf
var light []byte

//go:embed third_party/roboto/Roboto-Regular.ttf
var regular []byte

//go:embed third_party/roboto/Roboto-Medium.ttf
var medium []byte

// The typefaces. A resource is a name and its bytes; its name is what renderers cache by.
var (
	Serif   fyne.Resource = fyne.NewStaticResource("STIXTwoText-Regular.otf", lifted(serif, 940))
	Light   fyne.Resource = fyne.NewStaticResource("Roboto-Light.ttf", light)
	Regular fyne.Resource = fyne.NewStaticResource("Roboto-Regular.ttf", regular)
	Medium  fyne.Resource = fyne.NewStaticResource("Roboto-Medium.ttf", medium)
)

// Style is one voice of the page: a typeface, its size in millimetres and the distance of lines as a factor of the size.
type Style struct {
	Font    fyne.Resource
	MM      float64
	Leading float32
}

// The voices, from loud to quiet.
var (
	Display = Style{Serif, 15, 1.12}
	Number  = Style{Serif, 30, 1.1}
	Title   = Style{Serif, 7.8, 1.16}
	Name    = Style{Serif, 9.6, 1.14}
	Heading = Style{Serif, 4.6, 1.25}
	Button  = Style{Medium, 3.7, 1.3}
	Body    = Style{Regular, 3.7, 1.45}
	Strong  = Style{Medium, 3.7, 1.4}
	Small   = Style{Regular, 3.1, 1.4}
	Label   = Style{Medium, 3.1, 1.4}
)

// Size answers the size in pixels on a panel.
func (s Style) Size(p panel.Profile) float32 { return p.MM(s.MM * p.Type) }

// Line answers the distance of two lines in pixels on a panel.
func (s Style) Line(p panel.Profile) float32 { return float32(int(s.Size(p)*s.Leading + 0.5)) }

// Theme is the fyne.Theme of the kiosk. The pages name their colours and styles themselves; Theme is for what Fyne draws.
type Theme struct{ Panel panel.Profile }

var _ fyne.Theme = Theme{}

// Color answers the colour for what Fyne draws by itself.
func (Theme) Color(n fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	switch n {
	case fynetheme.ColorNameBackground, fynetheme.ColorNameOverlayBackground, fynetheme.ColorNameMenuBackground:
		return Paper
	case fynetheme.ColorNameForeground:
		return Ink
	case fynetheme.ColorNamePrimary, fynetheme.ColorNameFocus:
		return Accent
	case fynetheme.ColorNameDisabled, fynetheme.ColorNamePlaceHolder:
		return Quiet
	case fynetheme.ColorNameHover, fynetheme.ColorNameShadow:
		return color.Transparent
	}
	return fynetheme.DefaultTheme().Color(n, fynetheme.VariantLight)
}

// Font answers Roboto in the weight asked for.
func (Theme) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Monospace, s.Symbol:
		return fynetheme.DefaultTheme().Font(s)
	case s.Bold:
		return Medium
	}
	return Regular
}

// Icon answers Fyne's own icons.
func (Theme) Icon(n fyne.ThemeIconName) fyne.Resource { return fynetheme.DefaultTheme().Icon(n) }

// Size answers Fyne's sizes, with type that can be read on this panel.
func (t Theme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case fynetheme.SizeNameText:
		return Body.Size(t.Panel)
	case fynetheme.SizeNamePadding:
		return t.Panel.MM(panel.GapMM)
	}
	return fynetheme.DefaultTheme().Size(n)
}
