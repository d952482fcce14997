package dryrun

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"showroom/agent/fitting"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices/sim"
)

// inMemory is where a file system without a disk usually is. A run is thrown away afterwards, so nothing has to reach a disk.
const inMemory = "/dev/shm"

// plenty is how many pieces of everything the shop has: a dry run is not about stock.
const plenty = 1000

// memory is a store in a folder that goes when the run is over, with the fitting rooms over it.
type memory struct {
	dir   string
	db    *store.DB
	rooms *fitting.Rooms
	ids   int
}

// remember opens a new store that knows the catalogue. The caller forgets it.
func remember(ctx context.Context, rules fitting.Options, wares sim.Catalogue, clock func() showroom.Moment) (*memory, error) {
	dir, err := os.MkdirTemp(inMemory, "showroom-dryrun-")
	if err != nil {
		dir, err = os.MkdirTemp("", "showroom-dryrun-")
	}
	if err != nil {
		return nil, fmt.Errorf("make folder of the run: %w", err)
	}
	m := &memory{dir: dir}
	if m.db, err = store.Open(ctx, store.Options{Dir: dir, MachineID: "dry run", Clock: clock}); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	rules.Clock, rules.Log = clock, slog.New(slog.DiscardHandler)
	rules.NewID = func() string { m.ids++; return fmt.Sprint(m.ids) }
	m.rooms = fitting.New(m.db, rules)
	if err := m.db.Update(ctx, func(tx *store.Tx) error { return stock(tx, wares) }); err != nil {
		return nil, errors.Join(err, m.forget())
	}
	return m, nil
}

func (m *memory) forget() error { return errors.Join(m.db.Close(), os.RemoveAll(m.dir)) }

func stock(tx *store.Tx, wares sim.Catalogue) error {
	for i, w := range wares {
		product := showroom.Product{ID: showroom.ProductID(w.Name), Name: showroom.Text{"en": w.Name}}
		if err := tx.PutProduct(product, 1); err != nil {
			return err
		}
		if err := tx.PutItem(showroom.Item{GTIN: w.GTIN, Product: product.ID, Size: w.Size, SizeOrder: i}, 1); err != nil {
			return err
		}
		if err := tx.PutStock(showroom.Stock{GTIN: w.GTIN, Quantity: plenty}, 1); err != nil {
			return err
		}
	}
	return nil
}
