package main

import "github.com/openlifecycle/lifecycle/metric/event"

// identities finds the customer whom an event belongs to: an account, or else a user or a
// visitor that no event names together with an account.
type identities map[identity]identity

// identity is an id of one kind.
type identity struct {
	kind byte // 'a'ccount, 'u'ser or 'v'isitor; 0 for nobody
	id   string
}

// newIdentities links visitors to users and accounts, and users to accounts, each to the
// first that an event names together with them.
func newIdentities(events []event.Event) identities {
	ids := identities{}
	link := func(from, to identity) bool {
		if from.id == "" || to.id == "" {
			return false
		}
		if _, linked := ids[from]; !linked {
			ids[from] = to
		}
		return true
	}
	for i := range events {
		account, user, visitor := identitiesOf(&events[i])
		link(user, account)
		if !link(visitor, account) {
			link(visitor, user)
		}
	}
	return ids
}

func identitiesOf(e *event.Event) (account, user, visitor identity) {
	return identity{'a', e.AccountID}, identity{'u', e.UserID}, identity{'v', e.AnonymousID}
}

// customer returns whom an event belongs to, false if to nobody.
func (ids identities) customer(e *event.Event) (identity, bool) {
	account, user, visitor := identitiesOf(e)
	for _, who := range []identity{account, user, visitor} {
		if who.id == "" {
			continue
		}
		// A visitor leads to a user and a user to an account, so this ends.
		for next, linked := ids[who]; linked; next, linked = ids[who] {
			who = next
		}
		return who, true
	}
	return identity{}, false
}
