package customer

import "showroom/agent/showroom"

// Reason is what is wrong with an enrolment. It is stable: pages translate by it.
type Reason string

// The reasons.
const (
	WrongKind       Reason = "kind"
	LabelMissing    Reason = "label_missing"
	LabelUnfit      Reason = "label_unfit" // too long, or no text
	LabelTaken      Reason = "label_taken"
	LabelTells      Reason = "label_tells" // what the tag sends
	IdentityMissing Reason = "identity_missing"
	IdentityUnfit   Reason = "identity_unfit" // nothing a tag sends
	IdentityTaken   Reason = "identity_taken"
	AddressChanges  Reason = "address_changes"
	BeaconChanges   Reason = "beacon_changes"
	NotLoan         Reason = "not_loan" // to be put away
)

// Refusal says what is wrong with an enrolment, for programs by its Reason and for people by its sentence.
type Refusal struct {
	Reason Reason
	err    *showroom.Error
}

func (r *Refusal) Error() string { return r.err.Error() }

// Unwrap answers the refusal as everybody knows it.
func (r *Refusal) Unwrap() error { return r.err }

func invalid(reason Reason, format string, args ...any) error {
	return &Refusal{reason, showroom.Errorf(showroom.CodeInvalid, format, args...)}
}

func conflict(reason Reason, format string, args ...any) error {
	return &Refusal{reason, showroom.Errorf(showroom.CodeConflict, format, args...)}
}
