package session

import (
	"context"

	"showroom/agent/showroom"
)

// Sweeper answers what Run does whenever its clock or the store says so.
func (s *Sessions) Sweeper() func(context.Context) error {
	idleSince := map[showroom.KioskID]idle{}
	return func(ctx context.Context) error {
		_, err := s.sweep(ctx, idleSince)
		return err
	}
}
