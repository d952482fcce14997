package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"showroom/agent/lang"
	"showroom/agent/localapi"
	"showroom/scripts/shop"
)

// tell follows the agent's stream and says what has become different, until ctx ends. A lost agent is followed again.
func tell(ctx context.Context, s *shop.Shop, language lang.Tag) {
	var before []localapi.Room
	floor := floor{shop: s, language: language}
	for ctx.Err() == nil {
		err := follow(ctx, s, func() {
			now, err := rooms(ctx, s)
			if err != nil {
				return // the agent is away; the stream will notice
			}
			for _, line := range differences(before, now) {
				say("%s", line)
			}
			before = now
			for _, line := range floor.look(ctx) {
				say("%s", line)
			}
		})
		if ctx.Err() == nil && err != nil {
			say("the agent can not be followed (%v); trying again", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// follow calls changed after every event of the stream.
func follow(ctx context.Context, s *shop.Shop, changed func()) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Agent+localapi.PathStream, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "event:") {
			changed()
		}
	}
	return lines.Err()
}

func rooms(ctx context.Context, s *shop.Shop) ([]localapi.Room, error) {
	var out localapi.Rooms
	err := getJSON(ctx, s.Agent+localapi.PathRooms+"?language=en", &out)
	return out.Rooms, err
}

func getJSON(ctx context.Context, url string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, r.Status)
	}
	return json.NewDecoder(r.Body).Decode(into)
}

// differences tells in words what changed between two looks at the rooms.
func differences(before, now []localapi.Room) []string {
	var story []string
	old := map[string]localapi.Room{}
	for _, r := range before {
		old[r.ID] = r
	}
	for _, r := range now {
		was, known := old[r.ID]
		if !known {
			was = localapi.Room{Reader: r.Reader}
		}
		for _, line := range room(was, r) {
			story = append(story, fmt.Sprintf("fitting room %s: %s", r.ID, line))
		}
	}
	return story
}

func room(was, now localapi.Room) (story []string) {
	add := func(format string, args ...any) { story = append(story, fmt.Sprintf(format, args...)) }
	if was.Reader.Faulty() != now.Reader.Faulty() {
		if now.Reader.Faulty() {
			add("reader fault (%s); what hangs there stays shown", strings.TrimSpace(now.Reader.State+" "+now.Reader.Reason))
		} else {
			add("the reader is up")
		}
	}
	hung, hangs := pieces(was), pieces(now)
	for _, g := range now.Garments {
		if _, there := hung[g.EPC]; !there {
			add("%s arrived", hangs[g.EPC])
		}
	}
	if was.Visit != now.Visit && now.Visit != "" {
		add("somebody is there")
	}
	if now.LeftBehind > was.LeftBehind {
		add("left on the hook: %d", now.LeftBehind)
	}
	if now.Unknown > was.Unknown {
		add("a tag of the shop that the catalogue does not know")
	}
	story = append(story, requests(was, now)...)
	for _, g := range was.Garments {
		if _, there := hangs[g.EPC]; !there && now.LeftBehind <= was.LeftBehind {
			add("%s left", hung[g.EPC])
		}
	}
	if now.Called && !was.Called {
		add("an associate is called")
	}
	if was.Visit != now.Visit && was.Visit != "" {
		add("the visit is over")
	}
	return story
}

func requests(was, now localapi.Room) (story []string) {
	stood := map[string]string{}
	for _, r := range was.Requests {
		stood[r.ID] = r.State
	}
	words := map[string]string{
		"waiting": "would like %s when it is free", "requested": "asks for %s", "accepted": "%s is being fetched",
		"on_the_way": "%s is on the way", "delivered": "%s was brought", "unavailable": "%s is not to be found", "cancelled": "%s is not wanted any more",
	}
	for _, r := range now.Requests {
		if stood[r.ID] == r.State || words[r.State] == "" {
			continue
		}
		line := fmt.Sprintf(words[r.State], strings.TrimSpace(r.Product+" "+r.Size))
		if r.By != "" {
			line += " by " + r.By
		}
		story = append(story, line)
	}
	return story
}

// pieces names the garments of a room, by tag.
func pieces(r localapi.Room) map[string]string {
	names := map[string]string{}
	for _, g := range r.Garments {
		name := g.Product.Name
		for _, v := range g.Product.Variants {
			if v.GTIN == g.GTIN && v.Size != "" {
				name += " " + v.Size
			}
		}
		names[g.EPC] = name
	}
	return names
}
