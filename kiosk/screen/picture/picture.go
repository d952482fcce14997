// Package picture prepares product pictures: scaled once to the pixels they are shown in, away from the thread that draws.
//
// Shops deliver two kinds. A garment cut out on white is freed of its margin, fitted whole and laid on the plate colour, as if it
// had been photographed there. Any other photograph fills the plate.
package picture

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/draw"
)

// maxEnlarge is how much a picture may grow; beyond that it only becomes soft.
const maxEnlarge = 1.5

// margin is the air around a cut-out garment, as a share of the shorter side of the plate.
const margin = 0.07

// Prepare answers src on a plate of that size and colour. It reads src only.
func Prepare(src image.Image, size image.Point, plate color.NRGBA) *image.RGBA {
	dst := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(dst, dst.Bounds(), image.NewUniform(plate), image.Point{}, draw.Src)
	if src.Bounds().Empty() || dst.Bounds().Empty() {
		return dst
	}
	if !onWhite(src) {
		draw.CatmullRom.Scale(dst, dst.Bounds(), src, cover(src.Bounds(), size), draw.Over, nil)
		return dst
	}
	from := content(src)
	to := fit(from, size)
	scaled := image.NewRGBA(to)
	draw.Draw(scaled, to, image.White, image.Point{}, draw.Src) // a cut-out may be transparent
	draw.CatmullRom.Scale(scaled, to, src, from, draw.Over, nil)
	multiply(dst, scaled, plate)
	return dst
}

// white is the least value of a channel that counts as background.
const white = 0xf4

// onWhite looks at the edge of a picture: a cut-out has nothing but white there.
func onWhite(src image.Image) bool {
	b := src.Bounds()
	seen, pale := 0, 0
	look := func(x, y int) {
		seen++
		if isWhite(src.At(x, y)) {
			pale++
		}
	}
	const steps = 24
	for i := range steps {
		x, y := b.Min.X+i*(b.Dx()-1)/(steps-1), b.Min.Y+i*(b.Dy()-1)/(steps-1)
		look(x, b.Min.Y)
		look(x, b.Max.Y-1)
		look(b.Min.X, y)
		look(b.Max.X-1, y)
	}
	return pale*10 >= seen*9
}

func isWhite(c color.Color) bool {
	r, g, b, a := c.RGBA()
	if a == 0 {
		return true
	}
	return r>>8 >= white && g>>8 >= white && b>>8 >= white
}

// content is the smallest rectangle that holds everything not white; the whole picture when all is.
func content(src image.Image) image.Rectangle {
	b := src.Bounds()
	found := image.Rectangle{}
	// Every second pixel is enough to find a garment.
	for y := b.Min.Y; y < b.Max.Y; y += 2 {
		for x := b.Min.X; x < b.Max.X; x += 2 {
			if !isWhite(src.At(x, y)) {
				found = found.Union(image.Rect(x-1, y-1, x+2, y+2))
			}
		}
	}
	if found = found.Intersect(b); found.Empty() {
		return b
	}
	return found
}

// fit is where a picture of that size stands on the plate: whole, in the middle, with air around it.
func fit(from image.Rectangle, size image.Point) image.Rectangle {
	air := margin * float64(min(size.X, size.Y))
	w, h := float64(from.Dx()), float64(from.Dy())
	k := min((float64(size.X)-2*air)/w, (float64(size.Y)-2*air)/h, maxEnlarge)
	tw, th := max(int(math.Round(w*k)), 1), max(int(math.Round(h*k)), 1)
	at := image.Pt((size.X-tw)/2, (size.Y-th)/2)
	return image.Rectangle{Min: at, Max: at.Add(image.Pt(tw, th))}
}

// cover is the part of a picture that fills the plate. It cuts the sides evenly, and the foot before the head.
func cover(b image.Rectangle, size image.Point) image.Rectangle {
	want := float64(size.X) / float64(size.Y)
	if have := float64(b.Dx()) / float64(b.Dy()); have > want {
		w := max(int(math.Round(float64(b.Dy())*want)), 1)
		x := b.Min.X + (b.Dx()-w)/2
		return image.Rect(x, b.Min.Y, x+w, b.Max.Y)
	}
	h := max(int(math.Round(float64(b.Dx())/want)), 1)
	y := b.Min.Y + (b.Dy()-h)/3
	return image.Rect(b.Min.X, y, b.Max.X, y+h)
}

// multiply darkens dst by src, so that white leaves the plate as it is.
func multiply(dst, src *image.RGBA, plate color.NRGBA) {
	r := src.Bounds().Intersect(dst.Bounds())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		d, s := dst.Pix[dst.PixOffset(r.Min.X, y):], src.Pix[src.PixOffset(r.Min.X, y):]
		for i := 0; i < r.Dx()*4; i += 4 {
			d[i] = scale8(levelled(s[i]), plate.R)
			d[i+1] = scale8(levelled(s[i+1]), plate.G)
			d[i+2] = scale8(levelled(s[i+2]), plate.B)
		}
	}
}

// levelled lifts what counts as white to white, so that a soft shadow ends where the picture does and shows no edge.
func levelled(v uint8) uint8 { return uint8(min(uint32(v)*255/white, 255)) }

func scale8(a, b uint8) uint8 { return uint8((uint32(a)*uint32(b) + 127) / 255) }
