package feed

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"showroom/sync/central/stream"
	"showroom/sync/profileapi"
)

// maxFaults is how many faults one answer lists; a file with more has one cause.
const maxFaults = 1000

// ServeImport answers POST /v1/import/catalogue. Nothing is published unless everything is right; what has not changed gets no new
// version. Should the process die while it publishes, the part published stands, and importing the same again completes it.
func (f *Feed) ServeImport(w http.ResponseWriter, r *http.Request) {
	plain, _, err := profileapi.ReadBody(w, r, maxImport/4, f.body)
	if err != nil {
		f.refuse(w, err)
		return
	}
	var in profileapi.Import
	if err := json.Unmarshal(plain, &in); err != nil {
		f.refuse(w, &profileapi.Problem{Type: profileapi.TypeInvalid, Title: "Not an import", Status: http.StatusBadRequest, Detail: err.Error()})
		return
	}
	result, err := f.Import(r.Context(), in)
	if err != nil {
		f.refuse(w, err)
		return
	}
	f.imports.Add(1)
	f.log.Info("imported a catalogue", "changed", result.Changed, "unchanged", result.Unchanged, "deleted", result.Deleted)
	f.answers.JSON(w, r, http.StatusOK, result)
}

// Import checks and publishes. What is wrong with the import is a *Problem with Faults. When it returns, this process's long polls have
// the changes.
func (f *Feed) Import(ctx context.Context, in profileapi.Import) (profileapi.ImportResult, error) {
	faults := f.check(in)
	if len(faults) > 0 {
		p := &profileapi.Problem{
			Type: profileapi.TypeInvalid, Title: "Nothing was imported", Status: http.StatusBadRequest,
			Detail: fmt.Sprintf("%d values are wrong.", len(faults)), Faults: faults[:min(len(faults), maxFaults)],
		}
		return profileapi.ImportResult{}, p
	}
	f.importing.Lock()
	defer f.importing.Unlock()
	wanted, err := entriesOf(in)
	if err != nil {
		return profileapi.ImportResult{}, err
	}
	result := profileapi.ImportResult{StoreUnchecked: in.Store != "" && len(f.stores) == 0}
	var publish []stream.Entry
	for _, e := range wanted {
		if old, ok := f.index.current(e.Bucket, e.Key); ok && bytes.Equal(old.Value, e.Value) {
			result.Unchanged++
			continue
		}
		publish = append(publish, e)
	}
	result.Changed = len(publish)
	if in.Replace {
		gone := f.missingIn(wanted, in)
		result.Deleted = len(gone)
		publish = append(publish, gone...)
	}
	if len(publish) == 0 {
		return result, nil
	}
	last, err := f.streams.PublishEntries(ctx, publish)
	if err != nil {
		return result, err
	}
	return result, f.reach(ctx, last)
}

// reach waits until the index has come to the version.
func (f *Feed) reach(ctx context.Context, version uint64) error {
	for {
		head, further := f.index.at()
		if head >= version {
			return nil
		}
		select {
		case <-further:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// entriesOf puts what is referred to first.
func entriesOf(in profileapi.Import) ([]stream.Entry, error) {
	entries := make([]stream.Entry, 0, len(in.Products)+len(in.Items)+len(in.Prices)+len(in.Offers)+len(in.Stock))
	add := func(bucket profileapi.Bucket, key string, value any) error {
		b, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("encode %s %s: %w", bucket, key, err)
		}
		entries = append(entries, stream.Entry{Bucket: string(bucket), Key: key, Value: b})
		return nil
	}
	for _, p := range in.Products {
		if err := add(profileapi.BucketProduct, p.ID, p); err != nil {
			return nil, err
		}
	}
	for _, it := range in.Items {
		if err := add(profileapi.BucketItem, it.GTIN, it); err != nil {
			return nil, err
		}
	}
	for _, p := range in.Prices {
		if err := add(profileapi.BucketPrice, p.GTIN, p); err != nil {
			return nil, err
		}
	}
	for _, o := range in.Offers {
		if err := add(profileapi.BucketOffer, o.ID, o); err != nil {
			return nil, err
		}
	}
	for _, s := range in.Stock {
		s.Store = in.Store
		if err := add(profileapi.BucketStock, in.Store+"/"+s.GTIN, s); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// missingIn answers deletions of what the feed has and wanted has not, items before their products.
func (f *Feed) missingIn(wanted []stream.Entry, in profileapi.Import) []stream.Entry {
	type id struct{ bucket, key string }
	have := make(map[id]bool, len(wanted))
	for _, e := range wanted {
		have[id{e.Bucket, e.Key}] = true
	}
	var gone []stream.Entry
	parts := partsFor(in.Store)
	for i := len(parts) - 1; i >= 0; i-- {
		bucket, _, _ := strings.Cut(parts[i], "/")
		if bucket == string(profileapi.BucketOffer) && in.Offers == nil {
			continue
		}
		for _, key := range f.index.keys(parts[i]) {
			if !have[id{bucket, key}] {
				gone = append(gone, stream.Entry{Bucket: bucket, Key: key, Deleted: true})
			}
		}
	}
	return gone
}
