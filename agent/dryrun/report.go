package dryrun

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"showroom/agent/showroom"
)

// Judgement is one line of a run that somebody follows closely.
type Judgement struct {
	At      time.Time         `json:"-"`
	After   float64           `json:"at_s"` // since the run began
	What    string            `json:"what"` // a presence.Kind, visit_opened, visit_ended, or what was missed or lost
	Garment string            `json:"garment,omitempty"`
	From    showroom.RoomID   `json:"from,omitempty"`
	To      showroom.RoomID   `json:"to,omitempty"`
	In      showroom.RoomID   `json:"truly_in,omitempty"`   // the room the garment is in, or that this is about
	Out     bool              `json:"reader_out,omitempty"` // that of the room it is truly in
	Verdict string            `json:"verdict"`              // right, wrong, missed or told
	Seconds *float64          `json:"took_s,omitempty"`     // of what the times are measured by
	Because string            `json:"because,omitempty"`
	Why     *showroom.Figures `json:"why,omitempty"`
}

// Report is what has been counted in one run or several. The package comment says what each figure means.
type Report struct {
	Scenario               string
	Seed                   uint64
	Runs                   int
	Seconds                float64
	Shoppers               int
	Garments               int
	Arrivals               int
	WrongRoomArrivals      int
	WrongWhileOut          int
	Missed                 int
	Lingering              int
	StillTagHours          float64
	MovesOfStillTags       int
	FalseDepartures        int
	DeparturesDuringOutage int
	Visits                 int
	FalseVisits            int
	VisitsMissed           int
	VisitsMerged           int
	Requests               int
	RequestsMoved          int
	RequestsLost           int
	Foreign                int

	detect, changeRoom, depart []float64 // seconds
}

// Add counts another run in. The seed stays that of the first.
func (r *Report) Add(o Report) {
	if r.Runs == 0 {
		r.Seed = o.Seed
	}
	r.Runs += o.Runs
	r.Seconds += o.Seconds
	r.Shoppers += o.Shoppers
	r.Garments += o.Garments
	r.Arrivals += o.Arrivals
	r.WrongRoomArrivals += o.WrongRoomArrivals
	r.WrongWhileOut += o.WrongWhileOut
	r.Missed += o.Missed
	r.Lingering += o.Lingering
	r.StillTagHours += o.StillTagHours
	r.MovesOfStillTags += o.MovesOfStillTags
	r.FalseDepartures += o.FalseDepartures
	r.DeparturesDuringOutage += o.DeparturesDuringOutage
	r.Visits += o.Visits
	r.FalseVisits += o.FalseVisits
	r.VisitsMissed += o.VisitsMissed
	r.VisitsMerged += o.VisitsMerged
	r.Requests += o.Requests
	r.RequestsMoved += o.RequestsMoved
	r.RequestsLost += o.RequestsLost
	r.Foreign += o.Foreign
	r.detect = append(r.detect, o.detect...)
	r.changeRoom = append(r.changeRoom, o.changeRoom...)
	r.depart = append(r.depart, o.depart...)
}

// WrongRoomRate is the share of wrong arrivals; 0 without any arrival.
func (r Report) WrongRoomRate() float64 {
	return float64(r.WrongRoomArrivals) / float64(max(r.Arrivals, 1))
}

// MovesOfStillTagsPerHour is per hour that a garment hung; 0 when none did.
func (r Report) MovesOfStillTagsPerHour() float64 {
	if r.StillTagHours == 0 {
		return 0
	}
	return float64(r.MovesOfStillTags) / r.StillTagHours
}

// Detect answers how many seconds the given share of the arrivals took at most; NaN without any.
func (r Report) Detect(share float64) float64 { return quantile(r.detect, share) }

// ChangeRoom is Detect of garments that came out of another room.
func (r Report) ChangeRoom(share float64) float64 { return quantile(r.changeRoom, share) }

// Depart is Detect of departures.
func (r Report) Depart(share float64) float64 { return quantile(r.depart, share) }

// quantile is the nearest rank.
func quantile(all []float64, share float64) float64 {
	if len(all) == 0 {
		return math.NaN()
	}
	all = slices.Sorted(slices.Values(all))
	return all[min(max(int(math.Ceil(share*float64(len(all))))-1, 0), len(all)-1)]
}

// figure is a time or a share in JSON: with three digits, null when it is none.
func figure(f float64) any {
	if math.IsNaN(f) {
		return nil
	}
	return math.Round(f*1000) / 1000
}

// MarshalJSON writes the summary line.
func (r Report) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Scenario          string `json:"scenario,omitempty"`
		Seed              uint64 `json:"seed"`
		Runs              int    `json:"runs"`
		Seconds           any    `json:"seconds"`
		Shoppers          int    `json:"shoppers"`
		Garments          int    `json:"garments"`
		Arrivals          int    `json:"arrivals"`
		WrongRoomArrivals int    `json:"wrong_room_arrivals"`
		WrongRoomRate     any    `json:"wrong_room_rate"`
		WrongWhileOut     int    `json:"wrong_room_while_out"`
		Missed            int    `json:"missed"`
		Detect50          any    `json:"detect_p50_s"`
		Detect95          any    `json:"detect_p95_s"`
		DetectMax         any    `json:"detect_max_s"`
		Change50          any    `json:"change_room_p50_s"`
		Change95          any    `json:"change_room_p95_s"`
		ChangeMax         any    `json:"change_room_max_s"`
		DepartMin         any    `json:"depart_min_s"`
		Depart5           any    `json:"depart_p5_s"`
		Depart50          any    `json:"depart_p50_s"`
		Depart95          any    `json:"depart_p95_s"`
		DepartMax         any    `json:"depart_max_s"`
		Lingering         int    `json:"lingering"`
		StillTagHours     any    `json:"still_tag_hours"`
		Moves             int    `json:"moves_of_still_tags"`
		MovesPerHour      any    `json:"moves_of_still_tags_per_hour"`
		FalseDepartures   int    `json:"false_departures"`
		DuringOutage      int    `json:"departures_during_outage"`
		Visits            int    `json:"visits"`
		FalseVisits       int    `json:"false_visits"`
		VisitsMissed      int    `json:"visits_missed"`
		VisitsMerged      int    `json:"visits_merged"`
		Requests          int    `json:"requests"`
		RequestsMoved     int    `json:"requests_moved"`
		RequestsLost      int    `json:"requests_lost"`
		Foreign           int    `json:"foreign_decisions"`
	}{
		r.Scenario, r.Seed, r.Runs, figure(r.Seconds), r.Shoppers, r.Garments, r.Arrivals, r.WrongRoomArrivals, figure(r.WrongRoomRate()), r.WrongWhileOut, r.Missed,
		figure(r.Detect(.5)), figure(r.Detect(.95)), figure(r.Detect(1)),
		figure(r.ChangeRoom(.5)), figure(r.ChangeRoom(.95)), figure(r.ChangeRoom(1)),
		figure(r.Depart(0)), figure(r.Depart(.05)), figure(r.Depart(.5)), figure(r.Depart(.95)), figure(r.Depart(1)), r.Lingering,
		figure(r.StillTagHours), r.MovesOfStillTags, figure(r.MovesOfStillTagsPerHour()), r.FalseDepartures, r.DeparturesDuringOutage,
		r.Visits, r.FalseVisits, r.VisitsMissed, r.VisitsMerged, r.Requests, r.RequestsMoved, r.RequestsLost, r.Foreign,
	})
}

// Table writes the row of the report, below the heading if wanted. Its columns: the share of wrong rooms and how many of them an
// outage is to blame for; the slowest of 95 in a hundred detections and changes of room; the quickest and the slowest departure;
// moves of still tags; false departures and those for an outage; visits, false ones and those missed; requests, moved or lost.
func (r Report) Table(w io.Writer, heading bool) error {
	const form = "%-12s %5v %8v %6v %7v %6v %6v %8v %8v %11v %6v %6v %6v %6v %6v %6v %8v %6v\n"
	if heading {
		if _, err := fmt.Fprintf(w, form, "scenario", "runs", "arrivals", "wrong", "wrong %", "out", "missed", "detect95", "change95",
			"depart", "moves", "gone", "outage", "visits", "false", "missed", "requests", "lost"); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, form, r.Scenario, r.Runs, r.Arrivals, r.WrongRoomArrivals, fmt.Sprintf("%.3f", 100*r.WrongRoomRate()),
		r.WrongWhileOut, r.Missed, seconds(r.Detect(.95)), seconds(r.ChangeRoom(.95)), seconds(r.Depart(0))+"-"+seconds(r.Depart(1)),
		r.MovesOfStillTags, r.FalseDepartures, r.DeparturesDuringOutage, r.Visits, r.FalseVisits, r.VisitsMissed, r.Requests,
		r.RequestsMoved+r.RequestsLost)
	return err
}

func seconds(s float64) string {
	if math.IsNaN(s) {
		return ""
	}
	return fmt.Sprintf("%.1fs", s)
}
