package link

import (
	"context"
	"fmt"
	"net"

	"showroom/devices"
)

func dial(ctx context.Context, address string, o Options) (line, error) {
	d := net.Dialer{Timeout: dialTimeout}
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, &devices.Error{
			Op: "open port", Device: o.Device, Err: err,
			Hint: fmt.Sprintf("Nothing answers at %s. Check the address, the network cable and that the device is on.", address),
		}
	}
	return conn, nil
}
