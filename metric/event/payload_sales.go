package event

import (
	"time"
)

// SignedUp: a user registered.
type SignedUp struct {
	Type   string // invited, organic
	Method string
	Plan   string
}

// EventName returns "signed_up".
func (SignedUp) EventName() string { return "signed_up" }

func (p *SignedUp) attributes(b *binder) {
	b.optText("type", &p.Type)
	b.optText("method", &p.Method)
	b.optText("plan", &p.Plan)
}

// AccountCreated: a paying or potentially paying account was opened.
type AccountCreated struct {
	Name string
	Plan string
}

// EventName returns "account_created".
func (AccountCreated) EventName() string { return "account_created" }

func (p *AccountCreated) attributes(b *binder) {
	b.optText("name", &p.Name)
	b.optText("plan", &p.Plan)
}

// AccountDeleted: an account was closed.
type AccountDeleted struct {
	Name string
	Plan string
}

// EventName returns "account_deleted".
func (AccountDeleted) EventName() string { return "account_deleted" }

func (p *AccountDeleted) attributes(b *binder) {
	b.optText("name", &p.Name)
	b.optText("plan", &p.Plan)
}

// TrialStarted: a trial began; TrialStart is the event's time when not set.
type TrialStarted struct {
	Plan           string
	TrialEnd       time.Time
	TrialStart     time.Time
	CardRequired   Optional[bool]
	SubscriptionID string
}

// EventName returns "trial_started".
func (TrialStarted) EventName() string { return "trial_started" }

func (p *TrialStarted) attributes(b *binder) {
	b.text("plan", &p.Plan)
	b.instant("trial_end", &p.TrialEnd)
	b.optInstant("trial_start", &p.TrialStart)
	b.optFlag("card_required", &p.CardRequired)
	b.optText("subscription_id", &p.SubscriptionID)
}

// TrialEnded: a trial ended, by payment or without.
type TrialEnded struct {
	Converted      Optional[bool]
	Plan           string
	SubscriptionID string
}

// EventName returns "trial_ended".
func (TrialEnded) EventName() string { return "trial_ended" }

func (p *TrialEnded) attributes(b *binder) {
	b.optFlag("converted", &p.Converted)
	b.optText("plan", &p.Plan)
	b.optText("subscription_id", &p.SubscriptionID)
}

// OpportunityCreated: a deal came into the pipeline.
type OpportunityCreated struct {
	Stage         string
	OpportunityID string
	Amount        Optional[int64] // minor units
	Currency      string
	Won           Optional[bool]
	Reason        string
}

// EventName returns "opportunity_created".
func (OpportunityCreated) EventName() string { return "opportunity_created" }

func (p *OpportunityCreated) attributes(b *binder) {
	b.text("stage", &p.Stage)
	b.optText("opportunity_id", &p.OpportunityID)
	b.optWhole("amount", &p.Amount)
	b.optText("currency", &p.Currency)
	b.optFlag("won", &p.Won)
	b.optText("reason", &p.Reason)
}

// OpportunityStageChanged: a deal moved to Stage.
type OpportunityStageChanged struct {
	Stage         string
	OpportunityID string
	Amount        Optional[int64] // minor units
	Currency      string
	Won           Optional[bool]
	Reason        string
}

// EventName returns "opportunity_stage_changed".
func (OpportunityStageChanged) EventName() string { return "opportunity_stage_changed" }

func (p *OpportunityStageChanged) attributes(b *binder) {
	b.text("stage", &p.Stage)
	b.optText("opportunity_id", &p.OpportunityID)
	b.optWhole("amount", &p.Amount)
	b.optText("currency", &p.Currency)
	b.optFlag("won", &p.Won)
	b.optText("reason", &p.Reason)
}

// OpportunityClosed: a deal was won or lost.
type OpportunityClosed struct {
	Stage         string
	OpportunityID string
	Amount        Optional[int64] // minor units
	Currency      string
	Won           Optional[bool]
	Reason        string
}

// EventName returns "opportunity_closed".
func (OpportunityClosed) EventName() string { return "opportunity_closed" }

func (p *OpportunityClosed) attributes(b *binder) {
	b.text("stage", &p.Stage)
	b.optText("opportunity_id", &p.OpportunityID)
	b.optWhole("amount", &p.Amount)
	b.optText("currency", &p.Currency)
	b.optFlag("won", &p.Won)
	b.optText("reason", &p.Reason)
}

// OnboardingStarted: a guided start began.
type OnboardingStarted struct {
	Flow string
}

// EventName returns "onboarding_started".
func (OnboardingStarted) EventName() string { return "onboarding_started" }

func (p *OnboardingStarted) attributes(b *binder) {
	b.optText("flow", &p.Flow)
}

// OnboardingCompleted: a guided start was finished.
type OnboardingCompleted struct {
	Flow string
}

// EventName returns "onboarding_completed".
func (OnboardingCompleted) EventName() string { return "onboarding_completed" }

func (p *OnboardingCompleted) attributes(b *binder) {
	b.optText("flow", &p.Flow)
}

// OnboardingStepCompleted: a step of the guided start was done.
type OnboardingStepCompleted struct {
	Step  string
	Flow  string
	Index Optional[int64]
}

// EventName returns "onboarding_step_completed".
func (OnboardingStepCompleted) EventName() string { return "onboarding_step_completed" }

func (p *OnboardingStepCompleted) attributes(b *binder) {
	b.text("step", &p.Step)
	b.optText("flow", &p.Flow)
	b.optWhole("index", &p.Index)
}

// InviteSent: a user invited another into the account.
type InviteSent struct {
	Role    string
	Invitee string
}

// EventName returns "invite_sent".
func (InviteSent) EventName() string { return "invite_sent" }

func (p *InviteSent) attributes(b *binder) {
	b.optText("role", &p.Role)
	b.optText("invitee", &p.Invitee)
}

// InviteAccepted: an invited user joined.
type InviteAccepted struct {
	Role    string
	Invitee string
}

// EventName returns "invite_accepted".
func (InviteAccepted) EventName() string { return "invite_accepted" }

func (p *InviteAccepted) attributes(b *binder) {
	b.optText("role", &p.Role)
	b.optText("invitee", &p.Invitee)
}

// AccountAddedUser: a user was added to the account.
type AccountAddedUser struct {
	UserID string
	Role   string
}

// EventName returns "account_added_user".
func (AccountAddedUser) EventName() string { return "account_added_user" }

func (p *AccountAddedUser) attributes(b *binder) {
	b.text("user_id", &p.UserID)
	b.optText("role", &p.Role)
}

// AccountRemovedUser: a user was taken off the account.
type AccountRemovedUser struct {
	UserID string
	Role   string
}

// EventName returns "account_removed_user".
func (AccountRemovedUser) EventName() string { return "account_removed_user" }

func (p *AccountRemovedUser) attributes(b *binder) {
	b.text("user_id", &p.UserID)
	b.optText("role", &p.Role)
}

// Activated: the caller decided that first value was reached; normally derived by a rule instead.
type Activated struct {
	Milestone string
}

// EventName returns "activated".
func (Activated) EventName() string { return "activated" }

func (p *Activated) attributes(b *binder) {
	b.optText("milestone", &p.Milestone)
}

// AccountMerged: two accounts turned out to be one.
type AccountMerged struct {
	FromAccountID string
	IntoAccountID string
}

// EventName returns "account_merged".
func (AccountMerged) EventName() string { return "account_merged" }

func (p *AccountMerged) attributes(b *binder) {
	b.text("from_account_id", &p.FromAccountID)
	b.text("into_account_id", &p.IntoAccountID)
}

// Identified: properties of a user or account.
type Identified struct {
	Traits Props
}

// EventName returns "identified".
func (Identified) EventName() string { return "identified" }

func (p *Identified) attributes(b *binder) {
	b.optRecord("traits", &p.Traits)
}

// Aliased: the user was known as PreviousID.
type Aliased struct {
	PreviousID string
}

// EventName returns "aliased".
func (Aliased) EventName() string { return "aliased" }

func (p *Aliased) attributes(b *binder) {
	b.text("previous_id", &p.PreviousID)
}
