//go:build !linux

package link

import (
	"errors"

	"showroom/devices"
)

func openKeyboard(o Options) (line, error) {
	return nil, &devices.Error{
		Op: "open scanner " + o.Name, Device: o.Device, Err: errors.ErrUnsupported,
		Hint: "A scanner that types like a keyboard can be taken on Linux only. Set it to its serial mode.",
	}
}
