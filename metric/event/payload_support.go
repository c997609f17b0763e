package event

import (
	"github.com/shopspring/decimal"
)

// TicketCreated: a request for help came in.
type TicketCreated struct {
	TicketID string
	Channel  string
	Priority string
	Author   string // agent, bot, customer
	Schedule string
	Category string
}

// EventName returns "ticket_created".
func (TicketCreated) EventName() string { return "ticket_created" }

func (p *TicketCreated) attributes(b *binder) {
	b.text("ticket_id", &p.TicketID)
	b.optText("channel", &p.Channel)
	b.optText("priority", &p.Priority)
	b.optText("author", &p.Author)
	b.optText("schedule", &p.Schedule)
	b.optText("category", &p.Category)
}

// TicketReplied: somebody wrote in a ticket, visible to the customer when Public.
type TicketReplied struct {
	TicketID string
	Author   string // agent, bot, customer
	Public   bool
}

// EventName returns "ticket_replied".
func (TicketReplied) EventName() string { return "ticket_replied" }

func (p *TicketReplied) attributes(b *binder) {
	b.text("ticket_id", &p.TicketID)
	b.text("author", &p.Author)
	b.flag("public", &p.Public)
}

// TicketStatusChanged: a ticket's status became Status.
type TicketStatusChanged struct {
	TicketID string
	Status   string // closed, hold, new, open, pending, solved
}

// EventName returns "ticket_status_changed".
func (TicketStatusChanged) EventName() string { return "ticket_status_changed" }

func (p *TicketStatusChanged) attributes(b *binder) {
	b.text("ticket_id", &p.TicketID)
	b.text("status", &p.Status)
}

// TicketSolved: a ticket was solved.
type TicketSolved struct {
	TicketID string
	Tier     string
	AgentID  string
	Group    string
}

// EventName returns "ticket_solved".
func (TicketSolved) EventName() string { return "ticket_solved" }

func (p *TicketSolved) attributes(b *binder) {
	b.text("ticket_id", &p.TicketID)
	b.optText("tier", &p.Tier)
	b.optText("agent_id", &p.AgentID)
	b.optText("group", &p.Group)
}

// TicketReopened: a solved ticket was opened again.
type TicketReopened struct {
	TicketID string
	Tier     string
	AgentID  string
	Group    string
}

// EventName returns "ticket_reopened".
func (TicketReopened) EventName() string { return "ticket_reopened" }

func (p *TicketReopened) attributes(b *binder) {
	b.text("ticket_id", &p.TicketID)
	b.optText("tier", &p.Tier)
	b.optText("agent_id", &p.AgentID)
	b.optText("group", &p.Group)
}

// TicketEscalated: a ticket went up to Tier.
type TicketEscalated struct {
	TicketID string
	Tier     string
	AgentID  string
	Group    string
}

// EventName returns "ticket_escalated".
func (TicketEscalated) EventName() string { return "ticket_escalated" }

func (p *TicketEscalated) attributes(b *binder) {
	b.text("ticket_id", &p.TicketID)
	b.optText("tier", &p.Tier)
	b.optText("agent_id", &p.AgentID)
	b.optText("group", &p.Group)
}

// TicketAssigned: a ticket was given to an agent or group.
type TicketAssigned struct {
	TicketID string
	Tier     string
	AgentID  string
	Group    string
}

// EventName returns "ticket_assigned".
func (TicketAssigned) EventName() string { return "ticket_assigned" }

func (p *TicketAssigned) attributes(b *binder) {
	b.text("ticket_id", &p.TicketID)
	b.optText("tier", &p.Tier)
	b.optText("agent_id", &p.AgentID)
	b.optText("group", &p.Group)
}

// SurveyRequested: an invitation went out.
type SurveyRequested struct {
	SurveyID   string
	ResponseID string
	Type       string // ces, csat, custom, nps, pmf
}

// EventName returns "survey_requested".
func (SurveyRequested) EventName() string { return "survey_requested" }

func (p *SurveyRequested) attributes(b *binder) {
	b.text("survey_id", &p.SurveyID)
	b.optText("response_id", &p.ResponseID)
	b.optText("type", &p.Type)
}

// SurveyShown: the questions were shown.
type SurveyShown struct {
	SurveyID   string
	ResponseID string
	Type       string // ces, csat, custom, nps, pmf
}

// EventName returns "survey_shown".
func (SurveyShown) EventName() string { return "survey_shown" }

func (p *SurveyShown) attributes(b *binder) {
	b.text("survey_id", &p.SurveyID)
	b.optText("response_id", &p.ResponseID)
	b.optText("type", &p.Type)
}

// SurveyDismissed: the questions were waved away.
type SurveyDismissed struct {
	SurveyID   string
	ResponseID string
	Type       string // ces, csat, custom, nps, pmf
}

// EventName returns "survey_dismissed".
func (SurveyDismissed) EventName() string { return "survey_dismissed" }

func (p *SurveyDismissed) attributes(b *binder) {
	b.text("survey_id", &p.SurveyID)
	b.optText("response_id", &p.ResponseID)
	b.optText("type", &p.Type)
}

// SurveyAnswered: a score was given.
type SurveyAnswered struct {
	SurveyID   string
	Type       string // ces, csat, custom, nps, pmf
	Score      decimal.Decimal
	ScaleMin   Optional[int64]
	ScaleMax   Optional[int64]
	ResponseID string
	TicketID   string
}

// EventName returns "survey_answered".
func (SurveyAnswered) EventName() string { return "survey_answered" }

func (p *SurveyAnswered) attributes(b *binder) {
	b.text("survey_id", &p.SurveyID)
	b.text("type", &p.Type)
	b.number("score", &p.Score)
	b.optWhole("scale_min", &p.ScaleMin)
	b.optWhole("scale_max", &p.ScaleMax)
	b.optText("response_id", &p.ResponseID)
	b.optText("ticket_id", &p.TicketID)
}
