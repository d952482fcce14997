package sim_test

import (
	"math"
	"testing"
	"time"

	"showroom/devices/sim"
)

// What is told of the fixed radio model: 2 dB from path to path, 5 dB over time, and now and then a body of 10 to 15 dB.
func TestShadowingIsThatOfTheModel(t *testing.T) {
	const paths, seconds = 200, 1200
	begin := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	var means, within []float64
	for seed := range uint64(paths) {
		path, again := sim.NewShadowing(seed, "g1", begin), sim.NewShadowing(seed, "g1", begin)
		var sum, squares float64
		for s := range seconds {
			dB := path.At(begin.Add(time.Duration(s) * time.Second))
			if other := again.At(begin.Add(time.Duration(s) * time.Second)); dB != other {
				t.Fatalf("seed %d after %d s: %v and %v", seed, s, dB, other)
			}
			sum, squares = sum+dB, squares+dB*dB
		}
		mean := sum / seconds
		means, within = append(means, mean), append(within, math.Sqrt(squares/seconds-mean*mean))
	}
	// Bodies take half a decibel from the mean of twenty minutes, and add one decibel to what time does.
	if mean, sd := moments(means); math.Abs(mean+0.55) > 0.4 || math.Abs(sd-2) > 0.4 {
		t.Errorf("paths are %.2f dB from their mean with a deviation of %.2f, want about -0.55 and 2", mean, sd)
	}
	if mean, _ := moments(within); mean < 5 || mean > 6.2 {
		t.Errorf("a path varies by %.2f dB, want between 5 and 6.2", mean)
	}
}

func moments(all []float64) (mean, sd float64) {
	for _, v := range all {
		mean += v / float64(len(all))
	}
	for _, v := range all {
		sd += (v - mean) * (v - mean) / float64(len(all))
	}
	return mean, math.Sqrt(sd)
}
