package sim

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// The radio of a fitting room. A garment on its hook is a metre from the antenna.
const (
	atOneMetre     = -48.0 // dBm
	exponent       = 2.2   // of the path loss: a little worse than free space
	nearest        = 0.8   // metres
	farthest       = 1.25
	staticShadow   = 2.0 // dB, standard deviation between tags: how they hang
	temporalShadow = 5.0 // dB, standard deviation over time: how people move
	correlation    = time.Second
	// A body between tag and antenna.
	fadeEvery    = 4 * time.Minute // on average
	fadeShortest = 2 * time.Second
	fadeLongest  = 20 * time.Second
	fadeLeast    = 10.0 // dB
	fadeMost     = 15.0
	// A wall between two cubicles.
	bleedLeast = 10.0 // dB
	bleedMost  = 15.0
	shelfLoss  = 24.0 // dB, stock on the other side of the corridor
	// A tag answers half the time at threshold.
	threshold = -70.0
	slope     = 2.0 // dB
	// Nothing weaker comes out of a receiver, nor anything stronger.
	faintest  = -90.0
	strongest = -20.0
)

// readChance is how likely a tag that would be heard this well answers a round.
func readChance(dBm float64) float64 { return 1 / (1 + math.Exp(-(dBm-threshold)/slope)) }

// answered says whether it does, for a number thrown between 0 and 1. Most tags hang near, and for them no chance need be worked out.
func answered(thrown, dBm float64) bool {
	const near, nearly = threshold + 8*slope, 0.9996 // less than readChance(near)
	return dBm > near && thrown < nearly || thrown < readChance(dBm)
}

// path is the radio path between one tag and one antenna. It has dice of its own, so that what happens on it does not depend on
// what else is in the shop.
type path struct {
	dice     *rand.Rand
	static   float64 // dB
	temporal float64 // dB, now
	last     time.Time
	// The body fade that is on or comes next.
	fadeFrom, fadeTo time.Time
	fadeDepth        float64
}

func newPath(seed uint64, epc gs1.EPC, reader showroom.DeviceID, antenna int, at time.Time) *path {
	return cast(dice(seed, epc.String(), string(reader), string(rune('0'+antenna))), at)
}

// cast throws what a path begins with.
func cast(d *rand.Rand, at time.Time) *path {
	p := &path{dice: d, last: at}
	p.static = staticShadow * p.dice.NormFloat64()
	p.temporal = temporalShadow * p.dice.NormFloat64()
	p.nextFade(at)
	return p
}

func (p *path) nextFade(at time.Time) {
	p.fadeFrom = at.Add(time.Duration(p.dice.ExpFloat64() * float64(fadeEvery)))
	p.fadeTo = p.fadeFrom.Add(time.Duration(between(p.dice, float64(fadeShortest), float64(fadeLongest))))
	p.fadeDepth = between(p.dice, fadeLeast, fadeMost)
}

// strength is how well the tag would be heard now, loss dB from a metre's distance. Time must not go back.
func (p *path) strength(at time.Time, loss float64, d *drift) float64 {
	fade := p.pass(at, d)
	return min(max(atOneMetre-loss+p.static+p.temporal-fade, faintest), strongest)
}

// pass lets time go on, and answers what a body takes away now.
func (p *path) pass(at time.Time, d *drift) (fade float64) {
	keep, fresh := d.over(at.Sub(p.last))
	p.temporal = keep*p.temporal + fresh*p.dice.NormFloat64()
	p.last = at
	switch {
	case !at.Before(p.fadeTo):
		p.nextFade(at)
	case !at.Before(p.fadeFrom):
		return p.fadeDepth
	}
	return 0
}

// drift is how temporal shadowing goes on over a time. It remembers the last one, since most rounds are equally long.
type drift struct {
	time        time.Duration
	keep, fresh float64
}

// over answers which share of the old shadow is left after the time, and how much new there is, in dB.
func (d *drift) over(t time.Duration) (keep, fresh float64) {
	if t != d.time || d.fresh == 0 {
		d.time = t
		d.keep = math.Exp(-t.Seconds() / correlation.Seconds())
		d.fresh = math.Sqrt(1-d.keep*d.keep) * temporalShadow
	}
	return d.keep, d.fresh
}

// distanceLoss is the loss against a metre.
func distanceLoss(metres float64) float64 { return 10 * exponent * math.Log10(metres) }

func between(d *rand.Rand, low, high float64) float64 { return low + (high-low)*d.Float64() }

// dice are the same for the same seed and names.
func dice(seed uint64, names ...string) *rand.Rand {
	h := fnv.New64a()
	for _, name := range names {
		_, _ = h.Write([]byte(name)) // never fails
		_, _ = h.Write([]byte{0})
	}
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}
