package engagement_test

import (
	"errors"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/engagement"
)

// Positions that are not there are errors, not panics.
func TestRollingPositions(t *testing.T) {
	january, err := metric.Month(2026, 1, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	a, err := engagement.NewActivity(engagement.ActivityOptions{Range: january})
	if err != nil {
		t.Fatal(err)
	}
	r, err := a.Rolling(engagement.Query{}, 1, 7)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range [][3]int{{-1, 0, 0}, {31, 0, 0}, {0, 2, 0}, {0, 0, -1}} {
		if _, err := r.Ratio(x[0], x[1], x[2]); !errors.Is(err, metric.ErrInput) {
			t.Errorf("Ratio%v: %v", x, err)
		}
	}
	for _, x := range [][2]int{{500, 0}, {0, 2}} {
		if _, err := r.Stickiness(x[0], x[1]); !errors.Is(err, metric.ErrInput) {
			t.Errorf("Stickiness%v: %v", x, err)
		}
	}
}
