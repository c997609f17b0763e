package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// message is what counts of a message of Segment.
type message struct {
	Type              string          `json:"type"`
	Event             string          `json:"event"`
	Name              string          `json:"name"` // of a page or screen
	MessageID         string          `json:"messageId"`
	UserID            string          `json:"userId"`
	AnonymousID       string          `json:"anonymousId"`
	GroupID           string          `json:"groupId"`
	PreviousID        string          `json:"previousId"`
	Timestamp         string          `json:"timestamp"` // corrected for the clock of the device
	OriginalTimestamp string          `json:"originalTimestamp"`
	ReceivedAt        string          `json:"receivedAt"`
	Properties        json.RawMessage `json:"properties"`
	Traits            json.RawMessage `json:"traits"`
	Context           struct {
		GroupID  string `json:"groupId"`
		Campaign struct {
			Name   string `json:"name"`
			Source string `json:"source"`
			Medium string `json:"medium"`
		} `json:"campaign"`
	} `json:"context"`
}

// decode makes an event of a line. The error is an [event.Rejection].
func decode(line []byte) (event.Event, error) {
	var m message
	if err := json.Unmarshal(line, &m); err != nil {
		return event.Event{}, jsonRejection(err)
	}
	name, attributes := m.Type, m.Properties
	switch m.Type {
	case "track":
		name = m.Event
	case "identify", "group":
		attributes = m.Traits
	case "page", "screen", "alias":
	default:
		return event.Event{}, &event.Rejection{Reason: event.WrongEvent, Attribute: "type",
			Detail: fmt.Sprintf("%s, want track, page, screen, identify, group or alias", quoted(m.Type))}
	}
	// The event in the library's own form, so that event.Decode reads the attributes: it
	// keeps numbers exact and knows what to refuse.
	envelope, err := json.Marshal(struct {
		ID          string          `json:"id,omitempty"`
		Source      string          `json:"source"`
		Name        string          `json:"event"`
		Time        string          `json:"time,omitempty"`
		Recorded    string          `json:"recorded_time,omitempty"`
		UserID      string          `json:"user_id,omitempty"`
		AnonymousID string          `json:"anonymous_id,omitempty"`
		AccountID   string          `json:"account_id,omitempty"`
		Props       json.RawMessage `json:"props,omitempty"`
	}{
		m.MessageID, "segment", name, first(m.Timestamp, m.OriginalTimestamp), m.ReceivedAt,
		m.UserID, m.AnonymousID, first(m.GroupID, m.Context.GroupID), attributes,
	})
	if err != nil {
		return event.Event{}, &event.Rejection{Reason: event.Malformed, Detail: err.Error()}
	}
	e, err := event.Decode(envelope)
	if err != nil {
		return e, err
	}
	addText(&e, "name", m.Name)
	addText(&e, "previous_id", m.PreviousID)
	addText(&e, "utm_campaign", m.Context.Campaign.Name)
	addText(&e, "utm_medium", m.Context.Campaign.Medium)
	addText(&e, "utm_source", m.Context.Campaign.Source)
	event.Segment().Apply(&e)
	return e, check(&e)
}

// check looks at the envelope only. What event.Check wants of the attributes, such as the
// amount of an order in cents, Segment does not have and a funnel does not need.
func check(e *event.Event) error {
	switch {
	case e.Name == "":
		return &event.Rejection{Reason: event.MissingName, Attribute: "event"}
	case e.Time.IsZero():
		return &event.Rejection{Reason: event.MissingTime, Event: e.Name, Attribute: "timestamp"}
	case e.Subject(event.User) == "":
		return &event.Rejection{Reason: event.MissingSubject, Event: e.Name, Detail: "neither userId nor anonymousId"}
	}
	return nil
}

// jsonRejection says what is wrong with a line in the words of the message.
func jsonRejection(err error) error {
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) && wrong.Field != "" {
		return &event.Rejection{Reason: event.WrongType, Attribute: wrong.Field, Detail: "found " + wrong.Value}
	}
	return &event.Rejection{Reason: event.Malformed, Detail: err.Error()}
}

// addText adds an attribute, unless the event has one of that name.
func addText(e *event.Event, name, text string) {
	if text != "" && !e.Props.Has(name) {
		e.Props = e.Props.With(event.Attr{Name: name, Value: event.StringValue(text)})
	}
}

// first returns the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
