package store

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"showroom/agent/pan"
	"showroom/agent/showroom"
)

// Once does what a client wants done exactly once. The first time, do runs and its result is kept with the rest of the
// transaction; when the same id comes again within 48 hours, do is not run and the kept result is answered. request is what the
// client sent, a value with a JSON form; the same id with another request is refused with CodeConflict. When do fails nothing is
// kept, so that the client may try again under the same id. T must survive a round trip through JSON.
func Once[T any](tx *Tx, id showroom.CommandID, request any, do func() (T, error)) (T, error) {
	var none T
	if id == "" {
		return none, showroom.Errorf(showroom.CodeInvalid, "The command has no id.")
	}
	if pan.Found(string(id)) {
		return none, showroom.Errorf(showroom.CodeInvalid, "The command's id looks like the number of a card, which is kept nowhere. Send a UUID.")
	}
	asked, err := json.Marshal(request)
	if err != nil {
		return none, fmt.Errorf("command: encode request: %w", err)
	}
	sum := sha256.Sum256(asked)
	if kept, found, err := tx.commandResult(id, sum); err != nil || found {
		if err != nil {
			return none, err
		}
		var result T
		if err := json.Unmarshal(kept, &result); err != nil {
			return none, fmt.Errorf("command: decode kept result: %w", err)
		}
		return result, nil
	}
	result, err := do()
	if err != nil {
		return none, err
	}
	kept, err := json.Marshal(result)
	if err != nil {
		return none, fmt.Errorf("command: encode result: %w", err)
	}
	if _, err := tx.exec(`INSERT INTO command (id, request, result, at) VALUES (?,?,?,?)`, id, sum[:], kept, wallText(tx.now.Wall)); err != nil {
		return none, fmt.Errorf("command: keep result: %w", err)
	}
	return result, tx.noteAge("command", id)
}

func (v *View) commandResult(id showroom.CommandID, request [sha256.Size]byte) (result []byte, found bool, err error) {
	var sum []byte
	found, err = v.one(`SELECT request, result FROM command WHERE id=?`, []any{id}, &sum, &result)
	if err != nil {
		return nil, false, fmt.Errorf("command: look up: %w", err)
	}
	if found && string(sum) != string(request[:]) {
		return nil, false, showroom.Errorf(showroom.CodeConflict, "This command id was already used for something else. Send a new one.")
	}
	return result, found, nil
}
