package sim

import (
	"slices"
	"testing"
	"time"

	"showroom/devices/rfid/r2000"
	"showroom/devices/rfid/thingmagic"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// mercuryBench is a ThingMagic module and what it says.
type mercuryBench struct {
	*mercury
	dec thingmagic.Decoder
	at  time.Time
}

func (b *mercuryBench) say(t *testing.T, c thingmagic.Command) thingmagic.Status {
	t.Helper()
	f, err := thingmagic.ParseFrame(b.hear(c.Append(nil)), thingmagic.FromModule)
	if err != nil || f.Opcode != c.Opcode() {
		t.Fatalf("command %X is answered by %+v, %v", c.Opcode(), f, err)
	}
	return f.Status
}

// rounds are so many rounds over two antennas with two tags each: how many tags of each antenna it tells, and its statuses.
func (b *mercuryBench) rounds(t *testing.T, n int) (tags map[int]int, statuses []thingmagic.Status) {
	t.Helper()
	tags = map[int]int{}
	for i := range n {
		b.at = b.at.Add(50 * time.Millisecond)
		r := crowd(t, 2, b.at)
		r.Antenna = 1 + i%2
		for j := range r.Reads {
			r.Reads[j].Antenna = r.Antenna
		}
		b.dec.Feed(b.tell(nil, r))
		for f, ok := b.dec.Next(); ok; f, ok = b.dec.Next() {
			if tag, ok := f.Tag(); ok {
				tags[tag.TX]++
			} else {
				statuses = append(statuses, f.Status)
			}
		}
	}
	return tags, statuses
}

func TestThingMagicObeys(t *testing.T) {
	b := &mercuryBench{mercury: newMercury(&mood{}, 2), at: noon}
	for _, c := range []struct {
		say  thingmagic.Command
		want thingmagic.Status
	}{
		{thingmagic.Start(), thingmagic.StatusNoProtocol},
		{thingmagic.SetProtocol(), thingmagic.StatusOK},
		{thingmagic.Start(), thingmagic.StatusInvalidFreq}, // no region
		{thingmagic.SetRegion(0x77), thingmagic.StatusInvalidValue},
		{thingmagic.SetRegion(thingmagic.RegionEU), thingmagic.StatusOK},
		{thingmagic.SetPower(3000), thingmagic.StatusPowerTooHigh},
		{thingmagic.SetPower(2000), thingmagic.StatusOK},
		{thingmagic.Version(), thingmagic.StatusOK},
	} {
		if got := b.say(t, c.say); got != c.want {
			t.Errorf("%X is answered by %v, want %v", c.say.Append(nil), got, c.want)
		}
	}
	if tags, statuses := b.rounds(t, 40); len(tags)+len(statuses) > 0 {
		t.Errorf("it speaks before it is started: %v %v", tags, statuses)
	}
	b.say(t, thingmagic.Start())
	tags, statuses := b.rounds(t, 40)
	if tags[1] != 2 || tags[2] != 0 || len(statuses) != 2 || statuses[0] != thingmagic.StatusNoTags {
		t.Errorf("with one antenna and its filter on it tells %v and %v, want each tag once and a sign of life a second", tags, statuses)
	}
	b.say(t, thingmagic.ReadEveryTime())
	b.say(t, thingmagic.SetAntennas(2))
	if tags, _ := b.rounds(t, 40); tags[1] != 40 || tags[2] != 40 {
		t.Errorf("with two antennas and no filter it tells %v", tags)
	}
	b.say(t, thingmagic.SetAntennas(4)) // two more than are plugged in
	if _, statuses := b.rounds(t, 40); !slices.Contains(statuses, thingmagic.StatusReturnLoss) {
		t.Errorf("with antennas that are not there it says %v", statuses)
	}
	b.say(t, thingmagic.Stop())
	if tags, statuses := b.rounds(t, 40); len(tags)+len(statuses) > 0 {
		t.Errorf("stopped it says %v %v", tags, statuses)
	}
}

func TestR2000Obeys(t *testing.T) {
	flash := factoryRegion
	m := &station{mood: &mood{}, antennas: 2, flash: &flash}
	say := func(c r2000.Command) []byte {
		t.Helper()
		p := m.hear(c.Append(nil, r2000.AnyAddress))
		if len(p) == 0 {
			return nil
		}
		f, err := r2000.ParseFrame(p)
		if err != nil || f.Code != c.Code() {
			t.Fatalf("command %X is answered by %X, %v", c.Append(nil, 1), p, err)
		}
		return f.Data
	}
	result := func(r r2000.Result) []byte { return []byte{byte(r)} }
	for _, c := range []struct {
		say  r2000.Command
		want []byte
	}{
		{r2000.AskRegion(), factoryRegion[:]},
		{r2000.SetRegion(r2000.RegionEU), result(r2000.ResultSuccess)},
		{r2000.AskRegion(), []byte{byte(r2000.RegionEU), 0, 6}},
		{r2000.SetPower(34), result(r2000.ResultPowerRange)},
		{r2000.SetPower(20), result(r2000.ResultSuccess)},
		{r2000.Inventory(1), result(r2000.ResultAntennaMissing)}, // none is chosen
		{r2000.SetAntenna(5), result(r2000.ResultAntennaRange)},
		{r2000.SetAntenna(3), result(r2000.ResultSuccess)}, // there is a port
		{r2000.Inventory(1), result(r2000.ResultAntennaMissing)},
		{r2000.SetAntenna(2), result(r2000.ResultSuccess)},
		{r2000.Inventory(1), nil},
	} {
		if got := say(c.say); !slices.Equal(got, c.want) {
			t.Errorf("%X is answered by %X, want %X", c.say.Append(nil, 1), got, c.want)
		}
	}
	if flash == factoryRegion {
		t.Error("the region is not in the flash")
	}
	tellsOfItsRound(t, m)
}

// tellsOfItsRound: antenna 2 has been asked for a round, and for one only.
func tellsOfItsRound(t *testing.T, m *station) {
	t.Helper()
	r := crowd(t, 3, noon)
	if p := m.tell(nil, r); len(p) > 0 {
		t.Errorf("a round of another antenna says %X", p)
	}
	r.Antenna = 2
	for i := range r.Reads {
		r.Reads[i].Antenna = 2
	}
	var d r2000.Decoder
	d.Feed(m.tell(nil, r))
	tags, ends := 0, 0
	for f, ok := d.Next(); ok; f, ok = d.Next() {
		if tag, ok := f.Tag(); ok && tag.Antenna == 1 && tag.Strength() == -5000 {
			tags++
		}
		if end, ok := f.RoundEnd(); ok && end.Antenna == 1 && end.Reads == 3 {
			ends++
		}
	}
	if tags != 3 || ends != 1 || d.Stats().Skipped > 0 {
		t.Errorf("%d tags and %d ends of the round, %+v", tags, ends, d.Stats())
	}
	if p := m.tell(nil, r); len(p) > 0 {
		t.Errorf("a round nobody has asked for says %X", p)
	}
}
