package staff

import (
	"context"
	"errors"

	"showroom/agent/showroom"
)

// Unlock checks the PIN of somebody who serves shoppers and stands at a kiosk. A wrong PIN, or a person who may not, is CodeForbidden;
// after too many it is CodeRateLimited, there and on the page alike.
func (p *Page) Unlock(ctx context.Context, id showroom.StaffID, pin string) error {
	wrong := showroom.Errorf(showroom.CodeForbidden, "This is not the PIN.")
	who, known := p.people[id]
	if !known || !who.Role.servesShoppers() {
		return wrong
	}
	right, err := p.door.try(ctx, who, pin, p.opt.Now)
	if _, guessed := errors.AsType[*tooSoon](err); guessed {
		return showroom.Errorf(showroom.CodeRateLimited, "There were too many tries. Wait a moment.")
	}
	if err == nil && !right {
		return wrong
	}
	return err
}
