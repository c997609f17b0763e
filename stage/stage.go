// Package stage names the six stages of a customer's life: attract, convert,
// onboard, retain, grow and exit.
//
// The list is a house model. It is not published elsewhere in this form; the
// published models differ in names, number and order of their stages and are
// mapped to this one.
//
// The stages are read as follows:
//
//   - A person or account is in exactly one stage at each instant, and in none
//     before the first touch. Stays are half-open, [entry, exit).
//   - The stages are not a line. Exit may be followed by a new spell that begins
//     at convert, or at onboard when the new commitment is the first sign of it.
//   - Grow refines retain: whoever is in grow is also being retained, and falls
//     back to retain when the growth rule no longer holds.
//   - A renewal is retain. Only a renewal of higher value also counts in grow.
//   - Onboard always ends: by activation, by a time limit, or by exit.
//   - A trial is convert, unless a free plan is itself the product.
//
// # Published models
//
// A [Model] is a list of stages that others use, each mapped to those of the six it
// corresponds to, the main one first. [Models] yields those of this package,
// [LookupModel] finds one by its id, and [NewModel] checks and keeps one of your own.
//
//   - Marketing: [AIDA], [SterneCutler], [AARRR], [RARRA], [RACE], [SeeThinkDoCare],
//     [ActOn], [Pedowitz], [McKinseyLoop], [Forrester], [DemandWaterfall],
//     [HubSpotInbound]
//   - Sales and customer success: [HubSpot], [SalesforceLead], [SalesforceOpportunity],
//     [BowTie], [CustomerSuccess], [GainsightCommunity], [Leanscale],
//     [RetentionLoyaltyNurturedGrowth]
//   - Telecommunications: [TMForum]
//   - States read off activity, orders or payment: [DuolingoStates],
//     [GrowthAccounting], [MRRMovements], [OrdinaryRecency], [PathfinderRecency],
//     [StripeSubscription]
//
// The names are those of the publications; the mappings are ours throughout, and so
// are transitions that do no more than follow the order of a list. [Model.Evidence]
// says how well each model is known here.
//
// # What a mapping is for
//
// A mapping says which stage of one list is about the same part of a customer's life
// as which stage of another. It serves to file a metric under the words that a team
// uses, to see what a model leaves out ([Model.Coverage]), and to find the metrics
// that a team has no stage for.
//
// It does not turn counts in one model into counts in another. A stage that maps to
// two of the six straddles their border, and nobody can say how its customers divide;
// two stages that map to the same one do not have the entry and exit of that one.
// Whoever wants the counts of another model goes back to the events. Nor is all that
// can be listed a funnel:
//
//   - Do not compute a conversion from step to step in a [PriorityOrder] or a
//     [StateOrder]. In RARRA nobody passes from retention to activation. Nor is there
//     one from referral to revenue in AARRR, whose author's slides differ in the order.
//   - Do not read the last place in a list as the latest in time. Evangelist and
//     Other of HubSpot do not come after Customer.
//   - Do not add a [Flag] to the steps. An escalated, overdue or paused customer is in
//     a step as well, and would count twice.
//   - Do not compare times in stage across tools: one that only goes forward
//     ([RegressionIgnored]) hides what falls back.
//   - Do not divide the numbers who ever reached two stages where some skip one
//     ([SkippingLeavesGap]): the later number holds people the earlier one does not.
//   - Do not compare models of different units. A company is as far as its best
//     contact, and a customer as far as the best of several subscriptions.
//   - Do not count a [WinBack] as new. It is the same customer in a new spell.
package stage

import (
	"encoding"
	"errors"
	"fmt"
	"iter"
)

// Stage is one of the six stages. Its values are stable and ordered as a first
// passage through them would be. The zero Stage is no stage.
type Stage uint8

// The six stages in order.
const (
	Attract Stage = 1 + iota
	Convert
	Onboard
	Retain
	Grow
	Exit
)

// ErrUnknown reports a name or a value that is none of the six stages.
var ErrUnknown = errors.New("unknown stage")

var (
	_ encoding.TextMarshaler   = Stage(0)
	_ encoding.TextAppender    = Stage(0)
	_ encoding.TextUnmarshaler = (*Stage)(nil)
)

// rule is what is said of one stage.
type rule struct{ name, entry, exit, question string }

var rules = [...]rule{
	Attract: {
		name:     "attract",
		entry:    "first touch by a person or account, identified or pseudonymous",
		exit:     "first sign of buying intent, or the idle limit has passed",
		question: "How many of the right people notice us, through which channel and at what cost?",
	},
	Convert: {
		name:     "convert",
		entry:    "first sign of buying intent: a qualified lead, a form, a trial, a cart",
		exit:     "first commitment (a payment, a signed order, a deal won), or lost",
		question: "How many of the interested commit, how fast, and what do they spend?",
	},
	Onboard: {
		name:     "onboard",
		entry:    "first commitment",
		exit:     "activation criterion met, onboarding limit passed without it, or exit",
		question: "How many new customers reach first value, and how long does it take them?",
	},
	Retain: {
		name:     "retain",
		entry:    "activated, or onboarding limit passed",
		exit:     "exit, or the growth rule holds",
		question: "How many customers keep coming back, keep paying and stay satisfied?",
	},
	Grow: {
		name:     "grow",
		entry:    "retained, and worth more than in the first full period, or referring, cross-buying or upgrading within the look-back",
		exit:     "the growth rule no longer holds (back to retain), or exit",
		question: "How much more do existing customers spend, and whom do they bring along?",
	},
	Exit: {
		name:     "exit",
		entry:    "contract ended, cancellation in effect, or inactive for the threshold",
		exit:     "won back: a new spell begins at convert, or at onboard with a new commitment",
		question: "Who leaves, when, why, with how much revenue, and who returns?",
	},
}

// rule of s; the empty rule for no stage.
func (s Stage) rule() *rule {
	if int(s) >= len(rules) {
		s = 0
	}
	return &rules[s]
}

// All yields the six stages in order.
func All() iter.Seq[Stage] {
	return func(yield func(Stage) bool) {
		for s := Attract; s <= Exit; s++ {
			if !yield(s) {
				return
			}
		}
	}
}

// Valid reports whether s is one of the six stages.
func (s Stage) Valid() bool { return s >= Attract && s <= Exit }

// String returns the lower-case name of s, "none" for the zero Stage and
// "stage(n)" for any other value.
func (s Stage) String() string {
	switch {
	case s.Valid():
		return s.rule().name
	case s == 0:
		return "none"
	}
	return fmt.Sprintf("stage(%d)", uint8(s))
}

// Entry says in words when a customer enters s. It is empty for no stage.
func (s Stage) Entry() string { return s.rule().entry }

// Exit says in words when a customer leaves s. It is empty for no stage.
func (s Stage) Exit() string { return s.rule().exit }

// Question is what is asked of s. It is empty for no stage.
func (s Stage) Question() string { return s.rule().question }

// Parse returns the stage of an exact lower-case name. Any other text is an
// [ErrUnknown], "none" included.
func Parse(name string) (Stage, error) {
	for s := range All() {
		if s.rule().name == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("%w %.40q", ErrUnknown, name)
}

// AppendText appends the name of s. A value that is none of the six stages is an
// [ErrUnknown].
func (s Stage) AppendText(b []byte) ([]byte, error) {
	if !s.Valid() {
		return b, fmt.Errorf("%w %d", ErrUnknown, uint8(s))
	}
	return append(b, s.rule().name...), nil
}

// MarshalText returns the name of s, see [Stage.AppendText].
func (s Stage) MarshalText() ([]byte, error) { return s.AppendText(nil) }

// UnmarshalText sets s to the stage of that name, see [Parse].
func (s *Stage) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}
