package event_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/openlifecycle/lifecycle/metric/event"
)

var sources = map[string]event.Aliases{
	"segment": event.Segment(), "ga4": event.GA4(), "posthog": event.PostHog(), "snowplow": event.Snowplow(),
	"stripe": event.Stripe(), "revenuecat": event.RevenueCat(), "chartmogul": event.ChartMogul(),
	"zendesk": event.Zendesk(), "sendgrid": event.SendGrid(), "mailgun": event.Mailgun(), "otel": event.OpenTelemetry(),
}

func TestAliasTables(t *testing.T) {
	for source, aliases := range sources {
		table := slices.Collect(aliases.All())
		if len(table) == 0 {
			t.Errorf("%s: empty", source)
		}
		for i, a := range table {
			if i > 0 && table[i-1].From >= a.From {
				t.Errorf("%s: %q after %q", source, a.From, table[i-1].From)
			}
			if _, known := event.Lookup(a.To); !known {
				t.Errorf("%s: %q leads to %q, which is not in the vocabulary", source, a.From, a.To)
			}
			if got, ok := aliases.Lookup(a.From); !ok || got != a {
				t.Errorf("%s: Lookup(%q) = %v, %v", source, a.From, got, ok)
			}
			if event.Fold(a.From) == a.To && a.Note == "" {
				t.Errorf("%s: %q folds to %q anyway", source, a.From, a.To)
			}
		}
	}
}

func TestCanonical(t *testing.T) {
	for _, c := range []struct{ source, name, want string }{
		// Names that say one thing at their source and another elsewhere.
		{"posthog", "survey sent", "survey_answered"},
		{"segment", "survey sent", "survey_sent"},
		{"revenuecat", "CANCELLATION", "subscription_cancellation_requested"},
		{"revenuecat", "EXPIRATION", "subscription_cancelled"},
		{"revenuecat", "UNCANCELLATION", "subscription_cancellation_withdrawn"},
		{"revenuecat", "RENEWAL", "subscription_renewed"},
		{"revenuecat", "BILLING_ISSUE", "payment_failed"},
		{"stripe", "customer.subscription.deleted", "subscription_cancelled"},
		{"stripe", "customer.subscription.updated", "subscription_updated"},
		{"stripe", "customer.subscription.created", "subscription_started"},
		{"stripe", "charge.refunded", "order_refunded"},
		{"stripe", "invoice.paid", "payment_succeeded"},
		{"chartmogul", "subscription_start", "subscription_started"},
		{"chartmogul", "subscription_cancelled", "subscription_cancelled"},
		{"chartmogul", "subscription_cancellation_scheduled", "subscription_cancellation_requested"},
		// The usual spellings.
		{"segment", "Order Completed", "order_completed"},
		{"segment", "Signed Up", "signed_up"},
		{"segment", "Email Marked as Spam", "email_marked_as_spam"},
		{"segment", "Account Added User", "account_added_user"},
		{"segment", "page", "page_viewed"},
		{"ga4", "page_view", "page_viewed"},
		{"ga4", "login", "signed_in"},
		{"ga4", "purchase", "order_completed"},
		{"ga4", "add_to_cart", "product_added"},
		{"ga4", "tutorial_complete", "onboarding_completed"},
		{"posthog", "$pageview", "page_viewed"},
		{"posthog", "$feature_flag_called", "experiment_viewed"},
		{"snowplow", "transaction", "order_completed"},
		{"zendesk", "zen:event-type:ticket.status_changed", "ticket_status_changed"},
		{"zendesk", "ticket.comment_added", "ticket_replied"},
		{"zendesk", "ticket.created", "ticket_created"},
		{"posthog", "survey shown", "survey_shown"},
		{"posthog", "survey dismissed", "survey_dismissed"},
		{"mailgun", "unsubscribed", "unsubscribed"},
		{"sendgrid", "spamreport", "email_marked_as_spam"},
		{"mailgun", "complained", "email_marked_as_spam"},
		{"otel", "session.start", "session_started"},
		{"otel", "feature_flag.evaluation", "experiment_viewed"},
		{"stripe", "customer.tax_id.created", "customer_tax_id_created"}, // unknown: folded
	} {
		if got := sources[c.source].Canonical(c.name); got != c.want {
			t.Errorf("%s %q is %q, want %q", c.source, c.name, got, c.want)
		}
	}
}

// Names that the payload decides too must say so.
func TestNotes(t *testing.T) {
	for _, c := range []struct{ source, name string }{
		{"stripe", "customer.subscription.updated"}, {"stripe", "customer.subscription.created"},
		{"stripe", "checkout.session.completed"}, {"revenuecat", "INITIAL_PURCHASE"}, {"revenuecat", "RENEWAL"},
		{"revenuecat", "SUBSCRIPTION_PAUSED"}, {"mailgun", "failed"}, {"posthog", "$groupidentify"},
	} {
		if a, _ := sources[c.source].Lookup(c.name); a.Note == "" {
			t.Errorf("%s %q has no note", c.source, c.name)
		}
	}
}

func TestApply(t *testing.T) {
	e := event.Event{Name: "survey sent"}
	for range 2 {
		event.PostHog().Apply(&e)
		if e.Name != "survey_answered" || e.OriginalName != "survey sent" {
			t.Fatalf("%q from %q", e.Name, e.OriginalName)
		}
	}
	e = event.Event{Name: "order_completed"}
	event.Segment().Apply(&e)
	if e.Name != "order_completed" || e.OriginalName != "" {
		t.Errorf("%q from %q", e.Name, e.OriginalName)
	}
	var none event.Aliases
	e = event.Event{Name: "Order Completed"}
	none.Apply(&e)
	if e.Name != "order_completed" || e.OriginalName != "Order Completed" {
		t.Errorf("%q from %q", e.Name, e.OriginalName)
	}
}

func TestNewAliases(t *testing.T) {
	own, err := event.NewAliases(event.Alias{From: "kauf", To: "order_completed"}, event.Alias{From: "Besuch", To: "page_viewed"})
	if err != nil || own.Canonical("kauf") != "order_completed" || own.Canonical("Besuch") != "page_viewed" || own.Canonical("Kauf") != "kauf" {
		t.Errorf("%v, %v", own, err)
	}
	for _, bad := range [][]event.Alias{
		{{From: "", To: "a"}},
		{{From: "a", To: ""}},
		{{From: "a", To: "B"}},
		{{From: "a", To: "b"}, {From: "c", To: "d"}, {From: "a", To: "e"}},
	} {
		if _, err := event.NewAliases(bad...); !errors.Is(err, event.ErrAlias) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}
