package config

import (
	"fmt"
	"math"
)

// Metres is a length on a floor plan: a bare number in the file, since a plan has one unit.
type Metres float64

// Polygon is the outline of a zone: its corners in order, each an x and a y.
type Polygon [][]Metres

// Contains answers whether a point is inside. Of two polygons with a common edge, a point on it is inside exactly one.
func (p Polygon) Contains(x, y float64) bool {
	inside := false
	for i := range p {
		x0, y0 := p.corner(i)
		x1, y1 := p.corner((i + 1) % len(p))
		if (y0 > y) != (y1 > y) && x < x0+(y-y0)/(y1-y0)*(x1-x0) {
			inside = !inside
		}
	}
	return inside
}

// distance is how far a point is from the outline, inside or outside; infinite without one.
func (p Polygon) distance(x, y float64) float64 {
	least := math.Inf(1)
	for i := range p {
		x0, y0 := p.corner(i)
		x1, y1 := p.corner((i + 1) % len(p))
		along := 0.0 // how far along the edge the nearest point is, from 0 to 1
		if square := (x1-x0)*(x1-x0) + (y1-y0)*(y1-y0); square > 0 {
			along = min(1, max(0, ((x-x0)*(x1-x0)+(y-y0)*(y1-y0))/square))
		}
		least = min(least, math.Hypot(x-x0-along*(x1-x0), y-y0-along*(y1-y0)))
	}
	return least
}

// problem says what is wrong with an outline; no outline at all is right.
func (p Polygon) problem() string {
	if len(p) == 0 {
		return ""
	}
	for i, c := range p {
		if len(c) != 2 {
			return fmt.Sprintf("has %d numbers for corner %d, not x and y", len(c), i+1)
		}
		if math.Abs(float64(c[0])) > 10_000 || math.Abs(float64(c[1])) > 10_000 {
			return fmt.Sprintf("has corner %d more than 10 km away", i+1)
		}
	}
	if len(p) < 3 {
		return fmt.Sprintf("has %d corners", len(p))
	}
	area := 0.0
	for i := range p {
		x0, y0 := p.corner(i)
		x1, y1 := p.corner((i + 1) % len(p))
		area += x0*y1 - x1*y0
	}
	if math.Abs(area) < 1e-6 {
		return "encloses nothing"
	}
	return ""
}

// corner is the origin for a corner that is none, which problem tells of.
func (p Polygon) corner(i int) (x, y float64) {
	if len(p[i]) != 2 {
		return 0, 0
	}
	return float64(p[i][0]), float64(p[i][1])
}
