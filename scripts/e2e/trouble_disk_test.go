package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"showroom/kiosk/view"
	"showroom/scripts/shop"
)

// disk is where the agent keeps what it knows.
type disk interface {
	fill() // it takes nothing more
	free() // it does again
}

// TestDiskFullAtPayment: no device is asked for what can not be written down, and what one has answered is written down as soon as there
// is room, by the agent that has asked or by the next one.
func TestDiskFullAtPayment(t *testing.T) {
	t.Parallel()
	t.Run("a file system of its own", func(t *testing.T) {
		t.Parallel()
		var own *ownDisk
		c := checkout{openShopAfter(t, shop.Options{Hold: true, Checkout: true, Euro: true, Also: "retention: {disk_floor: 20MB}"}, func(s *testShop) {
			own = newOwnDisk(s)
		}), countries()["euro"]}
		// A log that is written over takes no room: after a start it is empty.
		c.AgentProcess.Stop()
		c.must(c.StartAgent(t.Context()))
		c.desk("sco1", "till").onDisk(own)
		own.copyBack()
		c.balanced(2)
	})
	t.Run("a limit of the kernel", func(t *testing.T) {
		t.Parallel()
		c := openCheckout(t, countries()["lira"])
		c.desk("sco1", "till").onDisk(fileLimit{c.testShop})
		c.balanced(2)
	})
}

// onDisk sells twice on a disk that fills up before the device is asked, and after that.
func (d desk) onDisk(room disk) {
	d.untilUp("tray")
	d.untilUp("till")
	d.untilUp(d.Terminal())
	was := d.holds(white40)
	pay := func() { d.screen.loop.Send(view.TapPay{}) }
	d.screen.until("the basket can be paid for", func(st view.State) bool { return st.Route == view.RouteBasket && st.Basket().Pay.Rest == "" })
	room.fill()
	d.refused("the payment", pay)
	d.tells("Burada şu anda ödeme yapılamıyor", "No payment is possible here now")
	d.tells("Para çekilmedi", "Nothing was charged")
	d.refused("another item", func() { d.scans(white41) })
	d.shown("the screen is done with the first", answered)
	d.refused("the payment, again,", pay)
	d.keeps(was)
	if asked := d.ledger(); len(asked) > 0 {
		d.t.Errorf("with no room to write it down the device was asked for %+v", asked)
	}
	room.free()
	d.answers(room)
	room.free()
	d.leaves(was.Due)

	was = d.holds(white41)
	d.answers(room)
	d.AgentProcess.Kill()
	room.free()
	d.must(d.StartAgent(d.t.Context()))
	d.leaves(was.Due)
}

// answers has the disk fill up while the device takes the money.
func (d desk) answers(room disk) {
	d.t.Helper()
	before := len(d.charged())
	d.hesitates()
	room.fill()
	d.showsCard()
	d.tells("Ödemeniz hâlâ kaydediliyor", "We are still saving your payment")
	d.tells("tekrar ödemeyin", "do not pay again")
	d.unmoved(before + 1)
}

// fileLimit is the limit a kernel sets to the files of one program: any user may lower it.
type fileLimit struct{ *testShop }

func (l fileLimit) fill() { l.set(0) }
func (l fileLimit) free() { l.set(unix.RLIM_INFINITY) }

func (l fileLimit) set(bytes uint64) {
	l.t.Helper()
	if pid := l.AgentProcess.PID(); pid != 0 {
		l.must(unix.Prlimit(pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil))
	}
}

// ownDisk is a file system of 64 MB that the agent alone sees, with a process that keeps it there when there is no agent.
type ownDisk struct {
	s    *testShop
	path string // of the state folder, seen from here
}

// newOwnDisk mounts the disk and has the agent run on it. Where nobody may do that the test is skipped.
func newOwnDisk(s *testShop) *ownDisk {
	t, state := s.t, filepath.Join(s.Dir(), "agent")
	t.Helper()
	ready := filepath.Join(state, "ready")
	keeper := s.Command("/usr/bin/unshare", "--map-root-user", "--mount", "/bin/sh", "-c",
		fmt.Sprintf("mount -t tmpfs -o size=64m tmpfs '%s' && touch '%s' && exec sleep 3600", state, ready))
	if err := errors.Join(keeper.Start(), there("/usr/bin/nsenter")); err != nil {
		t.Skipf("NOT TESTED: a really full disk. Nothing here can mount one: %v", err)
	}
	t.Cleanup(keeper.Kill)
	pid := keeper.PID()
	own := &ownDisk{s: s, path: fmt.Sprintf("/proc/%d/root%s", pid, state)}
	gone := false
	s.eventually("the disk is mounted", func() error {
		select {
		case <-keeper.Done():
			gone = true
			return nil
		default:
		}
		_, err := os.Stat(filepath.Join(own.path, "ready"))
		return err
	})
	if gone {
		t.Skipf("NOT TESTED: a really full disk. Nobody may mount one here: %s", keeper.Tail())
	}
	s.AgentProcess = s.Command("/usr/bin/nsenter", "--preserve-credentials", "--user", "--mount", "--target", strconv.Itoa(pid),
		filepath.Join(bin, "showroom-agent"), "run", "--config", s.Config)
	s.Socket = filepath.Join(own.path, "agent.sock")
	return own
}

func there(path string) error {
	_, err := os.Stat(path)
	return err
}

func (o *ownDisk) ballast() string { return filepath.Join(o.path, "ballast") }

func (o *ownDisk) fill() {
	o.s.t.Helper()
	f, err := os.Create(o.ballast())
	o.s.must(err)
	for _, size := range []int{1 << 20, 4 << 10, 1} {
		for err == nil {
			_, err = f.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			o.s.t.Fatal(err)
		}
		err = nil
	}
	o.s.must(f.Close())
}

func (o *ownDisk) free() {
	o.s.t.Helper()
	if err := os.Remove(o.ballast()); !errors.Is(err, os.ErrNotExist) {
		o.s.must(err)
	}
}

// copyBack stops the agent and lays what it knows where the other tests look.
func (o *ownDisk) copyBack() {
	o.s.t.Helper()
	o.s.AgentProcess.Stop()
	for _, name := range []string{"showroom.db", "showroom.db-wal"} {
		content, err := os.ReadFile(filepath.Join(o.path, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		o.s.must(err)
		o.s.must(os.WriteFile(filepath.Join(o.s.Dir(), "agent", name), content, 0o600))
	}
}
