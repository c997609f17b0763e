package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// What is shown and what the line at the end counts must add up to what JSON lists.
func TestNothingToGetIsLost(t *testing.T) {
	_, out, _ := lifecycle("", "-output", "json")
	var r struct {
		ToGet []struct{ Unlocks []string } `json:"to_get_more"`
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, s := range r.ToGet {
		total += len(s.Unlocks)
	}
	textStep, markdownStep := regexp.MustCompile(`(?m)^ *\+([0-9]+)  `), regexp.MustCompile(`(?m)^\| ([0-9]+) \| `)
	further := regexp.MustCompile(`(?m)^([0-9,]+) (further )?metrics need other events or figures; list them with -more all`)
	for form, counts := range map[string]*regexp.Regexp{"text": textStep, "markdown": markdownStep} {
		for more, steps := range map[string]int{"": defaultSteps, "0": 0, "1": 1, "40": 40, "99999": len(r.ToGet), "all": len(r.ToGet)} {
			args := []string{"-output", form}
			if more != "" {
				args = append(args, "-more", more)
			}
			_, out, errs := lifecycle("", args...)
			_, out, _ = strings.Cut(strings.ToLower(out), "to get more")
			shown := counts.FindAllStringSubmatch(out, -1)
			if len(shown) != steps {
				t.Errorf("%v: %d steps, want %d: %s", args, len(shown), steps, errs)
			}
			sum := 0
			for _, m := range shown {
				n, _ := strconv.Atoi(m[1])
				sum += n
			}
			rest := further.FindStringSubmatch(out)
			if rest != nil {
				n, _ := strconv.Atoi(strings.ReplaceAll(rest[1], ",", ""))
				sum += n
			}
			if sum != total || (rest != nil) != (steps < len(r.ToGet)) || rest != nil && (rest[2] != "") != (steps > 0) {
				t.Errorf("%v: %d metrics and %q, want %d", args, sum, rest, total)
			}
		}
	}
	_, out, _ = lifecycle("", "-more", "all")
	for _, s := range r.ToGet {
		for _, id := range s.Unlocks {
			if !strings.Contains(out, id) {
				t.Errorf("-more all lacks %s", id)
			}
		}
	}
}

// The ids that are named and those that are counted must be all.
func TestFewIDs(t *testing.T) {
	s := step{}
	for _, id := range []string{"email.open_rate", "email.sent", "email.total_open_rate", "email.unique_opens"} {
		s.metrics = append(s.metrics, lookup(t, id))
	}
	for _, c := range []struct {
		room int
		want string
	}{
		{0, "<email.open_rate> and 3 more"},
		{41, "<email.open_rate> and 3 more"},
		{42, "<email.open_rate>, <email.sent> and 2 more"},
		{52, "<email.open_rate>, <email.sent> and 2 more"},
		{53, "<email.open_rate>, <email.total_open_rate> and 2 more"},
		{1000, "<email.open_rate>, <email.total_open_rate>, <email.sent>, <email.unique_opens>"},
	} {
		got := s.fewIDs("<", ">", c.room)
		if got != c.want {
			t.Errorf("in %d columns: %s, want %s", c.room, got, c.want)
		}
		if named := strings.Count(got, "<"); named < 4 && !strings.HasSuffix(got, fmt.Sprintf(" and %d more", 4-named)) {
			t.Errorf("in %d columns: %s", c.room, got)
		}
	}
}
