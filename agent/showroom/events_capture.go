package showroom

// The kinds that tell of commissioning captures.
const (
	KindCaptureStarted Kind = "capture.started"
	KindCaptureStopped Kind = "capture.stopped"
)

// CaptureEnd is why a capture stopped.
type CaptureEnd string

// The ways a capture ends. None goes on by itself afterwards.
const (
	CaptureExpired  CaptureEnd = "expired"  // its time was over
	CaptureStopping CaptureEnd = "stopped"  // somebody said so
	CaptureFull     CaptureEnd = "full"     // its file was as large as it may be
	CaptureFailed   CaptureEnd = "failed"   // its file could not be written
	CaptureShutdown CaptureEnd = "shutdown" // the agent stopped
	CaptureCrashed  CaptureEnd = "crashed"  // the agent died; found when it came back
)

// CaptureStarted: everything a device says is recorded in front of the privacy filter, at most for so long. Of what is recorded
// nothing is told.
type CaptureStarted struct {
	Fact
	Device  DeviceID `json:"device"`
	Seconds int      `json:"seconds"`
	Reason  string   `json:"reason"`
}

// CaptureStopped: it is not recorded any more.
type CaptureStopped struct {
	Fact
	Device  DeviceID   `json:"device"`
	Seconds int        `json:"seconds"` // how long it lasted; 0 when nobody knows
	Bytes   int64      `json:"bytes"`
	Reason  CaptureEnd `json:"reason"`
}

func (CaptureStarted) Kind() Kind { return KindCaptureStarted }
func (CaptureStopped) Kind() Kind { return KindCaptureStopped }

func (e CaptureStarted) Subject() string { return "device/" + string(e.Device) }
func (e CaptureStopped) Subject() string { return "device/" + string(e.Device) }
