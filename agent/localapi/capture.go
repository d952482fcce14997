package localapi

import "time"

// Paths of the commissioning capture. They are answered over the unix socket only, except that every KioskState carries Capture.
const (
	PathCapture       = "/v1/capture"        // GET CaptureStatus
	PathCaptureStart  = "/v1/capture/start"  // POST CaptureCommand -> CaptureStatus
	PathCaptureStop   = "/v1/capture/stop"   // POST Command -> CaptureStatus
	PathCaptureDelete = "/v1/capture/delete" // POST CaptureDelete -> CaptureStatus
)

// Capture is a recording of one device's line in front of the privacy filter, while it runs.
type Capture struct {
	Device string    `json:"device"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until"` // it ends by itself
	// Clock is Until by the clock on the shop's wall, "10:42".
	Clock string `json:"clock"`
}

// CaptureCommand starts a capture. Only one runs at a time.
type CaptureCommand struct {
	ID      string `json:"id"`
	Device  string `json:"device"`
	Seconds int    `json:"seconds"`
	Reason  string `json:"reason"`
}

// CaptureDelete deletes one file, or with an empty Name all of them.
type CaptureDelete struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// CaptureStatus is the capture that runs and the files of those that have ended.
type CaptureStatus struct {
	Running *Capture      `json:"running,omitempty"`
	Folder  string        `json:"folder"`
	Files   []CaptureFile `json:"files"` // oldest first
}

// CaptureFile is a recording. It deletes itself at Gone.
type CaptureFile struct {
	Name  string    `json:"name"`
	Bytes int64     `json:"bytes"`
	Begun time.Time `json:"begun"`
	Gone  time.Time `json:"gone"`
}
