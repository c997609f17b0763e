// Package engagement measures activity over time: who is active and how often, how long
// people stay, how they begin and where they go.
//
//   - [Activity] keeps the days on which each customer was active: active customers by day,
//     week and month and over rolling windows, stickiness, growth accounting, the seven
//     daily states of a customer, adoption of features and breadth of use.
//   - [Sessions] cuts what a customer does into visits: their number, length and pages, and
//     which of them were more than a glance.
//   - [Activation] says who reached first value after signing up, and how fast.
//   - [Paths] counts what customers do one after the other from a first event on.
//
// # Taking in
//
// Each is an accumulator. Add takes one event, which it does not keep; AddBlock takes
// columns, all or nothing; Merge adds another accumulator of the same options. The result
// is the same whatever the order of arrival and however the events are split, by customer
// or not. MarshalBinary writes the state; equal states give equal bytes.
//
// An event counts for its subject, see [event.Event.Subject]. Events that cannot be taken
// in are refused, counted and reported by reason; nothing is dropped in silence. Events
// outside the years 1824 to 2115 are refused for [event.BadTime].
//
// Accumulators are not safe for concurrent use. With Workers above one, a result is
// computed by that many goroutines, which end before it is returned; it is the same with
// any number.
//
// # Time
//
// Days are civil days of the zone of the range. A day on which clocks change has 23 or 25
// hours; nothing counts in blocks of 24 hours. Elapsed times, such as those of sessions, are
// exact to the nanosecond.
package engagement
