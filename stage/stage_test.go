package stage_test

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/stage"
)

// The values are stored by others and must never move.
func TestValuesAreStable(t *testing.T) {
	want := map[string]stage.Stage{"attract": 1, "convert": 2, "onboard": 3, "retain": 4, "grow": 5, "exit": 6}
	if len(want) != len(slices.Collect(stage.All())) {
		t.Fatalf("All yields %d stages", len(slices.Collect(stage.All())))
	}
	for name, s := range want {
		if s.String() != name {
			t.Errorf("stage %d is %q, want %q", s, s, name)
		}
		if got, err := stage.Parse(name); err != nil || got != s {
			t.Errorf("Parse(%q) = %v, %v", name, got, err)
		}
	}
	if !slices.IsSorted(slices.Collect(stage.All())) {
		t.Error("All is not in order")
	}
}

func TestAllStopsEarly(t *testing.T) {
	n := 0
	for range stage.All() {
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("went on to %d", n)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, name := range []string{"", "none", "Attract", "GROW", " exit", "exit ", "stage(1)", "1", strings.Repeat("x", 1000)} {
		s, err := stage.Parse(name)
		if !errors.Is(err, stage.ErrUnknown) || s != 0 {
			t.Errorf("Parse(%.20q) = %v, %v", name, s, err)
		} else if len(err.Error()) > 100 {
			t.Errorf("error of %d bytes", len(err.Error()))
		}
	}
}

// Every value of the type, not only the six, answers without a panic.
func TestEveryValue(t *testing.T) {
	for v := range math.MaxUint8 + 1 {
		s := stage.Stage(v)
		text, err := s.MarshalText()
		if s.Valid() {
			var back stage.Stage
			if err != nil || back.UnmarshalText(text) != nil || back != s {
				t.Errorf("%v: %q, %v, back %v", s, text, err, back)
			}
			if s.Entry() == "" || s.Exit() == "" || !strings.HasSuffix(s.Question(), "?") {
				t.Errorf("%v: rules missing", s)
			}
			continue
		}
		if !errors.Is(err, stage.ErrUnknown) {
			t.Errorf("MarshalText of %d: %v", v, err)
		}
		if s.Entry()+s.Exit()+s.Question() != "" {
			t.Errorf("%v has rules", s)
		}
		if _, err := stage.Parse(s.String()); err == nil {
			t.Errorf("%v parses", s)
		}
	}
}

func TestUnmarshalTextKeepsOnError(t *testing.T) {
	s := stage.Grow
	if err := s.UnmarshalText([]byte("growth")); err == nil || s != stage.Grow {
		t.Errorf("%v, %v", s, err)
	}
}

func TestJSON(t *testing.T) {
	in := map[stage.Stage][]stage.Stage{stage.Retain: {stage.Grow, stage.Exit}}
	text, err := json.Marshal(in)
	if err != nil || string(text) != `{"retain":["grow","exit"]}` {
		t.Fatalf("%s, %v", text, err)
	}
	var out map[stage.Stage][]stage.Stage
	if err := json.Unmarshal(text, &out); err != nil || !slices.Equal(out[stage.Retain], in[stage.Retain]) {
		t.Errorf("%v, %v", out, err)
	}
}

func FuzzParse(f *testing.F) {
	for s := range stage.All() {
		f.Add(s.String())
	}
	f.Fuzz(func(t *testing.T, name string) {
		if s, err := stage.Parse(name); (err == nil) != s.Valid() || err == nil && s.String() != name {
			t.Errorf("Parse(%q) = %v, %v", name, s, err)
		}
	})
}
