package link_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	"showroom/devices"
	"showroom/devices/link"
)

// machine is a folder that stands for "/" of a machine with USB devices.
type machine struct {
	*testing.T
	root string
}

func (m machine) write(path, text string) {
	m.Helper()
	path = filepath.Join(m.root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		m.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		m.Fatal(err)
	}
}

func (m machine) link(path, to string) {
	m.Helper()
	path = filepath.Join(m.root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		m.Fatal(err)
	}
	if err := os.Symlink(to, path); err != nil {
		m.Fatal(err)
	}
}

// plug plugs a device in at a socket, as the kernel of a Pi shows it.
func (m machine) plug(socket, tty, vendor, product, serial, byID string) {
	m.Helper()
	at := "sys/devices/platform/usb1/" + socket
	m.write(at+"/idVendor", vendor+"\n")
	m.write(at+"/idProduct", product+"\n")
	m.write(at+"/product", "USB Serial\n")
	if serial != "" {
		m.write(at+"/serial", serial+"\n")
	}
	m.write(at+"/"+socket+":1.0/"+tty+"/port_number", "0\n")
	m.link("sys/class/tty/"+tty+"/device", "../../../devices/platform/usb1/"+socket+"/"+socket+":1.0/"+tty)
	m.write("dev/"+tty, "")
	if byID != "" {
		m.link("dev/serial/by-id/"+byID, "../../"+tty)
	}
}

func shopMachine(t *testing.T) machine {
	m := machine{t, t.TempDir()}
	m.plug("1-1", "ttyUSB0", "1a86", "7523", "", "usb-1a86_USB_Serial-if00-port0")
	m.plug("1-2", "ttyUSB1", "0403", "6001", "A50285BI", "usb-FTDI_A50285BI-if00-port0")
	m.plug("1-3", "ttyACM0", "0403", "6001", "A50285BJ", "")
	m.write("sys/devices/platform/uart/uevent", "")
	m.link("sys/class/tty/ttyAMA0/device", "../../../devices/platform/uart")
	m.link("sys/class/tty/ttyS0/device", "../../../devices/platform/uart")
	m.write("sys/class/tty/tty1/dev", "4:1\n")
	return m
}

func TestPortsAreNamedByWhatTheyAre(t *testing.T) {
	m := shopMachine(t)
	want := []link.Found{
		{Path: "/dev/ttyACM0", USB: "usb:0403:6001:A50285BJ", Product: "USB Serial"},
		{Path: "/dev/ttyAMA0"},
		{Path: "/dev/ttyUSB0", Stable: "/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0", USB: "usb:1a86:7523", Product: "USB Serial"},
		{Path: "/dev/ttyUSB1", Stable: "/dev/serial/by-id/usb-FTDI_A50285BI-if00-port0", USB: "usb:0403:6001:A50285BI", Product: "USB Serial"},
	}
	if diff := cmp.Diff(want, link.Ports(m.root)); diff != "" {
		t.Errorf("ports (-want +got):\n%s", diff)
	}
	if got := link.Ports(t.TempDir()); got != nil {
		t.Errorf("a machine that tells nothing has %v", got)
	}
}

func TestUnclaimedPortsAreThoseNobodyNames(t *testing.T) {
	m := shopMachine(t)
	for _, c := range []struct {
		names []string
		want  []string
	}{
		{nil, []string{"/dev/ttyACM0", "/dev/ttyUSB0", "/dev/ttyUSB1"}},
		{[]string{"usb:1A86:7523", "/dev/serial/by-id/usb-FTDI_A50285BI-if00-port0", "tcp://192.0.2.1:4001"}, []string{"/dev/ttyACM0"}},
		{[]string{"/dev/ttyUSB0", "/dev/ttyACM0", "/dev/not-there"}, []string{"/dev/ttyUSB1"}},
		{[]string{"usb:0403:6001"}, []string{"/dev/ttyACM0", "/dev/ttyUSB0", "/dev/ttyUSB1"}}, // stands for two of them
	} {
		var got []string
		for _, f := range link.Unclaimed(m.root, c.names) {
			got = append(got, f.Path)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.names, diff)
		}
	}
}

// A port is there a moment before the name that the configuration calls it by.
func TestAPortThatHasNoNameYetIsNoStray(t *testing.T) {
	m := shopMachine(t)
	ours := "/dev/serial/by-id/usb-FTDI_A50285BI-if00-port0"
	names := []string{ours, "/dev/ttyUSB0", "/dev/ttyACM0"}
	name := filepath.Join(m.root, ours)
	to, err := os.Readlink(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	var strays link.Strays
	if got := strays.Look(m.root, names); len(got) != 0 {
		t.Errorf("at the first look %v are strays", got)
	}
	if err := os.Symlink(to, name); err != nil {
		t.Fatal(err)
	}
	if got := strays.Look(m.root, names); len(got) != 0 {
		t.Errorf("once it has its name %v are strays", got)
	}
	for range 2 {
		strays.Look(m.root, names[:2])
	}
	if got := strays.Look(m.root, names[:2]); len(got) != 1 || got[0].Path != "/dev/ttyACM0" {
		t.Errorf("a port that nobody names for long: %v", got)
	}
}

func TestAUSBNameOpensTheDeviceItStandsFor(t *testing.T) {
	m := shopMachine(t)
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = master.Close(); _ = slave.Close() })
	at := filepath.Join(m.root, "dev/ttyUSB1")
	if err := os.Remove(at); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(slave.Name(), at); err != nil {
		t.Fatal(err)
	}
	port, err := link.Open(t.Context(), link.Options{Device: "r1", Name: "usb:0403:6001:A50285BI", Root: m.root})
	if err != nil {
		t.Fatal(err)
	}
	defer port.Close()
	if _, err := master.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if got, err := readUntil(t, port, 5); err != nil || string(got) != "hello" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestAUSBNameThatFitsNothingSaysWhatIsThere(t *testing.T) {
	m := shopMachine(t)
	for name, c := range map[string]struct {
		is   error
		hint []string
	}{
		"usb:2a03:0043":      {fs.ErrNotExist, []string{"not plugged in", "usb-1a86_USB_Serial-if00-port0 (usb:1a86:7523, /dev/ttyUSB0, USB Serial)", "usb:0403:6001:A50285BJ (/dev/ttyACM0"}},
		"usb:1a86:7523:X":    {fs.ErrNotExist, []string{"not plugged in"}},
		"usb:0403:6001":      {nil, []string{"Several devices have this name", "A50285BI", "A50285BJ"}},
		"usb:1":              {fs.ErrInvalid, []string{"Write it like usb:1a86:7523"}},
		"/dev/serial/by-id/": {nil, []string{"not a serial port"}},
	} {
		_, err := link.Open(t.Context(), link.Options{Device: "r1", Name: name, Root: m.root})
		e, ok := errors.AsType[*devices.Error](err)
		if !ok || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, part := range c.hint {
			if !strings.Contains(e.Hint, part) {
				t.Errorf("%s: the hint is %q, without %q", name, e.Hint, part)
			}
		}
	}
}
