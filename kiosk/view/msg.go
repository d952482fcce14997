package view

import "showroom/agent/localapi"

// Msg is something that happened. The set is closed.
type Msg interface{ msg() }

// What the agent and the connection to it say.
type (
	// StateLoaded is the truth.
	StateLoaded struct{ Kiosk localapi.KioskState }
	// Connected: the agent is heard again.
	Connected struct{}
	// Disconnected: the agent is not heard.
	Disconnected struct{}
	// CommandDone is the agent's answer to a command: a whole state, a request, a basket that was set aside, or none of them.
	CommandDone struct {
		Ticket  Ticket
		Kiosk   *localapi.KioskState
		Request *localapi.Request
		Parked  *localapi.Parked
	}
	// CommandFailed: the agent refused, or did not answer in time. Code is that of localapi.Problem, "" when there was no answer.
	CommandFailed struct {
		Ticket Ticket
		Code   string
	}
	// Tick: time has passed. It is due at State.Deadline.
	Tick struct{}
)

// What the shopper does.
type (
	// TapGarment opens a garment.
	TapGarment struct{ EPC string }
	// TapVariant chooses a size or a colour of the open garment.
	TapVariant struct{ GTIN string }
	// TapPicture chooses which picture of the open garment is large.
	TapPicture struct{ Index int }
	// TapBring asks for a piece; For is the GTIN of the garment it was asked from.
	TapBring struct{ GTIN, For string }
	// TapWait asks to be told when a piece somebody is trying comes free.
	TapWait struct{ GTIN, For string }
	// TapCancel takes a request back.
	TapCancel struct{ Request string }
	// TapSeen puts the note about an unavailable piece aside.
	TapSeen struct{ Request string }
	// TapCall calls an associate.
	TapCall struct{}
	// TapTransfer asks for the code that goes on at a checkout.
	TapTransfer struct{}
	// TapLanguage speaks another language.
	TapLanguage struct{ Language string }
	// TapLeave asks how to leave.
	TapLeave struct{}
	// TapDone ends the visit.
	TapDone struct{}
	// TapForget ends the visit and forgets it.
	TapForget struct{}
	// TapBack goes back to the room, and puts aside what was scanned.
	TapBack struct{}
	// TapRetry tries a failed command again.
	TapRetry struct{ Ticket Ticket }
	// TapNothing is a tap that means nothing but that somebody is there.
	TapNothing struct{}
)

func (StateLoaded) msg()   {}
func (Connected) msg()     {}
func (Disconnected) msg()  {}
func (CommandDone) msg()   {}
func (CommandFailed) msg() {}
func (Tick) msg()          {}
func (TapGarment) msg()    {}
func (TapVariant) msg()    {}
func (TapPicture) msg()    {}
func (TapBring) msg()      {}
func (TapWait) msg()       {}
func (TapCancel) msg()     {}
func (TapSeen) msg()       {}
func (TapCall) msg()       {}
func (TapTransfer) msg()   {}
func (TapLanguage) msg()   {}
func (TapLeave) msg()      {}
func (TapDone) msg()       {}
func (TapForget) msg()     {}
func (TapBack) msg()       {}
func (TapRetry) msg()      {}
func (TapNothing) msg()    {}

// tap says that m came from a finger.
func tap(m Msg) bool {
	switch m.(type) {
	case StateLoaded, Connected, Disconnected, CommandDone, CommandFailed, Tick, Searched:
		return false
	}
	return true
}

// Command is something to be done outside. The set is closed.
type Command interface{ command() }

// What a kiosk can ask of the agent. A command with a Ticket is answered by one CommandDone or CommandFailed.
type (
	// SendRequest asks for a piece.
	SendRequest struct {
		Ticket    Ticket
		GTIN, For string
		Wait      bool
	}
	// CancelRequest takes a request back.
	CancelRequest struct {
		Ticket  Ticket
		Request string
	}
	// SetLanguage changes the language of the session.
	SetLanguage struct {
		Ticket   Ticket
		Language string
	}
	// EndVisit says that the shopper is done; Forget also forgets the visit. Visit is the one that was on the screen: a tap that comes
	// late must not meet another.
	EndVisit struct {
		Ticket Ticket
		Visit  string
		Forget bool
	}
	// CallAssociate calls somebody.
	CallAssociate struct{ Ticket Ticket }
	// Transfer sets a basket aside for what hangs in the room.
	Transfer struct{ Ticket Ticket }
	// PutScanAside takes what was scanned off the screen for good.
	PutScanAside struct {
		Ticket Ticket
		Scan   string
	}
	// Touch tells the agent that somebody is there. It is not answered.
	Touch struct{}
	// Reload loads the truth again. It is answered by a StateLoaded, sooner or later.
	Reload struct{}
)

func (SendRequest) command()   {}
func (CancelRequest) command() {}
func (SetLanguage) command()   {}
func (EndVisit) command()      {}
func (CallAssociate) command() {}
func (Transfer) command()      {}
func (PutScanAside) command()  {}
func (Touch) command()         {}
func (Reload) command()        {}
