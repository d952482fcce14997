package config_test

import (
	"testing"

	"showroom/config"
)

func TestAPowerIsToldAsItStands(t *testing.T) {
	for tenths := 10; tenths <= 330; tenths++ {
		power := config.DBm(float64(tenths) / 10)
		if got := power.Hundredths(); got != 10*tenths {
			t.Errorf("%v is %d hundredths of a dBm", power, got)
		}
	}
}
