package picture_test

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"showroom/kiosk/screen/picture"
)

var plate = color.NRGBA{R: 0xf4, G: 0xf1, B: 0xec, A: 0xff}

// garment is a dark square on a ground.
func garment(ground color.Color, size image.Point, dark image.Rectangle) image.Image {
	img := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(img, img.Bounds(), image.NewUniform(ground), image.Point{}, draw.Src)
	draw.Draw(img, dark, image.NewUniform(color.NRGBA{A: 0xff}), image.Point{}, draw.Src)
	return img
}

func at(img *image.RGBA, x, y int) color.NRGBA {
	return color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
}

func TestACutOutLosesItsMarginAndStandsOnThePlate(t *testing.T) {
	src := garment(color.White, image.Pt(400, 400), image.Rect(20, 20, 220, 220)) // off the middle, half the picture
	got := picture.Prepare(src, image.Pt(300, 300), plate)
	if got.Bounds() != image.Rect(0, 0, 300, 300) {
		t.Fatalf("bounds %v", got.Bounds())
	}
	if c := at(got, 2, 2); c != plate {
		t.Errorf("the corner is %v, not the plate", c)
	}
	for _, p := range []image.Point{{150, 150}, {30, 150}, {270, 150}, {150, 30}, {150, 270}} {
		if c := at(got, p.X, p.Y); c.R > 8 {
			t.Errorf("at %v is %v: the garment is not in the middle, or small", p, c)
		}
	}
}

func TestAPhotographFillsThePlate(t *testing.T) {
	src := garment(color.NRGBA{R: 90, G: 120, B: 60, A: 255}, image.Pt(600, 300), image.Rect(250, 100, 350, 200))
	got := picture.Prepare(src, image.Pt(200, 300), plate)
	for _, p := range []image.Point{{0, 0}, {199, 0}, {0, 299}, {199, 299}} {
		if c := at(got, p.X, p.Y); c.G < 110 || c.R > 100 {
			t.Errorf("at %v is %v, not the photograph", p, c)
		}
	}
}

func TestOddPicturesDoNoHarm(t *testing.T) {
	for name, src := range map[string]image.Image{
		"empty":       image.NewRGBA(image.Rectangle{}),
		"one pixel":   garment(color.White, image.Pt(1, 1), image.Rectangle{}),
		"all white":   garment(color.White, image.Pt(50, 50), image.Rectangle{}),
		"transparent": image.NewNRGBA(image.Rect(0, 0, 40, 40)),
		"a line":      garment(color.Black, image.Pt(5000, 1), image.Rectangle{}),
		"offset":      garment(color.White, image.Pt(90, 90), image.Rect(10, 10, 60, 60)).(*image.RGBA).SubImage(image.Rect(30, 30, 80, 80)),
	} {
		for _, size := range []image.Point{{1, 1}, {300, 20}, {20, 300}} {
			if got := picture.Prepare(src, size, plate); got.Bounds().Size() != size {
				t.Errorf("%s at %v: %v", name, size, got.Bounds())
			}
		}
	}
}
