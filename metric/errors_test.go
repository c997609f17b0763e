package metric_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
)

func TestReasons(t *testing.T) {
	all := slices.Collect(metric.Reasons())
	if len(all) != 10 {
		t.Errorf("%d reasons, want the 10 of the standard", len(all))
	}
	code, sentence := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`), regexp.MustCompile(`^[A-Z][^.]*\.$`)
	explained := map[string]bool{}
	for _, r := range all {
		if !code.MatchString(r.Error()) || r.Error() != string(r) {
			t.Errorf("reason %q has the code %q", string(r), r.Error())
		}
		if s := r.Explain(); !sentence.MatchString(s) || explained[s] {
			t.Errorf("%s: explanation %q is not one sentence of its own", r, s)
		}
		explained[r.Explain()] = true
		if got, err := metric.ParseReason(string(r)); err != nil || got != r {
			t.Errorf("ParseReason(%q) = %q, %v", string(r), string(got), err)
		}
		for _, err := range []error{r, fmt.Errorf("wrapped: %w", r), &metric.Error{Reason: r}} {
			if !errors.Is(err, metric.ErrUndefined) || !errors.Is(err, r) || errors.Is(err, metric.ErrInput) {
				t.Errorf("%#v: wrong class", err)
			}
		}
		for _, other := range all {
			if errors.Is(r, other) != (r == other) {
				t.Errorf("errors.Is(%s, %s) = %t", r, other, r != other)
			}
		}
	}
	if errors.Is(metric.Reason(""), metric.ErrUndefined) {
		t.Error("no reason counts as undefined")
	}
}

func TestErrorMessages(t *testing.T) {
	cause := errors.New("net_new_arr <= 0")
	for _, tt := range []struct {
		err  *metric.Error
		want string
	}{
		{&metric.Error{}, "unknown error"},
		{&metric.Error{Metric: "a.b"}, "a.b"},
		{&metric.Error{Input: "a.c"}, "a.c"},
		{&metric.Error{Reason: metric.NotMature}, "not_mature"},
		{&metric.Error{Err: cause}, "net_new_arr <= 0"},
		{&metric.Error{Metric: "a.b", Input: "a.c"}, "a.b: a.c"},
		{&metric.Error{Metric: "a.b", Input: "a.b", Err: cause}, "a.b: net_new_arr <= 0"},
		{&metric.Error{Metric: "a.b", Reason: metric.ZeroDenominator}, "a.b: zero_denominator"},
		{&metric.Error{Metric: "a.b", Reason: metric.ZeroDenominator, Err: metric.ZeroDenominator}, "a.b: zero_denominator"},
		{&metric.Error{Metric: "a.b", Input: "a.c", Reason: metric.OutOfDomain, Err: cause}, "a.b: a.c: out_of_domain: net_new_arr <= 0"},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestErrorUnwrapsReasonAndCause(t *testing.T) {
	cause := errors.New("cause")
	err := fmt.Errorf("outer: %w", &metric.Error{Metric: "a.b", Reason: metric.GrainMismatch, Err: cause})
	var reason metric.Reason
	if !errors.As(err, &reason) || reason != metric.GrainMismatch {
		t.Errorf("errors.As finds reason %q", string(reason))
	}
	if !errors.Is(err, cause) || !errors.Is(err, metric.ErrUndefined) {
		t.Error("cause or class is lost")
	}
	if plain := (&metric.Error{Err: cause}); errors.Is(plain, metric.ErrUndefined) || errors.Is(plain, metric.ErrInput) {
		t.Error("an error without a reason has a class")
	}
}

func TestHostileTextIsQuotedAndCut(t *testing.T) {
	hostile := "\x1b[31m" + strings.Repeat("äß", 5000)
	for _, err := range []error{
		second(metric.ParseReason(hostile)),
		second(metric.ParseKind(hostile)),
		second(metric.ParseCurrency(hostile)),
		second(metric.ParseMoney(hostile)),
		second(metric.ParseMoney(hostile + " USD")),
		second(metric.ParseMoney("1 " + hostile)),
		second(metric.ParseCount(hostile)),
		second(metric.ParseRatio(hostile)),
		second(metric.ParseRatio(hostile + "%")),
		second(metric.ParseRatio("1/" + hostile)),
		second(metric.ParseNumber(hostile)),
		second(metric.ParseDuration(hostile)),
		second(metric.ParseDuration("1" + hostile)),
		second(metric.ParseDuration("P1" + hostile)),
		second(metric.ParsePeriod(hostile, nil)),
		second(metric.ParsePeriod("2026["+hostile+"]", nil)),
		second(metric.ParsePeriod(hostile+"/2026-01-01", nil)),
		second(metric.ParseValue(metric.DistributionOf(metric.KindMoney), hostile)),
	} {
		if err == nil {
			t.Fatal("hostile text was accepted")
		}
		if !errors.Is(err, metric.ErrInput) {
			t.Errorf("%v is not an ErrInput", err)
		}
		if s := err.Error(); len(s) > 600 || strings.ContainsRune(s, '\x1b') {
			t.Errorf("message of %d bytes: %.100q", len(s), s)
		}
	}
}

func second[T any](_ T, err error) error { return err }
