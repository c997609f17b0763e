package sample

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestLines(t *testing.T) {
	lines := Lines()
	if !bytes.Equal(lines, Lines()) {
		t.Error("a second log differs from the first")
	}
	// What real logs have.
	ids, users := map[string]int{}, map[string]map[string]bool{}
	var last message
	broken, late, unordered := 0, 0, 0
	for line := range bytes.Lines(lines) {
		var m message
		if json.Unmarshal(line, &m) != nil || m.ReceivedAt.IsZero() {
			broken++
			continue
		}
		ids[m.MessageID]++
		if m.ReceivedAt.Before(last.ReceivedAt) || !m.ReceivedAt.Before(closing) || m.Timestamp.Before(opening) {
			t.Errorf("%s is out of place", m.MessageID)
		}
		if m.Timestamp.Before(last.Timestamp) {
			unordered++
		}
		if m.ReceivedAt.Sub(m.Timestamp) > 30*60e9 {
			late++
		}
		if m.AnonymousID != "" && m.UserID != "" {
			if users[m.UserID] == nil {
				users[m.UserID] = map[string]bool{}
			}
			users[m.UserID][m.AnonymousID] = true
		}
		last = m
	}
	twice, devices := 0, 0
	for _, n := range ids {
		if n > 1 {
			twice++
		}
	}
	for _, u := range users {
		if len(u) > 1 {
			devices++
		}
	}
	if broken != 5 || twice < 50 || late < 50 || unordered < 50 || devices < 10 {
		t.Errorf("%d broken, %d twice, %d late, %d out of order, %d users with two devices", broken, twice, late, unordered, devices)
	}
}
