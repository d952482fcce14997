package httpd

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"showroom/agent/localapi"
	"showroom/agent/pan"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/agent/till"
)

// Terminal is what an engineer asks of a device that takes money. What is nil it can not do. An error is for people.
type Terminal struct {
	Status, Repeat func(context.Context) (lines []string, status string, err error)
	// EndOfDay may take minutes, and tells meanwhile what the terminal says.
	EndOfDay func(context.Context, func(showroom.Progress)) (lines []string, status string, err error)
}

// Counter are the machines of the counter. Any part may be empty.
type Counter struct {
	Tills     *till.Tills
	Terminals map[showroom.DeviceID]Terminal
	// PrintTest prints a page with every letter a receipt may need.
	PrintTest map[showroom.DeviceID]func(context.Context) error
	// Charge has a device take money without a basket.
	Charge func(tx *store.Tx, device showroom.DeviceID, amount showroom.Money, why string) (showroom.SettlementID, error)
}

type (
	devicePath struct {
		Device string `path:"device"`
	}
	deviceCommand struct {
		Device string `path:"device"`
		Body   localapi.Command
	}
	chargeCommand struct {
		Device string `path:"device"`
		Body   localapi.ChargeCommand
	}
	chargePath struct {
		Settlement string `path:"settlement"`
	}
	claimCommand struct {
		Till string `path:"till"`
		Body localapi.CodeCommand
	}
	giveBackCommand struct {
		Till string `path:"till"`
		Body localapi.GiveBackCommand
	}
	terminalReply struct{ Body localapi.TerminalReport }
	chargeReply   struct{ Body localapi.Charge }
	printedReply  struct{ Body localapi.Printed }
	offeredReply  struct{ Body till.Offered }
)

func (s *Server) counterRoutes(api huma.API) {
	get(api, localapi.PathTerminal, "terminal", "How a payment terminal is", func(ctx context.Context, in *devicePath) (*terminalReply, error) {
		return s.administer(ctx, in.Device, askedHow, func(t Terminal) func(context.Context) ([]string, string, error) { return t.Status })
	})
	post(api, localapi.PathTerminalRepeat, "repeat-receipt", "A terminal's last receipt again", func(ctx context.Context, in *deviceCommand) (*terminalReply, error) {
		return s.administer(ctx, in.Device, "repeat", func(t Terminal) func(context.Context) ([]string, string, error) { return t.Repeat })
	})
	post(api, localapi.PathTerminalEndOfDay, "end-of-day", "Close a terminal's books of the day; a line of JSON for each step", s.postEndOfDay)
	post(api, localapi.PathTerminalPay, "charge", "Have a terminal take money without a basket", s.postCharge)
	get(api, localapi.PathCharge, "charged", "How such a payment stands", s.getCharge)
	post(api, localapi.PathPrinterTest, "print-test", "Print a test page", s.postPrintTest)
	if s.opt.Counter.Tills != nil {
		post(api, localapi.PathTillClaim, "claim-basket", "Give a basket to a till", s.postClaim)
		post(api, localapi.PathTillGiveBack, "give-basket-back", "Set a basket aside again that a till has", s.postGiveBack)
	}
}

// forEngineers lets in who may use the agent's own socket.
func (s *Server) forEngineers(ctx context.Context) error {
	if overSocket(ctx) {
		return nil
	}
	return refuse(s.log, showroom.Errorf(showroom.CodeForbidden, "The machines of the counter are spoken to over the agent's own socket."))
}

// askedHow is the question that a terminal answers with how it is.
const askedHow = "status"

func (s *Server) administer(ctx context.Context, device, what string, deed func(Terminal) func(context.Context) ([]string, string, error)) (*terminalReply, error) {
	if err := s.forEngineers(ctx); err != nil {
		return nil, err
	}
	t, known := s.opt.Counter.Terminals[showroom.DeviceID(device)]
	do := deed(t)
	if !known || do == nil {
		return nil, refuse(s.log, showroom.Errorf(showroom.CodeNotFound, "There is no terminal %q that can do this.", device))
	}
	lines, status, err := do(ctx)
	if err = errors.Join(err, s.asked(ctx, device, what, lines, status, err)); err != nil {
		return nil, refuse(s.log, err)
	}
	if what == askedHow && status == "" {
		status = "ready"
	}
	return &terminalReply{localapi.TerminalReport{Device: device, Status: status, Lines: lines}}, nil
}

// What is kept of what a machine says: a row of the journal takes 64 KiB, and a letter may have six bytes in it.
const (
	mostLines   = 120
	mostLetters = 64
)

// asked writes down what an engineer has asked a machine for, and what came of it.
func (s *Server) asked(ctx context.Context, device, what string, lines []string, status string, failed error) error {
	short := func(text string) string {
		letters := []rune(pan.Mask(text))
		return string(letters[:min(len(letters), mostLetters)])
	}
	e := showroom.MachineAsked{Device: showroom.DeviceID(device), What: what, Status: short(status)}
	if failed != nil {
		e.Error = short(showroom.ErrorMessage(failed))
	}
	for _, l := range lines[:min(len(lines), mostLines)] {
		e.Lines = append(e.Lines, short(l))
	}
	return s.db.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error { // whoever hangs up has asked all the same
		_, err := tx.Append(e)
		return err
	})
}

// settled refuses to close the books of a terminal that has still to say what became of a payment: it remembers its last movement only.
func (s *Server) settled(ctx context.Context, device string) error {
	return s.db.View(ctx, func(v *store.View) error {
		open, err := v.OpenSettlements()
		for _, one := range open {
			if one.Device == showroom.DeviceID(device) {
				return showroom.Errorf(showroom.CodeConflict, "Nobody knows yet what became of a payment at this terminal. See to that first.")
			}
		}
		return err
	})
}

// postEndOfDay answers step by step, for a terminal that sends its day to the bank takes longer than a request may.
func (s *Server) postEndOfDay(ctx context.Context, in *deviceCommand) (*huma.StreamResponse, error) {
	if err := s.forEngineers(ctx); err != nil {
		return nil, err
	}
	t, known := s.opt.Counter.Terminals[showroom.DeviceID(in.Device)]
	if !known || t.EndOfDay == nil {
		return nil, refuse(s.log, showroom.Errorf(showroom.CodeNotFound, "There is no terminal %q that can do this.", in.Device))
	}
	if err := s.settled(ctx, in.Device); err != nil {
		return nil, refuse(s.log, err)
	}
	return &huma.StreamResponse{Body: func(answer huma.Context) {
		answer.SetHeader("Content-Type", "application/x-ndjson")
		w, ok := answer.BodyWriter().(http.ResponseWriter)
		if !ok {
			s.log.Error("An answer can not be given step by step", "path", localapi.PathTerminalEndOfDay)
			return
		}
		rc := http.NewResponseController(w)
		_ = rc.SetReadDeadline(time.Time{}) // or the server would take the asker for gone
		step := func(step localapi.TerminalStep) {
			_ = rc.SetWriteDeadline(time.Now().Add(slowClient))
			if json.NewEncoder(w).Encode(step) == nil {
				_ = rc.Flush()
			}
		}
		lines, status, err := t.EndOfDay(ctx, func(p showroom.Progress) { step(localapi.TerminalStep{Progress: p.Code, Text: p.Text}) })
		if err = errors.Join(err, s.asked(ctx, in.Device, "end_of_day", lines, status, err)); err != nil {
			_ = refuse(s.log, err) // which logs what is not for people
			step(localapi.TerminalStep{Error: showroom.ErrorMessage(err)})
			return
		}
		step(localapi.TerminalStep{Report: &localapi.TerminalReport{Device: in.Device, Status: status, Lines: lines}})
	}}, nil
}

func (s *Server) postCharge(ctx context.Context, in *chargeCommand) (*chargeReply, error) {
	if err := s.forEngineers(ctx); err != nil {
		return nil, err
	}
	if s.opt.Counter.Charge == nil {
		return nil, refuse(s.log, showroom.Errorf(showroom.CodeNotFound, "Nothing takes money here."))
	}
	amount := showroom.Money{Minor: in.Body.Amount.Minor, Currency: showroom.Currency(in.Body.Amount.Currency)}
	var id showroom.SettlementID
	if err := s.db.Update(ctx, func(tx *store.Tx) (err error) {
		id, err = store.Once(tx, showroom.CommandID(in.Body.ID), in, func() (showroom.SettlementID, error) {
			return s.opt.Counter.Charge(tx, showroom.DeviceID(in.Device), amount, in.Body.Reason)
		})
		return err
	}); err != nil {
		return nil, refuse(s.log, err)
	}
	return &chargeReply{localapi.Charge{Settlement: string(id), State: "waiting"}}, nil
}

func (s *Server) getCharge(ctx context.Context, in *chargePath) (*chargeReply, error) {
	if err := s.forEngineers(ctx); err != nil {
		return nil, err
	}
	out := &chargeReply{localapi.Charge{Settlement: in.Settlement, State: "waiting"}}
	err := s.db.View(ctx, func(v *store.View) error {
		now, err := v.Settlement(showroom.SettlementID(in.Settlement))
		if showroom.ErrorCode(err) == showroom.CodeNotFound {
			return nil // the device has another thing to do first
		}
		out.Body.State, out.Body.Reason, out.Body.Slip = string(now.State), string(now.Result.Reason), now.Result.Slip
		return err
	})
	return out, refuse(s.log, err)
}

func (s *Server) postPrintTest(ctx context.Context, in *deviceCommand) (*printedReply, error) {
	if err := s.forEngineers(ctx); err != nil {
		return nil, err
	}
	print := s.opt.Counter.PrintTest[showroom.DeviceID(in.Device)]
	if print == nil {
		return nil, refuse(s.log, showroom.Errorf(showroom.CodeNotFound, "There is no printer %q.", in.Device))
	}
	err := print(ctx)
	if err = errors.Join(err, s.asked(ctx, in.Device, "test_page", nil, "", err)); err != nil {
		return nil, refuse(s.log, err)
	}
	return &printedReply{localapi.Printed{Device: in.Device}}, nil
}

func (s *Server) postClaim(ctx context.Context, in *claimCommand) (*offeredReply, error) {
	offered, err := s.opt.Counter.Tills.Claim(ctx, showroom.TillID(in.Till), in.Body.Code)
	if err != nil {
		return nil, refuse(s.log, err)
	}
	return &offeredReply{offered}, nil
}

func (s *Server) postGiveBack(ctx context.Context, in *giveBackCommand) (*struct{}, error) {
	return nil, refuse(s.log, s.opt.Counter.Tills.GiveBack(ctx, showroom.TillID(in.Till), showroom.BasketID(in.Body.Basket)))
}
