package sim

import "time"

// Shadowing is what the radio of a Shop adds to the mean strength of one path, for whoever has a geometry of their own: how the tag
// lies, how people move, and now and then a body in between. It is not safe for concurrent use.
type Shadowing struct {
	path  *path
	drift drift
}

// NewShadowing begins a path at an instant. The same seed and name give the same path.
func NewShadowing(seed uint64, name string, at time.Time) *Shadowing {
	return &Shadowing{path: cast(dice(seed, name), at)}
}

// At answers how many dB the path is above its mean. Time must not go back.
func (s *Shadowing) At(at time.Time) float64 {
	fade := s.path.pass(at, &s.drift)
	return s.path.static + s.path.temporal - fade
}
