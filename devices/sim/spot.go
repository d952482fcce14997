package sim

import (
	"slices"
	"strconv"
	"strings"

	"showroom/agent/showroom"
)

// Spot is where garments can be that is no hook of a room: a trolley in the corridor, a rail behind a wall.
type Spot struct {
	Name  string
	In    showroom.DeviceID // the room it is in after all; "" for outside of all rooms
	Heard []Heard           // the readers that hear it; others do not
	// Exactly: every tag there is heard just as weakly as is written, whichever it is and however it hangs. Time still changes it.
	Exactly bool
}

// Heard is how much weaker than a garment on a hook of its room, a metre away, a reader hears what is at a spot.
type Heard struct {
	By   showroom.DeviceID
	Loss float64 // dB
}

const mostLoss = 60 // dB; far beyond what any receiver hears

// spot reads what follows the word spot: NAME [in READER] heard READER DB [READER DB]... [exactly]
func (p *parser) spot(s *sentence) {
	spot := Spot{Name: s.next("a name for the spot")}
	if p.s.hasSpot(spot.Name) {
		s.fail("spot %s is there already", spot.Name)
	}
	if s.take("in") {
		spot.In = p.use(s.reader())
	}
	s.expect("heard")
	for first := true; s.err == nil && (first || len(s.words) > 0); first = false {
		if s.take("exactly") {
			spot.Exactly = true
			break
		}
		spot.Heard = append(spot.Heard, Heard{By: p.use(s.reader()), Loss: s.loss()})
	}
	p.s.Spots = append(p.s.Spots, spot)
}

func (s Scenario) hasSpot(name string) bool {
	return slices.ContainsFunc(s.Spots, func(o Spot) bool { return o.Name == name })
}

// neighbours reads what follows the word neighbours.
func (p *parser) neighbours(s *sentence) {
	var row []showroom.DeviceID
	if from := s.next("a reader"); strings.Contains(from, "..") {
		row = s.span(from)
	} else {
		row = []showroom.DeviceID{showroom.DeviceID(from), s.reader()}
	}
	for _, id := range row {
		p.use(id)
	}
	if row[0] == row[len(row)-1] {
		s.fail("%s is no neighbour of itself", row[0])
		return
	}
	var near, far float64
	if s.take("bleed") {
		near = s.loss()
		if s.take("beyond") {
			far = s.loss()
		}
	}
	for i := range row[1:] {
		pair := [2]showroom.DeviceID{row[i], row[i+1]}
		p.s.Neighbours = append(p.s.Neighbours, pair)
		p.bleed(pair, near)
		if i+2 < len(row) {
			p.bleed([2]showroom.DeviceID{row[i], row[i+2]}, far)
		}
	}
}

func (p *parser) bleed(pair [2]showroom.DeviceID, loss float64) {
	if loss == 0 {
		return
	}
	if p.s.Bleed == nil {
		p.s.Bleed = map[[2]showroom.DeviceID]float64{}
	}
	p.s.Bleed[pair] = loss
}

// span is the rooms of FIRST..LAST, like fr1..fr10: one name with two numbers.
func (s *sentence) span(text string) []showroom.DeviceID {
	const most = 100
	first, last, ranged := strings.Cut(text, "..")
	if !ranged {
		return []showroom.DeviceID{showroom.DeviceID(text)}
	}
	stem := strings.TrimRight(first, "0123456789")
	low, errLow := strconv.Atoi(strings.TrimPrefix(first, stem))
	high, errHigh := strconv.Atoi(strings.TrimPrefix(last, stem))
	if errLow != nil || errHigh != nil || !strings.HasPrefix(last, stem) || high < low || high-low >= most {
		s.fail("%q is no row of names like fr1..fr10", text)
		return []showroom.DeviceID{showroom.DeviceID(text)}
	}
	var all []showroom.DeviceID
	for n := low; n <= high; n++ {
		all = append(all, showroom.DeviceID(stem+strconv.Itoa(n)))
	}
	return all
}

// loss is a number of decibels, like 10dB.
func (s *sentence) loss() float64 {
	text := s.next("a loss like 10dB")
	dB, err := strconv.ParseFloat(strings.TrimSuffix(text, "dB"), 64)
	if err != nil || !strings.HasSuffix(text, "dB") || !(dB >= 0 && dB <= mostLoss) {
		s.fail("%q is not a loss from 0dB to %ddB", text, mostLoss)
		return 0
	}
	return dB
}

// take takes the word if it comes next.
func (s *sentence) take(keyword string) bool {
	if s.peek() != keyword {
		return false
	}
	s.words = s.words[1:]
	return true
}
