package zvt_test

import (
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"showroom/devices"
	"showroom/devices/link"
	"showroom/devices/pos/zvt"
)

// TestSilentOverAllConnections: a terminal that never answers is silent over each connection; one that ends a silent one tells nothing
// new either. It is so until it answers.
func TestSilentOverAllConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		driver := zvt.New(zvt.Options{Device: "pt1", Transport: zvt.TCP})
		f := &feed{}
		connect := func(cut bool) error {
			near, far := net.Pipe()
			port := link.FromConn("near", near, time.Second)
			var other sync.WaitGroup
			other.Go(func() {
				b := make([]byte, 64)
				for {
					if _, err := far.Read(b); err != nil || cut {
						_ = far.Close()
						return
					}
				}
			})
			err := driver.Run(t.Context(), port, f)
			_, _ = port.Close(), far.Close()
			other.Wait()
			return err
		}
		for i := range 6 {
			wrong := (*devices.Error)(nil)
			if err := connect(i%2 == 1); !errors.As(err, &wrong) {
				t.Fatalf("connection %d ended with %v", i, err)
			}
		}
		for i, s := range f.all {
			if s.State != devices.Silent || s.Reason != f.all[0].Reason || s.Advice != f.all[0].Advice || s.Advice == "" {
				t.Errorf("status %d is %+v", i, s)
			}
		}
		if len(f.all) < 6 {
			t.Errorf("it was told as %+v", f.all)
		}
	})
}
