// Package journey follows customers through the stages of a model: which stage a customer
// is in at an instant, for how long, where from and where to.
//
//	tracker, err := journey.New(journey.Options{Rules: []journey.Rule{
//		{Stage: "convert", When: event.Named("trial_started")},
//		{Stage: "onboard", When: event.Named("subscription_started")},
//		{Stage: "retain", When: event.Named("activated")},
//		{Stage: "exit", When: event.Named("subscription_cancelled")},
//	}})
//	for i := range events {
//		tracker.Add(&events[i])
//	}
//	stock, err := tracker.At(endOfMarch)
//
// # Visits
//
// An event that a [Rule] means says that its customer enters a stage. The events of a
// customer, in the order of event.Compare, are folded into visits, half-open in time: from
// the entry up to the entry of the next stage. An instant at which a stage is entered
// belongs to that stage. Before the first event a customer is in no stage.
//
// What happens at moves that a model does not foresee is the policy of [Options]: falling
// back, passing over stages, entering a stage twice, coming back from the end. Moves that a
// policy does not let through are kept with their reason, see [Journey.Ignored].
//
// A [Limit] ends a stage by time alone: the limit of onboarding, inactivity that is an exit.
//
// A stage that is a [stage.Flag] of its model, such as an escalation, overlaps the others:
// its visits run beside them.
//
// # Counts that get mixed up
//
// In stage now, ever reached, and converted are three numbers, see [Tracker.At],
// [Tracker.Reached] and [Tracker.Conversion]. Conversion is of a cohort, of those who
// entered a stage in one period, and counts those who reached the other stage later; it is
// not the quotient of two numbers of reached, which holds people who passed over the first.
// [Tracker.PeriodConversion] divides the entries of a period instead, as many tools do.
//
// # State
//
// A tracker keeps one row for each event that a rule means: 24 bytes from columns, about 90
// and the id from events, if those are not [Options.Unique]. Events may come late, and any of them may change what the later
// ones mean, so none can be dropped. Trackers merge, in any order and split; see
// [Tracker.Merge].
//
// # Chains
//
// [Tracker.Transitions] counts moves from visits at risk, and [Chain] is the absorbing
// Markov chain that follows: expected time to exit, probability of return, and the value of
// a customer by the method of Pfeifer and Carraway (2000), in exact fractions.
package journey
