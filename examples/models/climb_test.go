package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlifecycle/lifecycle/stage"
)

// The numbers are those of testdata/count_mountain.py, which counts the raw file in Python:
//
//	python3 examples/models/testdata/count_mountain.py < examples/lifecycle/data/saas.jsonl
//
// Some are checked by eye with awk as well: of the 44 lines with subscription_started one
// comes twice, which leaves 43 accounts, and 23 more won a deal, together the 66 of onboard.
func TestMountainOfTheSample(t *testing.T) {
	m := sampleMountain(t)
	want := []level{
		{Stage: stage.Attract, Reached: 582, PassedOver: 64, ClimbedOn: 155, Stopped: 427, Rate: "26.6"},
		{Stage: stage.Convert, Reached: 219, NotAfter: 64, ClimbedOn: 66, Stopped: 153, Rate: "30.1"},
		{Stage: stage.Onboard, Reached: 66, ClimbedOn: 40, Skipped: 2, Stopped: 24, Left: 1, Rate: "60.6"},
		{Stage: stage.Retain, Reached: 40, PassedOver: 2, ClimbedOn: 31, Before: 1, Stopped: 8, Left: 1, Rate: "77.5"},
		{Stage: stage.Grow, Reached: 34, NotAfter: 3, Stopped: 34, Left: 6},
	}
	for i := range want {
		want[i].Rule = ruleText(want[i].Stage)
	}
	if diff := cmp.Diff(want, m.Levels); diff != "" {
		t.Errorf("levels (-want +got):\n%s", diff)
	}
	if want := (exitLevel{Rule: ruleText(stage.Exit), Reached: 8, Committed: 8, Rate: "12.1"}); m.Exit != want {
		t.Errorf("exit %+v", m.Exit)
	}
	if m.Customers != 646 || m.NoStage != 1 {
		t.Errorf("%d customers, %d at no stage", m.Customers, m.NoStage)
	}
	var paths []string
	for _, p := range m.Paths {
		paths = append(paths, fmt.Sprint(p.Customers, " ", joined(p.Stages), " / ", joined(p.Gaps)))
	}
	wantPaths := []string{
		"427 attract / ",
		"112 attract, convert / ",
		"41 convert / attract",
		"26 attract, convert, onboard, retain, grow / ",
		"23 convert, onboard / attract",
		"7 attract, convert, onboard, retain / ",
		"6 attract, convert, onboard, retain, grow, exit / ",
		"2 attract, convert, onboard, grow / retain",
		"1 attract, convert, onboard, retain, exit / ",
		"1 attract, convert, onboard, exit / ",
	}
	if diff := cmp.Diff(wantPaths, paths); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
	if m.Log.Duplicates != 107 || m.Log.Tests != 50 || m.Log.Refused != 0 || m.Log.Events != 5737 {
		t.Errorf("%+v", m.Log)
	}
}

func TestMountainReports(t *testing.T) {
	for format, name := range map[string]string{"text": "mountain.txt.golden", "markdown": "mountain.md.golden", "json": "mountain.json.golden"} {
		golden(t, name, show(t, "-mountain", filepath.Join(t.TempDir(), "m.svg"), "-format", format))
	}
}

// numbersOf draws the mountain of a log and returns its numbers.
func numbersOf(t *testing.T, lines []string) mountain {
	t.Helper()
	file := write(t, "log.jsonl", strings.Join(lines, "\n"))
	var m mountain
	if err := json.Unmarshal([]byte(show(t, "-format", "json", "-mountain", filepath.Join(t.TempDir(), "m.svg"), "-file", file)), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func sampleMountain(t *testing.T) mountain {
	t.Helper()
	var m mountain
	if err := json.Unmarshal([]byte(show(t, "-format", "json", "-mountain", filepath.Join(t.TempDir(), "m.svg"))), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// happening is one line of a log: an event of an account on a day of 2026.
func happening(day int, account, event, props string) string {
	return fmt.Sprintf(`{"event":%q,"time":"2026-01-%02dT00:00:00Z","account_id":%q,"props":{%s}}`, event, day, account, props)
}

const (
	monthly = `"subscription_id":"s1","currency":"EUR","items":[{"item_id":"i","amount":1000,"interval":"month"}]`
	more    = `"subscription_id":"s1","currency":"EUR","items":[{"item_id":"i","amount":1001,"interval":"month"}]`
	dollars = `"subscription_id":"s1","currency":"USD","items":[{"item_id":"i","amount":9000,"interval":"month"}]`
	yearly  = `"subscription_id":"s1","currency":"EUR","items":[{"item_id":"i","amount":12000,"interval":"year"}]`
	yearly1 = `"subscription_id":"s1","currency":"EUR","items":[{"item_id":"i","amount":12001,"interval":"year"}]`
	seats   = `"subscription_id":"s1","currency":"EUR","items":[{"item_id":"i","amount":600,"interval":"month","quantity":2}]`
	weekly  = `"subscription_id":"s1","currency":"EUR","items":[{"item_id":"i","amount":9000,"interval":"week"}]`
	metered = `"subscription_id":"s1","currency":"EUR","items":[{"item_id":"i","amount":1000,"interval":"month"},{"item_id":"j","amount":50,"interval":"month","kind":"metered"}]`
	second  = `"subscription_id":"s2","currency":"EUR","items":[{"item_id":"i","amount":1000,"interval":"month"}]`
	gone    = `"subscription_id":"s1"`
	order   = `"order_id":"o1","amount":100,"currency":"EUR"`
	order2  = `"order_id":"o2","amount":100,"currency":"EUR"`
	paid    = `"amount":100,"currency":"EUR"`
	trial   = `"plan":"pro","trial_end":"2026-02-01T00:00:00Z"`
	deal    = `"stage":"closed","opportunity_id":"d"`
)

func TestRules(t *testing.T) {
	type e struct{ event, props string }
	tests := []struct {
		name   string
		events []e // on consecutive days
		stages string
	}{
		{"visit", []e{{"page_viewed", `"path":"/"`}}, "attract"},
		{"lead", []e{{"lead_generated", ""}, {"lead_qualified", ""}}, "attract, convert"},
		{"sign-up", []e{{"signed_up", ""}}, "convert"},
		{"order", []e{{"order_completed", order}}, "onboard"},
		{"order and its payment", []e{{"payment_succeeded", paid}, {"order_completed", order}}, "onboard"},
		{"repeat order", []e{{"order_completed", order}, {"order_completed", order2}}, "onboard, grow"},
		{"order beside a subscription", []e{{"subscription_started", monthly}, {"order_completed", order}}, "onboard, grow"},
		{"order after a deal", []e{{"opportunity_closed", deal + `,"won":true`}, {"order_completed", order}}, "onboard, grow"},
		{"deal lost", []e{{"opportunity_created", deal}, {"opportunity_closed", deal + `,"won":false`}}, "convert"},
		{"deal closed somehow", []e{{"opportunity_closed", deal}}, ""},
		{"active in the trial", []e{{"trial_started", trial}, {"activated", ""}}, "convert"},
		{"active, then customer", []e{{"activated", ""}, {"payment_succeeded", paid}}, "onboard, retain"},
		{"customer, then active", []e{{"payment_succeeded", paid}, {"activated", ""}}, "onboard, retain"},
		{"renewal", []e{{"subscription_renewed", gone}}, "retain"},
		{"referral of a customer", []e{{"payment_succeeded", paid}, {"referral_sent", `"referrer_id":"u"`}}, "onboard, grow"},
		{"referral before", []e{{"referral_sent", `"referrer_id":"u"`}, {"payment_succeeded", paid}}, "onboard"},
		{"referral brought somebody", []e{{"payment_succeeded", paid}, {"referral_converted", `"referrer_id":"u"`}}, "onboard"},
		{"higher price", []e{{"subscription_started", monthly}, {"subscription_updated", more}}, "onboard, grow"},
		{"same price", []e{{"subscription_started", monthly}, {"subscription_updated", monthly}}, "onboard"},
		{"lower price", []e{{"subscription_started", more}, {"subscription_updated", monthly}}, "onboard"},
		{"down and up again", []e{{"subscription_started", more}, {"subscription_updated", monthly}, {"subscription_updated", more}}, "onboard, grow"},
		{"the year at the same price", []e{{"subscription_started", monthly}, {"subscription_updated", yearly}}, "onboard"},
		{"the year at a higher price", []e{{"subscription_started", monthly}, {"subscription_updated", yearly1}}, "onboard, grow"},
		{"two seats", []e{{"subscription_started", monthly}, {"subscription_updated", seats}}, "onboard, grow"},
		{"weeks are no months", []e{{"subscription_started", monthly}, {"subscription_updated", weekly}}, "onboard"},
		{"another currency", []e{{"subscription_started", monthly}, {"subscription_updated", dollars}}, "onboard"},
		{"metered item", []e{{"subscription_started", monthly}, {"subscription_updated", metered}}, "onboard"},
		{"price before not known", []e{{"subscription_updated", more}}, ""},
		{"cancelled", []e{{"subscription_started", monthly}, {"subscription_cancelled", gone}}, "onboard, exit"},
		{"one of two cancelled", []e{{"subscription_started", monthly}, {"subscription_started", second}, {"subscription_cancelled", gone}}, "onboard"},
		{"cancelled only", []e{{"subscription_cancelled", gone}}, "exit"},
		{"notice", []e{{"subscription_started", monthly}, {"subscription_cancellation_requested", gone}}, "onboard"},
		{"customer deleted", []e{{"payment_succeeded", paid}, {"account_deleted", ""}}, "onboard, exit"},
		{"trial deleted", []e{{"trial_started", trial}, {"account_deleted", ""}}, "convert"},
		{"other events", []e{{"ticket_created", `"ticket_id":"t"`}, {"something_else", ""}}, ""},
	}
	for _, test := range tests {
		var lines []string
		for i, e := range test.events {
			lines = append(lines, happening(1+i, "a", e.event, e.props))
		}
		m := numbersOf(t, lines)
		got := ""
		if len(m.Paths) > 0 {
			got = joined(m.Paths[0].Stages)
		}
		if got != test.stages || len(m.Paths) > 1 || m.NoStage != (map[bool]int{true: 1})[test.stages == ""] {
			t.Errorf("%s: %q, want %q; %d at no stage", test.name, got, test.stages, m.NoStage)
		}
	}
}

// Four people: one climbs all steps, one skips the second, one falls back, one stays below.
// Of the two in the second, one was later in the third: a half, although two of two were
// ever in each.
func TestRateIsNoQuotientOfReached(t *testing.T) {
	m := numbersOf(t, []string{
		happening(1, "a", "page_viewed", `"path":"/"`), happening(2, "a", "trial_started", trial), happening(3, "a", "payment_succeeded", paid), happening(4, "a", "activated", ""),
		happening(1, "b", "page_viewed", `"path":"/"`), happening(3, "b", "payment_succeeded", paid), happening(4, "b", "activated", ""),
		happening(1, "c", "page_viewed", `"path":"/"`), happening(2, "c", "trial_started", trial), happening(8, "c", "page_viewed", `"path":"/"`),
		happening(1, "d", "page_viewed", `"path":"/"`),
	})
	want := []level{
		{Stage: stage.Attract, Reached: 4, ClimbedOn: 2, Skipped: 1, Stopped: 1, Rate: "50.0"},
		{Stage: stage.Convert, Reached: 2, PassedOver: 1, ClimbedOn: 1, Stopped: 1, Rate: "50.0"},
		{Stage: stage.Onboard, Reached: 2, NotAfter: 1, ClimbedOn: 2, Rate: "100.0"},
		{Stage: stage.Retain, Reached: 2, Stopped: 2, Rate: "0.0"},
		{Stage: stage.Grow},
	}
	for i := range want {
		want[i].Rule = ruleText(want[i].Stage)
	}
	if diff := cmp.Diff(want, m.Levels); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if m.Exit.Rate != "0.0" {
		t.Errorf("exit %+v", m.Exit)
	}
}

// A stage counts as climbed on to when the customer was there at the same time or later,
// also if they had been there before as well.
func TestOrderInTime(t *testing.T) {
	try, view := func(day int) string { return happening(day, "a", "trial_started", trial) }, happening(5, "a", "page_viewed", `"path":"/"`)
	tests := []struct {
		name                        string
		lines                       []string
		climbedOn, before, notAfter int
	}{
		{"later", []string{view, try(6)}, 1, 0, 0},
		{"at the same time", []string{view, try(5)}, 1, 0, 0},
		{"before", []string{view, try(4)}, 0, 1, 1},
		{"before and later", []string{view, try(4), try(6)}, 1, 0, 0},
	}
	for _, test := range tests {
		m := numbersOf(t, test.lines)
		if l := m.Levels[0]; l.ClimbedOn != test.climbedOn || l.Before != test.before || m.Levels[1].NotAfter != test.notAfter {
			t.Errorf("%s: %+v", test.name, l)
		}
	}
}

func TestWhoIsACustomer(t *testing.T) {
	line := func(day int, event, ids, rest string) string {
		return fmt.Sprintf(`{"event":%q,"time":"2026-01-%02dT00:00:00Z",%s%s}`, event, day, ids, rest)
	}
	visit := func(day int, visitor string) string {
		return line(day, "page_viewed", `"anonymous_id":"`+visitor+`"`, `,"props":{"path":"/"}`)
	}
	tests := []struct {
		name      string
		lines     []string
		customers int
		attract   int // reached
		climbedOn int
	}{
		{"two visitors", []string{visit(1, "v"), visit(1, "w")}, 2, 2, 0},
		{"visitor of an account", []string{visit(1, "v"), line(2, "trial_started", `"anonymous_id":"v","account_id":"a"`, `,"props":{`+trial+`}`)}, 1, 1, 1},
		{"by way of a user", []string{
			visit(1, "v"), line(2, "signed_up", `"anonymous_id":"v","user_id":"u"`, ""),
			line(3, "identified", `"user_id":"u","account_id":"a"`, ""), line(4, "trial_started", `"account_id":"a"`, `,"props":{`+trial+`}`),
		}, 1, 1, 1},
		{"the first account counts", []string{
			visit(1, "v"), line(2, "trial_started", `"anonymous_id":"v","account_id":"a"`, `,"props":{`+trial+`}`), line(3, "trial_started", `"anonymous_id":"v","account_id":"b"`, `,"props":{`+trial+`}`),
		}, 2, 1, 1},
		{"same id of another kind", []string{visit(1, "x"), line(2, "trial_started", `"user_id":"x"`, `,"props":{`+trial+`}`), line(2, "trial_started", `"account_id":"x"`, `,"props":{`+trial+`}`)}, 3, 1, 0},
		{"two users of an account", []string{
			line(1, "trial_started", `"user_id":"u","account_id":"a"`, `,"props":{`+trial+`}`), line(2, "trial_started", `"user_id":"w","account_id":"a"`, `,"props":{`+trial+`}`),
		}, 1, 0, 0},
	}
	for _, test := range tests {
		m := numbersOf(t, test.lines)
		if l := m.Levels[0]; m.Customers != test.customers || l.Reached != test.attract || l.ClimbedOn != test.climbedOn {
			t.Errorf("%s: %d customers, %+v", test.name, m.Customers, l)
		}
	}
}

func TestWhatIsNotCounted(t *testing.T) {
	view := `{"id":"1","event":"page_viewed","time":"2026-01-01T00:00:00Z","user_id":"u","props":{"path":"/"}}`
	file := write(t, "log.jsonl", "\xef\xbb\xbf"+strings.Join([]string{
		view, view, "", "nonsense", `{"event":"page_viewed"}`, `{"event":"page_viewed","user_id":"u"}`,
		`{"event":"Subscription Cancelled","time":"2026-01-01T12:00:00Z","effective_time":"2026-01-02T00:00:01Z","account_id":"a","props":{"subscription_id":"s"}}`,
		`{"event":"ticket_created","time":"2026-01-02T00:00:00Z","user_id":"u","props":{"ticket_id":"t"}}`,
		`{"event":"trial_started","time":"2026-01-03T00:00:00Z","user_id":"u","test":true,"props":{` + trial + `}}`,
	}, "\n"))
	out, messages, status := call(t, "-format", "json", "-mountain", filepath.Join(t.TempDir(), "m.svg"), "-file", file)
	if status != exitOK {
		t.Fatal(messages)
	}
	var m mountain
	if err := json.Unmarshal([]byte(out), &m); err != nil {
		t.Fatal(err)
	}
	want := logLine{Name: file, From: "2026-01-01", Through: "2026-01-02", Events: 2, Duplicates: 1, Tests: 1, Pending: 1, Refused: 3}
	if m.Log != want || m.Customers != 1 || m.Exit.Reached != 0 {
		t.Errorf("%+v", m)
	}
	for _, says := range []string{":4: ", ":5: ", "of 8 left out"} {
		if !strings.Contains(messages, says) {
			t.Errorf("%q does not say %q", messages, says)
		}
	}
}

// The parts of each number add up, and the order of the lines does not matter.
func TestNumbersAddUp(t *testing.T) {
	kinds := [][2]string{
		{"page_viewed", `"path":"/"`}, {"trial_started", trial}, {"product_added", `"product_id":"p"`}, {"payment_succeeded", paid}, {"order_completed", order},
		{"activated", ""}, {"referral_sent", `"referrer_id":"u"`}, {"subscription_started", monthly}, {"subscription_updated", more},
		{"subscription_cancelled", gone}, {"ticket_created", `"ticket_id":"t"`},
	}
	seen := level{}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		var lines []string
		for i := range 1 + r.IntN(120) {
			k := kinds[r.IntN(len(kinds))]
			line := happening(1+r.IntN(28), fmt.Sprint("a", r.IntN(30)), k[0], k[1])
			lines = append(lines, fmt.Sprintf(`{"id":"%d",`, i)+line[1:])
		}
		m := numbersOf(t, lines)
		stopped, left := 0, m.Exit.Unseen
		for i, l := range m.Levels {
			if l.Reached != l.ClimbedOn+l.Skipped+l.Before+l.Stopped || l.Left > l.Stopped {
				t.Errorf("seed %d: %+v", seed, l)
			}
			if i > 0 && l.Reached != l.NotAfter+m.Levels[i-1].ClimbedOn {
				t.Errorf("seed %d: %+v after %+v", seed, l, m.Levels[i-1])
			}
			// Whoever is as high or higher was there or passed over it.
			if higher := m.Customers - stopped; l.Reached+l.PassedOver != higher {
				t.Errorf("seed %d: %d as high as %s, of whom %+v", seed, higher, l.Stage, l)
			}
			stopped, left = stopped+l.Stopped, left+l.Left
			seen.Skipped, seen.Before, seen.Left, seen.NotAfter = seen.Skipped+l.Skipped, seen.Before+l.Before, seen.Left+l.Left, seen.NotAfter+l.NotAfter
		}
		paths := 0
		for _, p := range m.Paths {
			paths += p.Customers
		}
		if stopped != m.Customers || left != m.Exit.Reached || paths != m.Customers+m.Exit.Unseen {
			t.Errorf("seed %d: %d stopped and %d on paths of %d; %d of %d left", seed, stopped, paths, m.Customers, left, m.Exit.Reached)
		}
		r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		again := numbersOf(t, lines)
		again.Log.Name = m.Log.Name
		if diff := cmp.Diff(m, again); diff != "" {
			t.Errorf("seed %d: in another order (-before +after):\n%s", seed, diff)
		}
	}
	if seen.Skipped == 0 || seen.Before == 0 || seen.Left == 0 || seen.NotAfter == 0 {
		t.Errorf("the logs leave cases out: %+v", seen)
	}
}

func TestPercent(t *testing.T) {
	tests := []struct {
		part, whole int
		want        string
	}{
		{0, 0, ""}, {0, 3, "0.0"}, {1, 3, "33.3"}, {2, 3, "66.7"}, {1, 2000, "0.1"}, {1, 2001, "0.0"}, {3, 3, "100.0"},
		{3, 2000, "0.2"}, {1 << 50, 1 << 51, "50.0"},
	}
	for _, test := range tests {
		if got := percent(test.part, test.whole); got != test.want {
			t.Errorf("percent(%d, %d) = %q, want %q", test.part, test.whole, got, test.want)
		}
	}
}

func TestShort(t *testing.T) {
	for n, want := range map[int]string{
		0: "0", 999: "999", 1000: "1,000", 99_999: "99,999", 100_000: "100k", 999_999: "999k", 1_000_000: "1.0M",
		1_999_999: "1.9M", 99_999_999: "99.9M", 100_000_000: "100M", 7_654_321_000: "7,654M",
	} {
		if got := short(n); got != want {
			t.Errorf("short(%d) = %q, want %q", n, got, want)
		}
	}
}
