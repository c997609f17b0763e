package main

import (
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// people says which users the ids of visitors, and the former ids of users, belong to.
type people map[string]link

type link struct {
	user string
	at   time.Time
}

// maxLinks bounds how many ids in a row are followed, so that a circle has an end.
const maxLinks = 8

// learn takes note of an event with two ids.
func (p people) learn(e *event.Event) {
	if e.UserID == "" {
		return
	}
	p.add(e.AnonymousID, e)
	if e.Name == "aliased" {
		previous, _ := e.Props.String("previous_id")
		p.add(previous, e)
	}
}

// add keeps the earliest user of an id.
func (p people) add(id string, e *event.Event) {
	if id == "" || id == e.UserID {
		return
	}
	if known, ok := p[id]; !ok || e.Time.Before(known.at) {
		p[id] = link{e.UserID, e.Time}
	}
}

// join gives an event to the user that it is of, if one is known. The rest stays with its
// anonymous id.
func (p people) join(e *event.Event) {
	id := e.Subject(event.User)
	for range maxLinks {
		known, ok := p[id]
		if !ok {
			return
		}
		id, e.UserID = known.user, known.user
	}
}
