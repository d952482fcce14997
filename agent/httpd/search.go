package httpd

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"showroom/agent/lang"
	"showroom/agent/localapi"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

type (
	searchQuery struct {
		KioskPath
		Query string `query:"q" maxLength:"200" doc:"what has been typed so far"`
	}
	foundReply struct{ Body localapi.Found }
)

func (s *Server) searchRoutes(api huma.API) {
	get(api, localapi.PathSearch, "search", "Items that are found by what has been typed so far", s.getSearch)
}

func (s *Server) getSearch(ctx context.Context, in *searchQuery) (*foundReply, error) {
	k, err := s.sessions.Kiosk(showroom.KioskID(in.Kiosk))
	if err != nil {
		return nil, refuse(s.log, err)
	}
	out := &foundReply{Body: localapi.Found{Query: in.Query, Items: []localapi.BasketLine{}}}
	var found []showroom.Found
	err = s.db.View(ctx, func(v *store.View) error {
		language, err := s.sessions.Language(v, k)
		if err != nil {
			return err
		}
		found, err = v.Search(in.Query, lang.Tag(language), s.sessions.Now().Wall)
		if err != nil {
			return err
		}
		for _, f := range found {
			line := foundLine(f)
			if s.opt.Checkout != nil {
				if line.Notice, err = s.desks().Foretell(v, f); err != nil {
					return err
				}
			}
			out.Body.Items = append(out.Body.Items, line)
		}
		return nil
	})
	if err == nil && s.opt.Checkout != nil {
		s.desks().Show(k.ID, found)
	}
	return out, refuse(s.log, err)
}

// foundLine is the line that one piece of an item would be.
func foundLine(f showroom.Found) localapi.BasketLine {
	price := localapi.Money{Minor: f.Price.Minor, Currency: string(f.Price.Currency)}
	line := localapi.BasketLine{
		GTIN: string(f.GTIN), Name: f.Name, Size: f.Size, Colour: f.Colour, Picture: f.Picture,
		Quantity: 1, Unit: price, Gross: price, Due: price,
	}
	if line.Name == "" {
		line.Name = line.GTIN
	}
	if f.LowestPrior.Minor > f.Price.Minor {
		line.Was = &localapi.Money{Minor: f.LowestPrior.Minor, Currency: price.Currency}
	}
	return line
}
