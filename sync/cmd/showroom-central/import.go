package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"showroom/sync/profileapi"
)

func importCommand() *cobra.Command {
	var (
		url, token, tokenFile, store, offers string
		synthetic                            int
		replace                              bool
	)
	cmd := &cobra.Command{
		Use: "import FILE.csv | --synthetic N", Short: "Send a catalogue to the running service",
		Long: `Send a catalogue with prices, stock and pictures to the running service.

The file is UTF-8 with one line for each item and these columns, in any order:
  ` + strings.Join(columns(), ",\n  ") + `
Lines of the same product_id are sizes and colours of one product. Pictures are paths relative to the file, separated by ";". Prices
are in minor units, tax rates in basis points (2000 is 20 %). Everything that is wrong is listed, and then nothing is imported.
Importing the same again changes nothing.

Offers are a file of their own, a JSON list as the service's description of "Offer" has it. With --replace the list is all there is;
without a list the offers stay as they are.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == (synthetic > 0) {
				return usageError{errors.New("name a file or use --synthetic, one of them")}
			}
			if tokenFile != "" {
				content, err := os.ReadFile(tokenFile)
				if err != nil {
					return fmt.Errorf("read token file: %w", err)
				}
				token = strings.TrimSpace(string(content))
			}
			c, err := gather(args, synthetic, offers)
			if err != nil {
				return err
			}
			client, err := profileapi.NewClient(profileapi.Options{URL: url, Token: token})
			if err != nil {
				return usageError{err}
			}
			c.Store, c.Replace = store, replace
			if store == "" {
				c.Stock = nil
			}
			return send(cmd, client, c)
		},
	}
	f := cmd.Flags()
	f.StringVar(&url, "url", "http://127.0.0.1:8470", "address of the service")
	f.StringVar(&token, "token", "", "operator's token; seen by everybody on this machine")
	f.StringVar(&tokenFile, "token-file", "", "file with the operator's token alone")
	f.StringVar(&store, "store", "", "store whose stock the file holds; without it stock is not imported")
	f.StringVar(&offers, "offers", "", "file with the offers")
	f.BoolVar(&replace, "replace", false, "also delete what is not in the file")
	f.IntVar(&synthetic, "synthetic", 0, "make so many items instead of reading a file, for load tests")
	return cmd
}

// gather reads or makes what is to be sent: the items of the one file that is named, or so many made up, and the offers of a file, if
// one is named.
func gather(files []string, synthetic int, offers string) (c *catalogue, err error) {
	if synthetic > 0 {
		if c, err = makeSynthetic(synthetic); err != nil {
			return nil, usageError{err}
		}
	} else {
		c = &catalogue{}
		if err := c.read(files[0]); err != nil {
			return nil, err
		}
	}
	if offers != "" {
		c.Offers, err = readOffers(offers)
	}
	return c, err
}

// send sends pictures first, so that no shop hears of one that can not be fetched.
func send(cmd *cobra.Command, client *profileapi.Client, c *catalogue) error {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	if err := sendPictures(ctx, client, c.pictures); err != nil {
		return err
	}
	result, err := client.Import(ctx, c.Import)
	if p, ok := profileapi.AsProblem(err); ok && len(p.Faults) > 0 {
		for _, fault := range p.Faults {
			fmt.Fprintln(cmd.ErrOrStderr(), fault)
		}
	}
	if err != nil {
		return err
	}
	if result.StoreUnchecked {
		fmt.Fprintf(cmd.ErrOrStderr(), "note: the service was started without --shops and can not say whether there is a shop %q\n", c.Store)
	}
	fmt.Fprintf(out, "%d products, %d items, %d prices, %d offers, %d stock figures, %d pictures: %d changed, %d unchanged, %d deleted\n",
		len(c.Products), len(c.Items), len(c.Prices), len(c.Offers), len(c.Stock), len(c.pictures), result.Changed, result.Unchanged, result.Deleted)
	return nil
}

// readOffers reads a list of offers. An empty list is one.
func readOffers(path string) ([]profileapi.Offer, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read offers: %w", err)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(content, &list); err != nil {
		return nil, fmt.Errorf("read offers of %s: %w", path, err)
	}
	if list == nil {
		return nil, fmt.Errorf("read offers of %s: want a list, [] for no offers", path)
	}
	offers := make([]profileapi.Offer, len(list))
	var faults []error
	for i, text := range list {
		err := json.Unmarshal(text, &offers[i])
		name := fmt.Sprintf("%s: [%d]", path, i)
		if id := offers[i].ID; id != "" {
			name += fmt.Sprintf(" (offer %s)", id)
		}
		if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
			err = fmt.Errorf("%s: a %s is not what stands there; want %s", cmp.Or(wrong.Field, "the offer"), wrong.Value, wrong.Type)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
			continue
		}
		for _, word := range strangeWords(text) { // a word nobody knows is a discount nobody gets
			faults = append(faults, fmt.Errorf("%s: %q is no field of an offer", name, word))
		}
	}
	if len(faults) > 0 {
		faults = append(faults, fmt.Errorf("nothing was imported; an offer has the fields %s", strings.Join(offerFields(), ", ")))
	}
	return offers, errors.Join(faults...)
}

// strangeWords are the names in an offer that are no fields of one, in their order.
func strangeWords(offer []byte) []string {
	var said map[string]json.RawMessage
	if json.Unmarshal(offer, &said) != nil {
		return nil
	}
	var strange []string
	for word := range said {
		if !slices.ContainsFunc(offerFields(), func(field string) bool { return strings.EqualFold(field, word) }) {
			strange = append(strange, word)
		}
	}
	slices.Sort(strange)
	return strange
}

// offerFields are the names of an offer's fields.
func offerFields() []string {
	var names []string
	for field := range reflect.TypeFor[profileapi.Offer]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

func sendPictures(ctx context.Context, client *profileapi.Client, pictures map[string]string) error {
	for sum, path := range pictures {
		content, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("read picture: %w", err)
		}
		if err := client.PutPicture(ctx, sum, content); err != nil {
			return fmt.Errorf("send picture %s: %w", path, err)
		}
	}
	return nil
}
