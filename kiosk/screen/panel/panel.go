// Package panel knows how large the pixels of a touch panel are, so that everything on a screen is sized in millimetres. What
// panels say about themselves is often wrong; a profile is measured once with a ruler.
package panel

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Sizes every page keeps to, in millimetres. A finger needs the targets, an eye at 60 cm the type.
const (
	PrimaryMM   = 15.0 // least side of what a page is for
	SecondaryMM = 10.0 // least side of everything else that can be tapped
	GapMM       = 2.0  // least distance between two targets
)

// Profile is one kind of panel. Width and Height are pixels; PPMM is pixels per millimetre, the same both ways. Type is how large
// type is set, 1 at a distance of 60 cm: to a smaller panel people stand nearer.
type Profile struct {
	Name          string
	Width, Height int
	PPMM          float64
	Type          float64
}

// Profiles answers the panels that were measured. The slice is the caller's.
func Profiles() []Profile {
	return []Profile{
		{Name: "10in-1280x800", Width: 1280, Height: 800, PPMM: 5.87, Type: 1},
		{Name: "7in-800x480", Width: 800, Height: 480, PPMM: 5.25, Type: 0.92},
	}
}

// Parse finds a profile by name, or makes one of "ppmm=5.9" for a panel nobody measured before.
func Parse(s string) (Profile, error) {
	all := Profiles()
	if i := slices.IndexFunc(all, func(p Profile) bool { return p.Name == s }); i >= 0 {
		return all[i], nil
	}
	if v, ok := strings.CutPrefix(s, "ppmm="); ok {
		ppmm, err := strconv.ParseFloat(v, 64)
		if err == nil && ppmm >= 2 && ppmm <= 20 {
			return Profile{Name: s, Width: 1280, Height: 800, PPMM: ppmm, Type: 1}, nil
		}
	}
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = p.Name
	}
	return Profile{}, fmt.Errorf("panel %q is not known: say one of %s, or ppmm=N with N pixels per millimetre from 2 to 20",
		s, strings.Join(names, ", "))
}

// MM answers a length in pixels, whole ones so that edges are sharp. It rounds up: a least size stays one.
func (p Profile) MM(mm float64) float32 { return float32(math.Ceil(mm*p.PPMM - 1e-6)) }

// Primary is the least side of a primary target, in pixels.
func (p Profile) Primary() float32 { return p.MM(PrimaryMM) }

// Secondary is the least side of any other target, in pixels.
func (p Profile) Secondary() float32 { return p.MM(SecondaryMM) }

// Compact says that the panel, Width by Height, is so low that a page has to do with less air: under 110 mm.
func (p Profile) Compact(height float32) bool { return float64(height)/p.PPMM < 110 }
