package link

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"showroom/devices"
)

// Found is one serial port that is plugged in now.
type Found struct {
	Path    string // "/dev/ttyUSB0": another one after the next plugging in
	Stable  string // the name below /dev/serial/by-id that leads to it; "" for none
	USB     string // "usb:1a86:7523:SERIAL", without the last part where the device tells none; "" for what hangs on no USB
	Product string // what the device calls itself; may be empty
}

// Name is the best name to write into a configuration.
func (f Found) Name() string {
	switch {
	case f.Stable != "":
		return f.Stable
	case f.USB != "":
		return f.USB
	}
	return f.Path
}

// String is the port for people.
func (f Found) String() string {
	parts := []string{f.Name()}
	for _, more := range []string{f.USB, f.Path, f.Product} {
		if more != "" && more != parts[0] {
			parts = append(parts, more)
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return parts[0] + " (" + strings.Join(parts[1:], ", ") + ")"
}

// Ports lists the serial ports that are plugged in, by path, as the kernel tells them below root/sys; root "" means "/". Where the
// kernel tells nothing there are none.
func Ports(root string) []Found {
	root = rooted(root)
	entries, err := os.ReadDir(filepath.Join(root, "sys/class/tty"))
	if err != nil {
		return nil
	}
	byID := stableNames(root)
	var found []Found
	for _, e := range entries {
		device, err := filepath.EvalSymlinks(filepath.Join(root, "sys/class/tty", e.Name(), "device"))
		if err != nil {
			continue // a console, a terminal: nothing is behind it
		}
		f := Found{Path: "/dev/" + e.Name(), Stable: byID[e.Name()]}
		f.USB, f.Product = usbOf(root, device)
		if f.USB != "" || strings.HasPrefix(e.Name(), "ttyAMA") { // ttyS0 and its like stand there with nothing behind them
			found = append(found, f)
		}
	}
	return found
}

// Unclaimed lists the ports on USB that none of the names, each as in Options, leads to.
func Unclaimed(root string, names []string) []Found {
	ports := Ports(root)
	claimed := map[string]bool{}
	for _, name := range names {
		if path, err := resolve(root, name); err == nil {
			claimed[path] = true
		}
	}
	return slices.DeleteFunc(ports, func(f Found) bool { return f.USB == "" || claimed[f.Path] })
}

// Strays are the ports that nobody names, for whoever looks now and then. It is not safe for concurrent use.
type Strays struct{ before map[string]bool }

// Look is Unclaimed without the ports that were not unclaimed at the look before: a port is there a moment before its stable name.
func (s *Strays) Look(root string, names []string) []Found {
	now := map[string]bool{}
	strays := slices.DeleteFunc(Unclaimed(root, names), func(f Found) bool {
		now[f.Path] = true
		return !s.before[f.Path]
	})
	s.before = now
	return strays
}

// resolve answers the path that a port's name leads to now.
func resolve(root, name string) (string, error) {
	if strings.HasPrefix(name, "usb:") {
		return findUSB(root, name)
	}
	path, err := filepath.EvalSymlinks(filepath.Join(rooted(root), name))
	if err != nil {
		return "", err
	}
	rest, err := filepath.Rel(rooted(root), path)
	return "/" + rest, err
}

// findUSB answers the path of the one port that name, usb:VID:PID[:serial], stands for.
func findUSB(root, name string) (string, error) {
	m := regexp.MustCompile(`(?i)^usb:([0-9a-f]{4}):([0-9a-f]{4})(?::(.+))?$`).FindStringSubmatch(name)
	if m == nil {
		return "", &devices.Error{Op: "find port " + name, Err: fs.ErrInvalid, Hint: "Write it like usb:1a86:7523, or usb:1a86:7523:SERIAL where there are several."}
	}
	model := strings.ToLower("usb:" + m[1] + ":" + m[2])
	var same []Found
	for _, f := range Ports(root) {
		if f.USB == model && m[3] == "" || m[3] == "" && strings.HasPrefix(f.USB, model+":") || m[3] != "" && f.USB == model+":"+m[3] {
			same = append(same, f)
		}
	}
	switch len(same) {
	case 0:
		return "", fmt.Errorf("find %s: %w", name, fs.ErrNotExist)
	case 1:
		return same[0].Path, nil
	}
	return "", &devices.Error{
		Op: "find port " + name, Err: errSeveral,
		Hint: "Several devices have this name. Write the whole name of one of them: " + listed(same) + ".",
	}
}

var errSeveral = errors.New("several devices have this name")

// usbOf looks from a device's folder upwards for the USB device it is part of.
func usbOf(root, folder string) (name, product string) {
	top := filepath.Join(root, "sys")
	for strings.HasPrefix(folder, top+"/") {
		vendor, id := attribute(folder, "idVendor"), attribute(folder, "idProduct")
		if vendor != "" && id != "" {
			name = "usb:" + vendor + ":" + id
			if serial := attribute(folder, "serial"); serial != "" {
				name += ":" + serial
			}
			return name, attribute(folder, "product")
		}
		folder = filepath.Dir(folder)
	}
	return "", ""
}

func attribute(folder, name string) string {
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// stableNames are the names below /dev/serial/by-id by what they lead to.
func stableNames(root string) map[string]string {
	const folder = "dev/serial/by-id"
	names := map[string]string{}
	entries, err := os.ReadDir(filepath.Join(root, folder))
	if err != nil {
		return names
	}
	for _, e := range entries {
		if to, err := os.Readlink(filepath.Join(root, folder, e.Name())); err == nil {
			names[filepath.Base(to)] = "/" + folder + "/" + e.Name()
		}
	}
	return names
}

// whatIsThere lists the ports a person may have meant.
func whatIsThere(root string) string {
	ports := Ports(root)
	if len(ports) == 0 {
		return "No serial port is there at all."
	}
	return "These ports are there: " + listed(ports) + "."
}

func listed(ports []Found) string {
	const most = 8
	texts := make([]string, 0, most)
	for _, f := range ports[:min(len(ports), most)] {
		texts = append(texts, f.String())
	}
	return strings.Join(texts, ", ")
}

func rooted(root string) string {
	if root == "" {
		return "/"
	}
	return filepath.Clean(root)
}
