package httpd

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"showroom/agent/localapi"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// problem is a refusal on its way out.
type problem struct{ localapi.Problem }

func (p *problem) Error() string             { return p.Problem.Error() }
func (p *problem) GetStatus() int            { return p.Status }
func (p *problem) ContentType(string) string { return "application/problem+json" }

// codes pairs every refusal with its HTTP status.
var codes = []struct {
	code   showroom.Code
	status int
}{
	{showroom.CodeInvalid, http.StatusUnprocessableEntity},
	{showroom.CodeNotFound, http.StatusNotFound},
	{showroom.CodeConflict, http.StatusConflict},
	{showroom.CodeTaken, http.StatusConflict},
	{showroom.CodeTooLarge, http.StatusRequestEntityTooLarge},
	{showroom.CodeUnauthorized, http.StatusUnauthorized},
	{showroom.CodeForbidden, http.StatusForbidden},
	{showroom.CodeRateLimited, http.StatusTooManyRequests},
	{showroom.CodeUnavailable, http.StatusServiceUnavailable},
	{showroom.CodeInternal, http.StatusInternalServerError},
}

// Status is the HTTP status a refusal is answered with.
func Status(code showroom.Code) int {
	for _, c := range codes {
		if c.code == code {
			return c.status
		}
	}
	return http.StatusInternalServerError
}

func codeOf(status int) showroom.Code {
	for _, c := range codes {
		if c.status == status {
			return c.code
		}
	}
	if status >= 400 && status < 500 {
		return showroom.CodeInvalid
	}
	return showroom.CodeInternal
}

func newProblem(code showroom.Code, status int, detail string) *problem {
	return &problem{localapi.Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Code: string(code)}}
}

// refuse turns an error into what the client may know of it. What is our own fault is logged here, once, and told to nobody.
func refuse(log *slog.Logger, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, store.ErrDiskFull) {
		log.Error("Request failed for lack of disk", "err", err)
		err = showroom.Errorf(showroom.CodeUnavailable, "The shop's computer has no room left to write this down. Please tell an associate.")
	}
	code := showroom.ErrorCode(err)
	if code == showroom.CodeInternal {
		log.Error("Request failed", "err", err)
	}
	return newProblem(code, Status(code), showroom.ErrorMessage(err))
}

// plainProblems gives the library's own refusals (a body that is no JSON, a field too many) the shape of ours.
func plainProblems(_ huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	detail := m.Detail
	for _, d := range m.Errors {
		if d != nil {
			detail += "; " + d.Location + ": " + d.Message
		}
	}
	return newProblem(codeOf(m.Status), m.Status, detail), nil
}
