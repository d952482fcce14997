package dryrun

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// Track is a recording of sightings in the order of time.
type Track struct {
	sightings []sighting
	gateways  []showroom.DeviceID
	tags      []devices.RadioID
	positions bool
}

// Rows is how many sightings there are.
func (t Track) Rows() int { return len(t.sightings) }

// Gateways are those that heard something, in the order of the recording.
func (t Track) Gateways() []showroom.DeviceID { return slices.Clone(t.gateways) }

// Span is the time from the first sighting to the last.
func (t Track) Span() time.Duration {
	if len(t.sightings) == 0 {
		return 0
	}
	return t.sightings[len(t.sightings)-1].at.Sub(t.sightings[0].at)
}

// sighting is one row, small because a day has millions.
type sighting struct {
	at      time.Time
	gateway int32
	tag     int32
	rssi    devices.RSSI
	x, y    float64
}

func (s *sighting) sighting(t Track) devices.Sighting {
	return devices.Sighting{Gateway: t.gateways[s.gateway], ID: t.tags[s.tag], RSSI: s.rssi, TxPower: devices.UnknownRSSI, At: s.at}
}

// trackColumns are those that ReadTrack wants, and those it wants beside them for positions.
func trackColumns() (always, positions []string) {
	return []string{"ts_unix", "gateway_mac", "tag_mac", "rssi_dbm"}, []string{"x_m", "y_m"}
}

// ReadTrack reads a CSV file whose first line names the columns ts_unix (seconds), gateway_mac, tag_mac and rssi_dbm (empty when the
// gateway tells none), with positions also x_m and y_m; others are ignored. A row that can not be right is left out and told to bad
// with its line. name makes one spelling of a gateway or tag. The error is that of a file that is no such table at all.
func ReadTrack(r io.Reader, positions bool, name func(string) string, bad func(line int, why string)) (Track, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord, in.TrimLeadingSpace, in.ReuseRecord = -1, true, true
	header, err := in.Read()
	if errors.Is(err, io.EOF) {
		return Track{}, errors.New("read header: the file is empty")
	}
	if err != nil {
		return Track{}, fmt.Errorf("read header: %w", err)
	}
	p := trackReading{Track: Track{positions: positions}, name: name, index: map[string]int32{}}
	if err := p.header(header); err != nil {
		return Track{}, err
	}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if damaged, ok := errors.AsType[*csv.ParseError](err); ok {
			bad(damaged.Line, damaged.Err.Error())
			continue
		}
		if err != nil {
			return Track{}, fmt.Errorf("read row: %w", err)
		}
		if why := p.row(row); why != "" {
			line, _ := in.FieldPos(0)
			bad(line, why)
		}
	}
	slices.SortStableFunc(p.sightings, func(a, b sighting) int { return a.at.Compare(b.at) })
	return p.Track, nil
}

// trackReading is one pass over a file.
type trackReading struct {
	Track
	name    func(string) string
	columns [6]int // in the order of trackColumns
	index   map[string]int32
}

func (p *trackReading) header(row []string) error {
	want, more := trackColumns()
	if p.positions {
		want = append(want, more...)
	}
	var missing []string
	for i, name := range want {
		p.columns[i] = slices.IndexFunc(row, func(s string) bool {
			return strings.EqualFold(strings.TrimSpace(strings.TrimPrefix(s, "\ufeff")), name)
		})
		if p.columns[i] < 0 {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return fmt.Errorf("read header: no column %s", strings.Join(missing, ", "))
	}
	return nil
}

// row takes one row, or says why not.
func (p *trackReading) row(row []string) string {
	last := slices.Max(p.columns[:])
	if len(row) <= last {
		return fmt.Sprintf("has %d columns and needs %d", len(row), last+1)
	}
	text := func(i int) string { return strings.TrimSpace(row[p.columns[i]]) }
	seconds, ok := number(text(0), 0, 1e10) // beyond it the number is of milliseconds
	if !ok {
		return fmt.Sprintf("ts_unix %.40q is not a time in seconds", text(0))
	}
	gateway, tag := p.name(text(1)), p.name(text(2))
	if gateway == "" || tag == "" || len(gateway) > 64 || len(tag) > 64 {
		return "gateway_mac or tag_mac is missing or too long"
	}
	s := sighting{at: time.UnixMicro(int64(math.Round(seconds * 1e6))).UTC(), rssi: devices.UnknownRSSI}
	if t := text(3); t != "" {
		dBm, ok := number(t, -150, 50)
		if !ok {
			return fmt.Sprintf("rssi_dbm %.40q is not a strength in dBm", t)
		}
		s.rssi = devices.DBm(dBm)
	}
	if p.positions {
		var okX, okY bool
		s.x, okX = number(text(4), -1e6, 1e6)
		s.y, okY = number(text(5), -1e6, 1e6)
		if !okX || !okY {
			return "x_m or y_m is not a number of metres"
		}
	}
	s.gateway, s.tag = listed(p.index, "g"+gateway, &p.gateways), listed(p.index, "t"+tag, &p.tags)
	p.sightings = append(p.sightings, s)
	return ""
}

// number reads a decimal number within bounds.
func number(text string, least, most float64) (float64, bool) {
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && v >= least && v <= most
}

// listed answers the number of a name in a list, where key is its place in the index, and lists it when it is new.
func listed[T ~string](index map[string]int32, key string, list *[]T) int32 {
	i, ok := index[key]
	if !ok {
		i = int32(len(*list))
		name := strings.Clone(key[1:])
		*list = append(*list, T(name))
		index[strings.Clone(key)] = i
	}
	return i
}
