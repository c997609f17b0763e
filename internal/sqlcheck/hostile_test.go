package sqlcheck

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// writeHostileLog writes a log of everything that the shipped one is too tidy for: copies
// with another content, many events at one instant and on the border of two periods,
// times of effect before and after, objects that end twice or before they begin, and
// attributes that are absent wherever they may be. Amounts are of a currency with three
// decimals. It is drawn from a fixed seed.
func writeHostileLog(t *testing.T) string {
	t.Helper()
	h := hostile{rand.New(rand.NewPCG(2, 5))}
	var lines [][]byte
	put := func(event map[string]any) {
		line, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	for i := range 12_000 {
		event := h.event()
		event["source"], event["id"] = []string{"", "app"}[i%2], fmt.Sprintf("e%d", i/2) // unique within the source only
		put(event)
		for copies := 1; h.IntN(10) == 0; copies++ {
			if h.IntN(3) == 0 { // With another content: the earlier one counts.
				event["time"], event["seq"] = h.time(), 10+copies
				event["props"] = h.props(event["event"].(string))
			}
			put(event)
		}
	}
	h.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	file := filepath.Join(t.TempDir(), "hostile.jsonl")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		if _, err := out.Write(append(line, '\n')); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

const hostileCurrency = "KWD"

// hostile draws events.
type hostile struct{ *rand.Rand }

func (h hostile) oneOf(choices ...string) string { return choices[h.IntN(len(choices))] }

// time returns a full hour of the first four months of 2024, and often the instant at which
// a month begins or the last one before it.
func (h hostile) time() string {
	at := time.Date(2024, 1, 1, h.IntN(121*24), 0, 0, 0, time.UTC)
	if h.IntN(3) == 0 {
		at = time.Date(2024, time.Month(1+h.IntN(5)), 1, 0, 0, 0, h.IntN(2)-1, time.UTC)
	}
	if at.Year() < 2024 {
		at = at.Add(time.Nanosecond)
	}
	return at.Format(time.RFC3339Nano)
}

// event returns an event without its id.
func (h hostile) event() map[string]any {
	name := h.oneOf(
		"ad_spend_recorded", "brochure_downloaded", "payment_succeeded", "payment_failed", "payment_failed", "payment_recovered",
		"subscription_started", "subscription_cancellation_requested", "subscription_cancelled",
		"email_sent", "email_sent", "email_sent", "email_bounced", "email_opened", "email_link_clicked", "unsubscribed",
		"signed_up", "activated", "onboarding_started", "onboarding_completed", "invite_sent", "order_completed", "order_refunded", "product_added", "account_created",
		"referral_sent", "referral_converted", "opportunity_created", "opportunity_closed",
		"ticket_created", "ticket_escalated", "ticket_replied", "ticket_solved",
		"survey_requested", "survey_answered", "survey_answered", "survey_answered", "trial_started", "trial_ended",
		"session_ended", "page_viewed", "something_else",
	)
	event := map[string]any{"event": name, "time": h.time(), "account_id": h.name("a", 60)}
	props := h.props(name)
	event["props"] = props
	h.maybe(event, "user_id", h.name("u", 40))
	h.maybe(event, "anonymous_id", h.name("v", 90))
	h.maybe(event, "seq", h.IntN(3))
	h.maybe(props, "region", h.oneOf("north", "south", "(none)", "ÅÄÖ"))
	if h.IntN(8) == 0 {
		event["recorded_time"] = h.time()
	}
	if h.IntN(8) == 0 {
		event["effective_time"] = h.time()
	}
	if h.IntN(12) == 0 {
		event["test"] = true
	}
	return event
}

func (h hostile) name(prefix string, n int) string { return fmt.Sprintf("%s%d", prefix, h.IntN(n)) }

// maybe sets a field in three cases of four.
func (h hostile) maybe(fields map[string]any, name string, value any) {
	if h.IntN(4) > 0 {
		fields[name] = value
	}
}

// props returns the attributes of an event: all those that it needs and some of those
// that it may have.
func (h hostile) props(name string) map[string]any {
	p := map[string]any{}
	money := func() { p["amount"], p["currency"] = h.IntN(100_000)*h.IntN(3), hostileCurrency }
	flag := func(name string) { h.maybe(p, name, h.IntN(2) == 0) }
	switch name {
	case "ad_spend_recorded":
		money()
		p["channel"], p["period_start"], p["period_end"] = "search", "2024-01-01T00:00:00Z", "2024-01-08T00:00:00Z"
		h.maybe(p, "impressions", h.IntN(1000))
		h.maybe(p, "clicks", h.IntN(50))
	case "payment_succeeded", "payment_failed", "payment_recovered":
		money()
		h.maybe(p, "invoice_id", h.name("inv", 80))
		h.maybe(p, "attempt", max(1, h.IntN(4)))
	case "subscription_started":
		p["subscription_id"], p["currency"] = h.name("sub", 300), hostileCurrency
		p["items"] = []map[string]any{{"item_id": "seat", "plan": "team", "amount": 2500, "interval": "month"}}
	case "subscription_cancellation_requested", "subscription_cancelled":
		p["subscription_id"] = h.name("sub", 300)
		flag("voluntary")
	case "email_sent", "email_bounced", "email_opened", "email_link_clicked", "unsubscribed":
		p["message_id"] = h.name("m", 200)
		if name == "email_bounced" {
			p["bounce_type"] = h.oneOf("hard", "soft", "block", "other")
		}
		if name == "email_opened" || name == "email_link_clicked" {
			flag("machine")
		}
	case "order_completed":
		money()
		p["order_id"] = h.name("o", 300)
		h.maybe(p, "quantity", h.IntN(5))
		h.maybe(p, "cart_id", h.name("cart", 100))
	case "order_refunded":
		money()
		p["order_id"] = h.name("o", 100)
	case "product_added":
		p["product_id"] = h.name("p", 9)
		h.maybe(p, "cart_id", h.name("cart", 200))
	case "opportunity_created", "opportunity_closed":
		p["stage"] = h.oneOf("talk", "offer")
		h.maybe(p, "opportunity_id", h.name("opp", 120))
		if name == "opportunity_closed" {
			flag("won")
		}
		if h.IntN(4) > 0 {
			money()
		}
	case "ticket_created", "ticket_escalated", "ticket_solved":
		p["ticket_id"] = h.name("t", 300)
	case "ticket_replied":
		p["ticket_id"], p["author"], p["public"] = h.name("t", 300), h.oneOf("agent", "agent", "bot", "customer"), h.IntN(3) > 0
	case "survey_requested":
		p["survey_id"] = "s"
		h.maybe(p, "response_id", h.name("r", 200))
	case "survey_answered":
		p["survey_id"], p["type"] = "s", h.oneOf("nps", "csat", "ces")
		score := h.oneOf("-1", "0", "0.99", "1", "3.99", "4", "4.5", "5", "5.01", "6", "6.0", "6.5", "7", "7.01", "8.99", "9", "9.5", "10", "10.01", "11")
		p["score"] = json.Number(score)
		h.maybe(p, "response_id", h.name("r", 200))
		// A mark beyond a bound that is stated would be refused.
		value, _ := strconv.ParseFloat(score, 64)
		if low := min(h.IntN(4), 1); value >= float64(low) {
			h.maybe(p, "scale_min", low)
		}
		if high := []int{5, 7, 10}[h.IntN(3)]; value <= float64(high) {
			h.maybe(p, "scale_max", high)
		}
	case "trial_started":
		p["plan"], p["trial_end"] = "team", h.time()
	case "trial_ended":
		flag("converted")
	case "session_ended":
		flag("engaged")
		h.maybe(p, "page_views", h.IntN(4))
	}
	return p
}
