package main

import (
	"errors"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

func TestParseRule(t *testing.T) {
	for text, want := range map[string]string{
		"Signed Up":                     `signed_up`,
		" signed_up | invite-accepted ": `invite_accepted, signed_up`,
		"page":                          `page_viewed`, // as Segment calls it
		"a where b=c":                   `a where b = "c"`,
		"a where b = c and d>=1.50":     `a where b = "c" and d >= 1.5`,
		`a where b != "1"`:              `a where b != "1"`,
		"a where b = true":              `a where b = true`,
		"a where b = x<=y":              `a where b = "x<=y"`,
		"a where path = /p?q=1":         `a where path = "/p?q=1"`,
		"a where b < -2":                `a where b < -2`,
	} {
		if r, err := parseRule(text); err != nil || r.String() != want {
			t.Errorf("%q is %s, %v; want %s", text, r, err, want)
		}
	}
}

func TestParseGoals(t *testing.T) {
	goals, err := parseGoals("3 Report Created, report_shared where recipients > 2,2fa enabled")
	if err != nil || len(goals) != 3 {
		t.Fatal(goals, err)
	}
	for i, want := range []string{"3 report_created", "1 report_shared where recipients > 2", "1 2fa_enabled"} {
		if goals[i].String() != want {
			t.Errorf("%s, want %s", goals[i], want)
		}
	}
}

func TestDecode(t *testing.T) {
	e, err := decode([]byte(`{"type":"track","event":"Order Completed","messageId":"m","userId":"u","anonymousId":"a",
		"timestamp":"2026-03-02T10:00:00.5+01:00","originalTimestamp":"2026-03-02T08:00:00Z","receivedAt":"2026-03-02T09:00:01Z",
		"context":{"groupId":"g","campaign":{"name":"spring","source":"x","medium":"email"},"library":{"name":"js"}},
		"properties":{"total":12.30,"utm_source":"y"},"integrations":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"m","source":"segment","event":"order_completed","original_event":"Order Completed","time":"2026-03-02T09:00:00.5Z","recorded_time":"2026-03-02T09:00:01Z","user_id":"u","anonymous_id":"a","account_id":"g","props":{"total":12.3,"utm_campaign":"spring","utm_medium":"email","utm_source":"y"}}`
	if got, err := e.AppendJSON(nil); err != nil || string(got) != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
	for text, want := range map[string]string{
		`{"type":"page","name":"Home","category":"docs","anonymousId":"a","timestamp":"2026-03-02T10:00:00Z"}`:        "page_viewed name=Home",
		`{"type":"screen","name":"Home","anonymousId":"a","timestamp":"2026-03-02T10:00:00Z"}`:                        "page_viewed name=Home",
		`{"type":"identify","traits":{"name":"Ann"},"userId":"u","timestamp":"2026-03-02T10:00:00Z"}`:                 "identified name=Ann",
		`{"type":"group","traits":{"name":"Acme"},"groupId":"g","userId":"u","timestamp":"2026-03-02T10:00:00Z"}`:     "group name=Acme",
		`{"type":"alias","previousId":"v","properties":null,"userId":"u","originalTimestamp":"2026-03-02T10:00:00Z"}`: "aliased name=",
	} {
		e, err := decode([]byte(text))
		name, _ := e.Props.String("name")
		if got := e.Name + " name=" + name; err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", text, got, err, want)
		}
	}
	if _, err := decode([]byte("nonsense")); !errors.Is(err, event.Malformed) {
		t.Error(err)
	}
}

func TestPeople(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 3, 2, hour, 0, 0, 0, time.UTC) }
	alias := func(previous, user string, hour int) event.Event {
		return event.Event{Name: "aliased", UserID: user, Time: at(hour), Props: event.NewProps(event.Attr{Name: "previous_id", Value: event.StringValue(previous)})}
	}
	p := people{}
	for _, e := range []event.Event{
		{Name: "identified", AnonymousID: "shared", UserID: "late", Time: at(9)},
		{Name: "identified", AnonymousID: "shared", UserID: "early", Time: at(8)},
		{Name: "signed_up", AnonymousID: "same", UserID: "same", Time: at(8)},
		alias("v1", "v2", 8), alias("v2", "v3", 9),
		alias("circle", "round", 8), alias("round", "circle", 9),
	} {
		p.learn(&e)
	}
	for _, c := range []struct{ user, anonymous, want string }{
		{"", "shared", "early"},
		{"late", "shared", "late"}, // A user is no other for sharing a browser.
		{"", "stranger", "stranger"},
		{"same", "same", "same"},
		{"v1", "", "v3"},
		{"circle", "", "circle"}, // Eight steps round it, and there is an end.
	} {
		e := event.Event{UserID: c.user, AnonymousID: c.anonymous}
		p.join(&e)
		if got := e.Subject(event.User); got != c.want {
			t.Errorf("%q, %q is %q, want %q", c.user, c.anonymous, got, c.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"sign_up", "signed_up", 2}, {"abc", "abc", 0}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q is %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
