package till

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// Command tells a security device to let go of one garment. ID is its nonce: the device obeys it once. Told again, it says again what
// came of it. After Expires it is not obeyed.
type Command struct {
	ID      string            `json:"id"`
	Device  showroom.DeviceID `json:"device"`
	EPC     gs1.EPC           `json:"epc"`
	Expires time.Time         `json:"expires"` // whole seconds, UTC
	MAC     string            `json:"mac"`     // 64 hexadecimal digits
}

// Verdict is what became of one garment.
type Verdict string

// The verdicts.
const (
	Released Verdict = "released"
	Refused  Verdict = "refused" // it may not, or no longer
	Faulty   Verdict = "fault"   // it could not
)

// Result is what a security device answers to a Command. It does not repeat the garment.
type Result struct {
	ID     string            `json:"id"`
	Device showroom.DeviceID `json:"device"`
	Result Verdict           `json:"result"`
	Detail string            `json:"detail,omitempty"` // for staff
	MAC    string            `json:"mac"`
}

// Seal signs a command under the key of its device: HMAC-SHA-256 over the fields in the order they stand, each behind its length
// in four bytes, the first being the word "release".
func (c Command) Seal(key []byte) Command {
	c.Expires = c.Expires.UTC().Truncate(time.Second)
	c.MAC = mac(key, "release", c.ID, string(c.Device), c.EPC.String(), c.Expires.Format(time.RFC3339))
	return c
}

// Genuine says whether a command was signed under the key.
func (c Command) Genuine(key []byte) bool { return same(c.MAC, c.Seal(key).MAC) }

// Seal signs a result like a command; its first field is the word "result".
func (r Result) Seal(key []byte) Result {
	r.MAC = mac(key, "result", r.ID, string(r.Device), string(r.Result), r.Detail)
	return r
}

// Genuine says whether a result was signed under the key.
func (r Result) Genuine(key []byte) bool { return same(r.MAC, r.Seal(key).MAC) }

func mac(key []byte, fields ...string) string {
	h := hmac.New(sha256.New, key)
	for _, f := range fields {
		h.Write([]byte{byte(len(f) >> 24), byte(len(f) >> 16), byte(len(f) >> 8), byte(len(f))})
		h.Write([]byte(f))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func same(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

// parseResult reads what a device answered.
func parseResult(payload []byte) (Result, error) {
	var r Result
	const most = 4 << 10
	if len(payload) > most {
		return r, errors.New("the result is too long")
	}
	if err := resultShape.decodeStrictly(payload, &r); err != nil {
		return r, err
	}
	if r.Result != Released && r.Result != Refused && r.Result != Faulty {
		return r, errors.New("result is not released, refused or fault")
	}
	return r, checkText("detail", r.Detail)
}

func encode(c Command) ([]byte, error) { return json.Marshal(c) }
