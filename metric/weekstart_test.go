package metric_test

import (
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

func TestWeekStart(t *testing.T) {
	monday := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for w := metric.Monday; w <= metric.Sunday; w++ {
		want := monday.AddDate(0, 0, int(w)).Weekday()
		if w.Weekday() != want || w.String() != strings.ToLower(want.String()) {
			t.Errorf("day %d is %s and %s, want %s", w, w.Weekday(), w, want)
		}
	}
	if got := metric.WeekStart(7).String(); got != "day 7" {
		t.Errorf("a day that does not exist is %q", got)
	}
}
