// Package event holds customer events: their envelope, their vocabulary and their
// names.
//
// # From a source to a counted event
//
// An event comes from [Decode] (a line of JSON), from [New] (a typed payload) or from
// filling in an [Event]. Its name is made canonical by the [Aliases] of its source,
// such as [Stripe] or [GA4], or by [Fold] alone. [Check] then says, once, whether it
// can be counted; a refused event comes with a [Reason] to count refusals by:
//
//	e, err := event.Decode(line)
//	...
//	event.Segment().Apply(&e)
//	if err := event.Check(&e); err != nil {
//		... // errors.Is(err, event.MissingTime)
//	}
//
// # Vocabulary
//
// Names are object and past-tense verb in lower-case snake_case, such as
// order_completed. [Vocabulary] lists the known events with their attributes, and
// each has a payload type of the same name, such as [OrderCompleted]. Events of other
// names are welcome: they can be counted, but nothing is known of their attributes.
//
// Money is always a pair: an amount in minor units of a currency, and the currency's
// ISO 4217 code. Enumerations are open.
//
// # Order, identity, buckets
//
// [Compare] orders events totally, whatever order they arrived in. [Event.Key]
// identifies an event for deduplication. [Event.Subject] is the customer that an
// event belongs to, and [Bucket] the one of 256 buckets in which the customer's state
// is kept.
//
// Events, values and attributes are plain data and safe for concurrent reading.
package event
