package stage

import "fmt"

// Order says what the sequence of a model's stages means.
type Order uint8

const (
	// PathOrder: the sequence is one in time, a first passage goes through it.
	PathOrder Order = iota
	// PriorityOrder: the sequence says what to work on first. Nobody moves along it,
	// so the model has no transitions, and no conversion from one stage to the next
	// can be computed.
	PriorityOrder
	// StateOrder: the stages are states read off a customer's history at an instant.
	// The sequence is that of the publication, and a customer may jump.
	StateOrder
)

var orderNames = [...]string{PathOrder: "path", PriorityOrder: "priority", StateOrder: "state"}

// StageKind says what being in a stage of a model means.
type StageKind uint8

const (
	// Step is an ordinary stage, entered and left.
	Step StageKind = iota
	// Flag overlaps the other stages: an interruption or a mark that comes and goes
	// while the customer stays where they are, such as an escalation or a late
	// payment. It is not later in time than the stages before it.
	Flag
	// Outside is no stage of a customer's life. It is mapped to nothing.
	Outside
	// Absorbing ends the model without a loss: a lead converted, an opportunity won.
	Absorbing
	// Loss ends the model by loss. It maps to exit, or to nothing where the one lost
	// was no customer yet.
	Loss
)

var stageKindNames = [...]string{Step: "step", Flag: "flag", Outside: "outside", Absorbing: "absorbing", Loss: "loss"}

// TransitionKind says what a move from one stage of a model to another means.
type TransitionKind uint8

const (
	// Forward leads to the next stage, in a [StateOrder] to any later one.
	Forward TransitionKind = iota
	// Skip leads to a later stage and passes over at least one.
	Skip
	// Regress falls back to an earlier stage against the direction of the model.
	Regress
	// Loop returns to an earlier stage, or to the same one, as the model intends.
	Loop
	// Interrupt raises or ends a [Flag].
	Interrupt
	// ExitMove leads to a [Loss], or to a stage mapped to exit first of all.
	ExitMove
	// WinBack leads from such a stage, or from an [Absorbing] one, back into life.
	WinBack
)

var transitionKindNames = [...]string{
	Forward: "forward", Skip: "skip", Regress: "regress", Loop: "loop",
	Interrupt: "interrupt", ExitMove: "exit", WinBack: "win-back",
}

// Evidence says how well a model's stages are known here.
type Evidence uint8

const (
	// EvidenceUnstated is that of models whose author does not say.
	EvidenceUnstated Evidence = iota
	// EvidenceOwner: the owner's own file or page was read.
	EvidenceOwner
	// EvidenceExcerpt: an excerpt of the owner's page was read.
	EvidenceExcerpt
	// EvidenceSecondary: a page about the model was read, not the model itself.
	EvidenceSecondary
	// EvidenceUnattributed: a description that names no author was read.
	EvidenceUnattributed
	// EvidenceGeneralKnowledge: nothing was read again, the stages are given as they
	// are commonly known.
	EvidenceGeneralKnowledge
)

var evidenceNames = [...]string{
	EvidenceUnstated:         "unstated",
	EvidenceOwner:            "owner's page",
	EvidenceExcerpt:          "excerpt of the owner's page",
	EvidenceSecondary:        "secondary page",
	EvidenceUnattributed:     "description without an author",
	EvidenceGeneralKnowledge: "general knowledge, not re-read",
}

// Regression says what happens when somebody is to be set to an earlier stage.
type Regression uint8

const (
	RegressionUnstated      Regression = iota // not documented
	RegressionAllowed                         // the earlier stage is set
	RegressionIgnored                         // the stage stays, so that a fall back leaves no trace
	RegressionAfterClearing                   // the stage has to be cleared before an earlier one can be set
)

var regressionNames = [...]string{
	RegressionUnstated: "unstated", RegressionAllowed: "allowed",
	RegressionIgnored: "ignored", RegressionAfterClearing: "after clearing",
}

// Skipping says what becomes of the stages that somebody passes over.
type Skipping uint8

const (
	SkippingUnstated  Skipping = iota // not documented
	SkippingLeavesGap                 // they count as never reached
	SkippingBackfills                 // they count as reached, with no time spent there
	SkippingRejected                  // stages cannot be passed over
)

var skippingNames = [...]string{
	SkippingUnstated: "unstated", SkippingLeavesGap: "leaves a gap",
	SkippingBackfills: "backfills", SkippingRejected: "rejected",
}

// String returns the lower-case name, which is also its text form.
func (o Order) String() string { return nameOf(orderNames[:], "order", o) }

// String returns the lower-case name, which is also its text form.
func (k StageKind) String() string { return nameOf(stageKindNames[:], "stage kind", k) }

// String returns the lower-case name, which is also its text form. That of
// [ExitMove] is "exit".
func (k TransitionKind) String() string { return nameOf(transitionKindNames[:], "transition kind", k) }

// String returns the description in lower case, which is also its text form.
func (e Evidence) String() string { return nameOf(evidenceNames[:], "evidence", e) }

// String returns the lower-case name, which is also its text form.
func (r Regression) String() string { return nameOf(regressionNames[:], "regression", r) }

// String returns the lower-case name, which is also its text form.
func (s Skipping) String() string { return nameOf(skippingNames[:], "skipping", s) }

// MarshalText returns the name, or an error for a value that has none.
func (o Order) MarshalText() ([]byte, error) { return marshalName(orderNames[:], "order", o) }

// MarshalText returns the name, or an error for a value that has none.
func (k StageKind) MarshalText() ([]byte, error) {
	return marshalName(stageKindNames[:], "stage kind", k)
}

// MarshalText returns the name, or an error for a value that has none.
func (k TransitionKind) MarshalText() ([]byte, error) {
	return marshalName(transitionKindNames[:], "transition kind", k)
}

// MarshalText returns the description, or an error for a value that has none.
func (e Evidence) MarshalText() ([]byte, error) {
	return marshalName(evidenceNames[:], "evidence", e)
}

// MarshalText returns the name, or an error for a value that has none.
func (r Regression) MarshalText() ([]byte, error) {
	return marshalName(regressionNames[:], "regression", r)
}

// MarshalText returns the name, or an error for a value that has none.
func (s Skipping) MarshalText() ([]byte, error) {
	return marshalName(skippingNames[:], "skipping", s)
}

// UnmarshalText sets o to the order of that exact name.
func (o *Order) UnmarshalText(text []byte) error {
	return unmarshalName(orderNames[:], "order", text, o)
}

// UnmarshalText sets k to the kind of that exact name.
func (k *StageKind) UnmarshalText(text []byte) error {
	return unmarshalName(stageKindNames[:], "stage kind", text, k)
}

// UnmarshalText sets k to the kind of that exact name.
func (k *TransitionKind) UnmarshalText(text []byte) error {
	return unmarshalName(transitionKindNames[:], "transition kind", text, k)
}

// UnmarshalText sets e to the evidence of that exact description.
func (e *Evidence) UnmarshalText(text []byte) error {
	return unmarshalName(evidenceNames[:], "evidence", text, e)
}

// UnmarshalText sets r to the policy of that exact name.
func (r *Regression) UnmarshalText(text []byte) error {
	return unmarshalName(regressionNames[:], "regression", text, r)
}

// UnmarshalText sets s to the policy of that exact name.
func (s *Skipping) UnmarshalText(text []byte) error {
	return unmarshalName(skippingNames[:], "skipping", text, s)
}

func nameOf[E ~uint8](names []string, what string, v E) string {
	if int(v) >= len(names) {
		return fmt.Sprintf("%s(%d)", what, uint8(v))
	}
	return names[v]
}

func marshalName[E ~uint8](names []string, what string, v E) ([]byte, error) {
	if int(v) >= len(names) {
		return nil, fmt.Errorf("unknown %s %d", what, uint8(v))
	}
	return []byte(names[v]), nil
}

func unmarshalName[E ~uint8](names []string, what string, text []byte, v *E) error {
	for i, name := range names {
		if name == string(text) {
			*v = E(i)
			return nil
		}
	}
	return fmt.Errorf("unknown %s %.40q", what, text)
}
