package httpd

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"showroom/agent/customer"
	"showroom/agent/gs1"
	"showroom/agent/localapi"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// TagPath is the radio tag a request is about. It is exported because the library fills only exported parts of an input.
type TagPath struct {
	Tag string `path:"tag" doc:"id of the tag"`
}

type (
	enrolCommand struct{ Body localapi.EnrolCommand }
	tagCommand   struct {
		TagPath
		Body localapi.Command
	}
	returnCommand struct {
		TagPath
		Body localapi.ReturnCommand
	}
	garmentsCommand struct{ Body localapi.GarmentsCommand }
	tagReply        struct{ Body localapi.Tag }
	tagsReply       struct{ Body localapi.Tags }
	garmentsReply   struct{ Body localapi.GarmentsCounted }
)

func (s *Server) tagRoutes(api huma.API) {
	get(api, localapi.PathTags, "tags", "Every enrolled radio tag", s.getTags)
	post(api, localapi.PathTags, "enrol-tag", "Enrol a radio tag", s.postTag)
	post(api, localapi.PathTagHandOut, "hand-out-tag", "Hand a loan tag out", s.postHandOut)
	post(api, localapi.PathTagReturn, "return-tag", "Take a radio tag back", s.postReturn)
	post(api, localapi.PathGarmentsSold, "sold", "Garments belong to who bought them", s.postSold)
	post(api, localapi.PathGarmentsReturned, "returned", "Sold garments are the shop's again", s.postReturned)
}

func (s *Server) getTags(ctx context.Context, _ *nothing) (*tagsReply, error) {
	out := &tagsReply{Body: localapi.Tags{Tags: []localapi.Tag{}}}
	err := s.db.View(ctx, func(v *store.View) error {
		all, err := s.opt.Tags.List(v)
		for _, tag := range all {
			told := tagOf(tag)
			if tag.Kind == showroom.TagApp && !overSocket(ctx) {
				told.Label = "" // it may be a name
			}
			out.Body.Tags = append(out.Body.Tags, told)
		}
		return err
	})
	return out, refuse(s.log, err)
}

func tagOf(t customer.Listed) localapi.Tag {
	out := localapi.Tag{ID: string(t.ID), Kind: string(t.Kind), Label: t.Label, Since: t.Since.Wall, State: "away"}
	switch {
	case t.Lapsed():
		out.State = "lapsed"
	case t.Out():
		out.State = "out"
	}
	if !t.Zone.Place.IsZero() {
		out.Zone, out.ZoneName, out.ZoneSince = t.Zone.Place.ID, t.ZoneName, t.Zone.Since.Wall
	}
	return out
}

// forStaff refuses what makes somebody known: that is for those who may use the agent's socket, and people with a role have the staff
// page.
func (s *Server) forStaff(ctx context.Context) error {
	if overSocket(ctx) {
		return nil
	}
	return refuse(s.log, showroom.Errorf(showroom.CodeForbidden, "Tags are enrolled and handed out over the agent's own socket, or on the staff page."))
}

func (s *Server) postTag(ctx context.Context, in *enrolCommand) (*tagReply, error) {
	if err := s.forStaff(ctx); err != nil {
		return nil, err
	}
	b := in.Body
	tag, err := s.opt.Tags.Enrol(ctx, showroom.CommandID(b.ID), customer.Enrolment{
		Kind: showroom.TagKind(b.Kind), Label: b.Label, Identity: b.Identity, PutAway: b.PutAway,
	})
	return s.tag(tag, err)
}

func (s *Server) postHandOut(ctx context.Context, in *tagCommand) (*tagReply, error) {
	if err := s.forStaff(ctx); err != nil {
		return nil, err
	}
	return s.tag(s.opt.Tags.HandOut(ctx, showroom.CommandID(in.Body.ID), showroom.TagID(in.Tag)))
}

func (s *Server) postReturn(ctx context.Context, in *returnCommand) (*tagReply, error) {
	return s.tag(s.opt.Tags.Return(ctx, showroom.CommandID(in.Body.ID), showroom.TagID(in.Tag), in.Body.GiveUp))
}

func (s *Server) tag(tag showroom.RadioTag, err error) (*tagReply, error) {
	if err != nil {
		return nil, refuse(s.log, err)
	}
	return &tagReply{Body: tagOf(customer.Listed{RadioTag: tag})}, nil
}

func (s *Server) postSold(ctx context.Context, in *garmentsCommand) (*garmentsReply, error) {
	return s.garments(ctx, in, s.opt.Tags.Sold)
}

func (s *Server) postReturned(ctx context.Context, in *garmentsCommand) (*garmentsReply, error) {
	return s.garments(ctx, in, s.opt.Tags.Returned)
}

func (s *Server) garments(ctx context.Context, in *garmentsCommand,
	do func(context.Context, showroom.CommandID, []gs1.EPC) (customer.Counted, error)) (*garmentsReply, error) {
	tags := make([]gs1.EPC, len(in.Body.EPCs))
	for i, hex := range in.Body.EPCs {
		epc, err := gs1.ParseEPC(hex)
		if err != nil {
			return nil, refuse(s.log, showroom.Errorf(showroom.CodeInvalid, "Tag %d of %d is not an EPC in hexadecimal digits.", i+1, len(tags)))
		}
		tags[i] = epc
	}
	done, err := do(ctx, showroom.CommandID(in.Body.ID), tags)
	if err != nil {
		return nil, refuse(s.log, err)
	}
	return &garmentsReply{Body: localapi.GarmentsCounted(done)}, nil
}
