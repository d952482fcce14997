package dryrun

import (
	"time"

	"showroom/agent/presence"
	"showroom/agent/presence/zones"
)

// LeftOut is one track judged by numbers that were chosen without it.
type LeftOut struct {
	Profile zones.Profile // best on all other tracks
	Score   ZoneScore     // on the track itself
}

// falseSwitch is what a switch that is none costs when numbers are chosen, in seconds of a wrong zone: staff who are sent to the wrong
// place lose more than those who wait.
const falseSwitch = 3

// LeaveOneOut says how well numbers do on a track they were not chosen on: for every track it tries contested profiles on all others and
// scores the best of them on the one left out. Tracks need positions, and there must be two at least.
func (f Floor) LeaveOneOut(tracks []Track) []LeftOut {
	profiles := contested(f.Config.Profile)
	scores := make([][]ZoneScore, len(profiles)) // by profile and track
	for i, p := range profiles {
		tried := f
		tried.Config.Profile = p
		scores[i] = make([]ZoneScore, len(tracks))
		for k, t := range tracks {
			scores[i][k], _ = tried.Replay(t, func(zones.Change) error { return nil }) // only report fails
		}
	}
	out := make([]LeftOut, len(tracks))
	for left := range tracks {
		best, most := 0, 0
		for i := range profiles {
			var others ZoneScore
			for k := range tracks {
				if k != left {
					others.Add(scores[i][k])
				}
			}
			if worth := others.Right - falseSwitch*max(others.Switches-others.TrueSwitches, 0); i == 0 || worth > most {
				best, most = i, worth
			}
		}
		out[left] = LeftOut{Profile: profiles[best], Score: scores[best][left]}
	}
	return out
}

// contested are the profiles that differ from one in the numbers of the contest, that one first: it wins a draw.
func contested(p zones.Profile) []zones.Profile {
	all := []zones.Profile{p}
	for _, p.Margin = range []presence.DB{4, 6, 8, 10, 12} {
		for _, p.Dwell = range []int{1, 2, 3} {
			for _, p.Rise = range []presence.DB{1, 1.5, 2} {
				for _, p.Stir = range []presence.DB{2.5, 2.75, 3} {
					for _, p.Settle = range []time.Duration{30 * time.Second, 45 * time.Second, 60 * time.Second} {
						all = append(all, p)
					}
				}
			}
		}
	}
	return all
}
