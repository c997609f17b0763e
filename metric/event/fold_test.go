package event_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/openlifecycle/lifecycle/metric/event"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"", ""},
		{"order_completed", "order_completed"},
		{"Order Completed", "order_completed"},
		{"order.completed", "order_completed"},
		{"order-completed", "order_completed"},
		{"$order_completed", "order_completed"},
		{"order:completed", "order_completed"},
		{"order/completed", "order_completed"},
		{"ORDER - COMPLETED", "order_completed"},
		{"order__completed", "order_completed"},
		{"$$order", "order"},
		{"or$der", "or$der"},
		{"_order_", "_order_"},
		{" Order", "_order"},
		{"-$x", "_$x"},
		{"$", ""},
		{"$ x", "_x"},
		{"zen:event-type:ticket.created", "zen_event_type_ticket_created"},
		{"Größe ÄNDERN", "größe_ändern"},
		{"İK", "ik"}, // one rune for one rune
		{"A\xffB", "a\xffb"},
		{"order\tcompleted", "order\tcompleted"},
	} {
		if got := event.Fold(c.name); got != c.want {
			t.Errorf("Fold(%q) = %q, want %q", c.name, got, c.want)
		}
	}
}

func TestFoldDoesNotAllocate(t *testing.T) {
	for _, name := range []string{"order_completed", "subscription_cancellation_requested", ""} {
		if n := testing.AllocsPerRun(100, func() { event.Fold(name) }); n != 0 {
			t.Errorf("Fold(%q) allocates %v times", name, n)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, name := range []string{"Order Completed", "$$a", "_$A", "É - é", "\xff$", "a..:/ _b", "ǅ"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		folded := event.Fold(name)
		if again := event.Fold(folded); again != folded {
			t.Errorf("Fold(%q) = %q, folded again %q", name, folded, again)
		}
		if strings.HasPrefix(folded, "$") || strings.Contains(folded, "__") || strings.ContainsAny(folded, " -.:/") {
			t.Errorf("Fold(%q) = %q", name, folded)
		}
		for _, r := range folded {
			if unicode.ToLower(r) != r {
				t.Errorf("Fold(%q) = %q has upper case", name, folded)
			}
		}
	})
}

func TestFoldType(t *testing.T) {
	for _, c := range []struct{ typ, want string }{
		{"com.acme.subscription.cancelled", "subscription_cancelled"},
		{"lifecycle.subscription.cancelled", "subscription_cancelled"},
		{"subscription.cancelled", "subscription_cancelled"},
		{"com.acme.email_link.clicked", "email_link_clicked"},
		{"com.acme.subscription.cancellation_requested", "subscription_cancellation_requested"},
		{"com.acme.activated", "activated"},             // no object
		{"com.acme.order_completed", "order_completed"}, // in one part
		{"com.acme.Page.Viewed", "page_viewed"},
		{"com.acme.thing.done", "thing_done"}, // unknown
		{"acme.done", "acme_done"},
		{"done", "done"},
		{"", ""},
		{".", "_"},
	} {
		if got := event.FoldType(c.typ); got != c.want {
			t.Errorf("FoldType(%q) = %q, want %q", c.typ, got, c.want)
		}
	}
}

func BenchmarkFold(b *testing.B) {
	for _, name := range []string{"order_completed", "Order Completed"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				event.Fold(name)
			}
		})
	}
}
