// Package sample makes up the log that examples/funnel reads when it is given none: nine
// weeks of a reporting tool that does not exist, as Segment would write them.
//
// The seed is fixed and only whole numbers are drawn, so the log is the same, byte for
// byte, on every machine. It has what real logs have: visitors who sign up days later or
// on another device, events of a server that knows the user id alone, messages that come
// twice, late and out of order, and lines that cannot be read.
package sample

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// The nine weeks, of which the last is under way when the log ends.
var (
	opening = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	closing = time.Date(2026, 3, 5, 16, 30, 0, 0, time.UTC)
)

// Lines returns the log, a message a line, in the order in which the messages came in.
func Lines() []byte {
	l := &log{dice: dice{rand.NewPCG(2026, 9)}}
	for day := opening; day.Before(closing); day = day.AddDate(0, 0, 1) {
		visitors := 45 + l.below(30)
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			visitors /= 3
		}
		for range visitors {
			l.visitor(day.Add(7*time.Hour + l.between(0, 14*time.Hour)))
		}
	}
	return l.lines()
}

// message is a message of Segment. Real ones have more members, which do not matter here.
type message struct {
	Type              string         `json:"type"`
	Event             string         `json:"event,omitempty"`
	MessageID         string         `json:"messageId"`
	AnonymousID       string         `json:"anonymousId,omitempty"`
	UserID            string         `json:"userId,omitempty"`
	OriginalTimestamp time.Time      `json:"originalTimestamp"`
	Timestamp         time.Time      `json:"timestamp"`
	ReceivedAt        time.Time      `json:"receivedAt"`
	Properties        map[string]any `json:"properties,omitempty"`
	Traits            map[string]any `json:"traits,omitempty"`
	Context           map[string]any `json:"context,omitempty"`
}

// log collects the messages.
type log struct {
	dice
	messages []message
	users    int
}

// send adds a message. A few come late and a few come twice.
func (l *log) send(m message, at time.Time) {
	m.MessageID = fmt.Sprintf("msg-%08x", uint32(l.source.Uint64()))
	m.OriginalTimestamp, m.Timestamp = at.Add(-l.between(0, 3*time.Second)), at
	m.ReceivedAt = at.Add(time.Duration(l.below(900)) * time.Millisecond)
	if l.chance(3) {
		m.ReceivedAt = at.Add(l.between(time.Hour, 30*time.Hour))
	}
	l.messages = append(l.messages, m)
	if l.chance(2) {
		m.ReceivedAt = m.ReceivedAt.Add(l.between(time.Second, time.Hour))
		l.messages = append(l.messages, m)
	}
}

// channel is where visitors come from, and what comes of them.
type channel struct {
	name                    string // "" for those who type the address
	weight, signUp, success int    // the last two in percent
}

func channels() []channel {
	return []channel{{"google", 46, 8, 46}, {"newsletter", 16, 16, 60}, {"partner", 10, 21, 70}, {"", 28, 11, 52}}
}

// visitor is one person, from the first page on.
func (l *log) visitor(at time.Time) {
	c := pick(l.dice, channels())
	device := l.device(c.name)
	l.page(device, at, "/")
	if l.chance(55) {
		at = at.Add(l.between(20*time.Second, 4*time.Minute))
		l.page(device, at, "/pricing")
	}
	if !l.chance(c.signUp) {
		return
	}
	l.users++
	user := fmt.Sprintf("user-%04d", l.users)
	if l.chance(70) {
		device.UserID = user
		l.signUp(device, at.Add(l.between(time.Minute, 40*time.Minute)), c)
		return
	}
	// On another day, and some on another device. These sign in on the first one later.
	old := device
	at = at.Add(l.between(14*time.Hour, 6*24*time.Hour))
	if l.chance(40) {
		device = l.device("")
		old.Type, old.UserID = "identify", user
		l.send(old, at.Add(l.between(2*time.Hour, 3*24*time.Hour)))
	}
	l.page(device, at, "/")
	device.UserID = user
	l.signUp(device, at.Add(l.between(30*time.Second, 10*time.Minute)), c)
}

// signUp is a visitor who becomes a user.
func (l *log) signUp(device message, at time.Time, c channel) {
	plan, success := "solo", c.success
	if l.chance(35) {
		plan, success = "team", c.success+12
	}
	identify := device
	identify.Type, identify.Traits = "identify", map[string]any{"plan": plan}
	l.send(identify, at.Add(-time.Duration(l.below(900))*time.Millisecond))
	l.track(device, at, "Signed Up", map[string]any{"plan": plan})

	reports := 0
	for next := at; reports < 9 && l.chance(success+25); reports++ {
		next = next.Add(l.between(3*time.Minute, 50*time.Hour))
		l.track(device, next, "Report Created", map[string]any{"template": l.chance(60)})
		if reports > 0 && l.chance(success) {
			l.track(device, next.Add(l.between(time.Minute, 20*time.Hour)), "Report Shared", map[string]any{"recipients": 1 + l.below(6)})
		}
	}
	if reports == 0 || !l.chance(success+10) {
		return
	}
	// What follows comes from the server, which knows the user only.
	server := message{UserID: device.UserID}
	at = at.Add(l.between(3*time.Hour, 5*24*time.Hour))
	l.track(server, at, "Trial Started", map[string]any{"plan": plan})
	if l.chance(success - 40 + 2*reports) {
		l.track(server, at.Add(l.between(3*24*time.Hour, 15*24*time.Hour)), "Subscription Started", map[string]any{"plan": plan, "seats": 1 + l.below(12)})
	}
}

// device is what all messages of a device have.
func (l *log) device(source string) message {
	m := message{AnonymousID: fmt.Sprintf("anon-%012x", l.source.Uint64()>>16)}
	if source != "" {
		m.Context = map[string]any{"campaign": map[string]any{"source": source}}
	}
	return m
}

func (l *log) page(m message, at time.Time, path string) {
	m.Type, m.Properties = "page", map[string]any{"path": path}
	l.send(m, at)
}

func (l *log) track(m message, at time.Time, name string, properties map[string]any) {
	m.Type, m.Event, m.Properties = "track", name, properties
	l.send(m, at)
}

// broken are lines that cannot be read, and after which of the others they come.
func broken() map[int]string {
	return map[int]string{
		120:  `{"type":"track","event":"Signed Up","messageId":"msg-broken-1","anonymousId":"anon-1","time`,
		950:  `{"type":"track","event":"Report Created","messageId":"msg-broken-2","userId":"user-0007"}`,
		1800: `{"type":"track","event":"Report Shared","messageId":"msg-broken-3","timestamp":"2026-02-04T10:00:00Z"}`,
		2400: `{"type":"track","event":"Report Created","messageId":"msg-broken-4","userId":"user-0031","timestamp":"yesterday"}`,
		2401: `{"type":"delete","messageId":"msg-broken-5","userId":"user-0031","timestamp":"2026-02-18T08:00:00Z"}`,
	}
}

func (l *log) lines() []byte {
	slices.SortStableFunc(l.messages, func(a, b message) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	var out bytes.Buffer
	lines, bad := json.NewEncoder(&out), broken()
	for i, m := range l.messages {
		if !m.ReceivedAt.Before(closing) {
			break
		}
		if text, ok := bad[i]; ok {
			out.WriteString(text + "\n")
		}
		if err := lines.Encode(m); err != nil {
			panic(err) // Messages are strings, numbers and times of our own.
		}
	}
	return out.Bytes()
}

// dice draws whole numbers. It uses the source alone, whose sequence is fixed for ever.
type dice struct{ source *rand.PCG }

// below returns a number from 0 to n-1. The bias of the remainder does not matter here.
func (d dice) below(n int) int { return int(d.source.Uint64() % uint64(n)) }

// chance is true in percent of a hundred cases.
func (d dice) chance(percent int) bool { return d.below(100) < percent }

// between returns a time from a up to b, to the second.
func (d dice) between(a, b time.Duration) time.Duration {
	return a + time.Duration(d.below(int((b-a)/time.Second)))*time.Second
}

// pick returns one of the channels, each as often as its weight says.
func pick(d dice, list []channel) channel {
	total := 0
	for _, c := range list {
		total += c.weight
	}
	n := d.below(total)
	for _, c := range list {
		if n -= c.weight; n < 0 {
			return c
		}
	}
	panic("unreachable: n is below the sum of the weights")
}
