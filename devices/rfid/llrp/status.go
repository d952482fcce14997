package llrp

import "fmt"

// LLRPStatus is how a request went (parameter 287).
type LLRPStatus struct {
	Status           uint16 // 0 is success
	ErrorDescription string // the reader's own words
	FieldError       *FieldError
	ParameterError   *ParameterError
}

// FieldError says which field was refused, counted from 0 over message or parameter (parameter 288).
type FieldError struct {
	FieldIndex uint16
	ErrorCode  uint16
}

// ParameterError says which parameter was refused, and inside it which field or parameter (parameter 289).
type ParameterError struct {
	ParameterType  uint16
	ErrorCode      uint16
	FieldError     *FieldError
	ParameterError *ParameterError
}

// maxNesting bounds how deep a status may tell of parameters in parameters; the deepest there are lie five deep.
const maxNesting = 16

func decodeStatus(c *cursor) LLRPStatus {
	s := LLRPStatus{Status: c.u16(), ErrorDescription: string(c.counted())}
	c.params(func(kind param, c *cursor) {
		switch kind {
		case paramFieldError:
			s.FieldError = decodeFieldError(c)
		case paramParameterError:
			s.ParameterError = decodeParameterError(c, 1)
		default:
			c.skip()
		}
	})
	return s
}

func decodeFieldError(c *cursor) *FieldError {
	return &FieldError{FieldIndex: c.u16(), ErrorCode: c.u16()}
}

func decodeParameterError(c *cursor, depth int) *ParameterError {
	if depth > maxNesting {
		c.fail("errors nested deeper than %d", maxNesting)
		return nil
	}
	e := &ParameterError{ParameterType: c.u16(), ErrorCode: c.u16()}
	c.params(func(kind param, c *cursor) {
		switch kind {
		case paramFieldError:
			e.FieldError = decodeFieldError(c)
		case paramParameterError:
			e.ParameterError = decodeParameterError(c, depth+1)
		default:
			c.skip()
		}
	})
	return e
}

// RefusedError is a reader's no.
type RefusedError struct {
	Request Type
	Status  LLRPStatus
}

func (e *RefusedError) Error() string {
	s := fmt.Sprintf("%v refused: %s", e.Request, statusWords(e.Status.Status))
	if where := e.Status.where(); where != "" {
		s += " (" + where + ")"
	}
	if e.Status.ErrorDescription != "" {
		s += fmt.Sprintf("; the reader says %q", e.Status.ErrorDescription)
	}
	return s
}

// where is the innermost place the status points at.
func (s LLRPStatus) where() string {
	at, field := "", s.FieldError
	for e := s.ParameterError; e != nil; e = e.ParameterError {
		at, field = paramName(param(e.ParameterType))+": "+statusWords(e.ErrorCode), e.FieldError
	}
	if field == nil {
		return at
	}
	name := fmt.Sprintf("field %d: %s", field.FieldIndex, statusWords(field.ErrorCode))
	if at == "" {
		return name
	}
	return at + ", " + name
}

// paramName names the parameters this package sends.
func paramName(k param) string {
	switch k {
	case paramROSpec:
		return "ROSpec"
	case paramROBoundarySpec:
		return "ROBoundarySpec"
	case paramAISpec:
		return "AISpec"
	case paramInventorySpec:
		return "InventoryParameterSpec"
	case paramAntennaConfig:
		return "AntennaConfiguration"
	case paramRFTransmitter:
		return "RFTransmitter"
	case paramROReportSpec:
		return "ROReportSpec"
	case paramTagContent:
		return "TagReportContentSelector"
	case paramC1G2EPCMemory:
		return "C1G2EPCMemorySelector"
	case paramKeepAliveSpec:
		return "KeepaliveSpec"
	case paramEventSpec:
		return "ReaderEventNotificationSpec"
	}
	return fmt.Sprintf("parameter %d", k)
}

// statusWords are the status codes (LLRP 1.0.1, 14.2.1).
func statusWords(code uint16) string {
	switch code {
	case 0:
		return "success"
	case 100:
		return "parameter error in the message"
	case 101:
		return "field error in the message"
	case 102, 202:
		return "unexpected parameter"
	case 103, 203:
		return "missing parameter"
	case 104, 204:
		return "duplicate parameter"
	case 105, 205:
		return "parameter overflow"
	case 106, 206:
		return "field overflow"
	case 107, 207:
		return "unknown parameter"
	case 108, 208:
		return "unknown field"
	case 109:
		return "unsupported message"
	case 110:
		return "unsupported version"
	case 111, 209:
		return "unsupported parameter"
	case 200:
		return "parameter error inside"
	case 201:
		return "field error inside"
	case 300:
		return "invalid value"
	case 301:
		return "value out of range"
	case 401:
		return "device error"
	}
	return fmt.Sprintf("status %d", code)
}
