package rfid

// Objects walks over the objects of a message: one alone, several with white space or nothing between them ("}{"), or arrays of
// them.
//
//	o := rfid.NewObjects(message)
//	for o.Next() {
//		if err := o.Object(field); err != nil {
//			o.Fail()
//		}
//	}
//
// It is not safe for concurrent use.
type Objects struct {
	Scanner
	inArray bool
	first   bool // of the array
	done    bool
	bad     int
}

// NewObjects begins a walk over p.
func NewObjects(p []byte) Objects { return Objects{Scanner: NewScanner(p)} }

// Bad is how much was met so far that means nothing: what Spoiled and Fail counted, and 1 for whatever is not JSON.
func (o *Objects) Bad() int { return o.bad }

// Spoiled counts something that means nothing; the walk goes on behind it.
func (o *Objects) Spoiled() { o.bad++ }

// Fail counts what is not JSON and ends the walk: what stands behind it cannot be told from it.
func (o *Objects) Fail() {
	o.bad++
	o.done = true
}

// Next moves to the next object, which the caller must move over; false at the end.
func (o *Objects) Next() bool {
	for !o.done {
		switch c := o.Space(); {
		case c == 0 && o.i >= len(o.p):
			o.done = true
			if o.inArray {
				o.bad++
			}
		case c == '[' && !o.inArray:
			o.inArray, o.first = true, true
			o.i++
		case c == ']' && o.inArray:
			o.inArray = false
			o.i++
		case c == '{' && (!o.inArray || o.first):
			o.first = false
			return true
		case c == ',' && o.inArray && !o.first:
			o.i++
			if o.Space() == '{' {
				return true
			}
			o.Fail()
		default:
			o.Fail()
		}
	}
	return false
}
