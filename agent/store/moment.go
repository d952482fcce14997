package store

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
	"time"

	"showroom/agent/showroom"
)

// wallLayout is UTC with a fixed width, so that text order is time order.
const wallLayout = "2006-01-02T15:04:05.000000000Z"

func wallText(t time.Time) string { return t.UTC().Format(wallLayout) }

func parseWall(s string) (time.Time, error) { return time.ParseInLocation(wallLayout, s, time.UTC) }

// moment is a showroom.Moment in one column: "wall quality mono boot", mono in nanoseconds; empty for the zero Moment. Its text
// order is the order of the wall times. Journal rows have a column for each part.
type moment showroom.Moment

// Value is what stands in the column.
func (m moment) Value() (driver.Value, error) {
	if m == (moment{}) {
		return "", nil
	}
	return fmt.Sprintf("%s %s %d %s", wallText(m.Wall), m.Quality, m.Mono, m.Boot), nil
}

// Scan reads what Value wrote.
func (m *moment) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("read moment: %T instead of text", src)
	}
	if s == "" {
		*m = moment{}
		return nil
	}
	part := strings.SplitN(s, " ", 4)
	if len(part) != 4 {
		return fmt.Errorf("read moment %q: %d parts instead of 4", s, len(part))
	}
	wall, err := parseWall(part[0])
	if err != nil {
		return fmt.Errorf("read moment: %w", err)
	}
	mono, err := strconv.ParseInt(part[2], 10, 64)
	if err != nil {
		return fmt.Errorf("read moment: %w", err)
	}
	*m = moment{Wall: wall, Quality: showroom.ClockQuality(part[1]), Mono: time.Duration(mono), Boot: part[3]}
	return nil
}
