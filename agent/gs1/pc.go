package gs1

import "fmt"

// PC is the protocol control word in front of an EPC in the memory of a Gen2 tag.
type PC uint16

// Len returns the length of the EPC in bytes, 0 to [MaxEPCBytes].
func (p PC) Len() int { return 2 * int(p>>11) }

// AFI returns the application family identifier of ISO/IEC 15961, and true, when
// the toggle bit says that what follows is not an EPC.
func (p PC) AFI() (byte, bool) { return byte(p), p&0x0100 != 0 }

// IdentifyTag is [Identify] for a reader that tells the PC word. A tag of another
// application gives [CodeISOAFI], an EPC of another length than the word says
// [CodeBadLength].
func IdentifyTag(pc PC, epc EPC) (Identity, error) {
	if afi, iso := pc.AFI(); iso {
		return Identity{}, &EPCError{Code: CodeISOAFI, Field: "pc", Reason: fmt.Sprintf("says that this is no EPC: ISO AFI %02X", afi), EPC: epc}
	}
	if pc.Len() != epc.Len() {
		return Identity{}, &EPCError{Code: CodeBadLength, Field: "epc", Reason: fmt.Sprintf("has %d bytes, its pc word says %d", epc.Len(), pc.Len()), EPC: epc}
	}
	return Identify(epc)
}
