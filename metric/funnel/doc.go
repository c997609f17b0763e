// Package funnel answers how many customers go through the steps of a funnel, how long it
// takes them, and where they drop off.
//
// # Words
//
// A step is an [event.Rule]. An attempt starts at an event that is the first step, and its
// level is the number of steps done since. It takes the next step at the first event that is
// one, until the window that began with it is over; an event exactly at the limit counts.
// Other events do not matter to an attempt, unless the [Order] is strict, they are excluded,
// or [Options.NoRepeats] is set.
//
//	a customer        A   A   B   C     steps A, B, C in an hour
//	at minute         0  30  45  75
//	first attempt     1       2         its window is over at minute 60
//	second attempt        1   2   3     this one counts
//
// By default each customer counts once, by the attempt that got furthest, the earliest of
// several: that is the number of customers who got anywhere. See [Attempts] for the others.
// It follows that a customer who has got to a step is never lost for having tried before.
//
// An event is one step of an attempt, though two steps may mean it, unless [Options.Reuse] is
// set. Events of one instant are in the order of [event.Compare]: by sequence number, time of
// record, source and id. Whoever has whole seconds and no sequence numbers may want
// [Options.TiesByStep].
//
// # Names elsewhere
//
//	PostHog      ordered: the default; strict: Strict; unordered: AnyOrder; exclusions: RemoveCustomer
//	Mixpanel     uniques: FirstEntry, with optimized re-entry: Furthest and FromLatestEntry;
//	             totals: EveryEntry; exclusions: EndAttempt; hold property constant: Hold
//	Amplitude    this order: the default; any order: AnyAfterFirst; exact order: Strict
//	ClickHouse   windowFunnel: Reuse and TiesByStep; strict_once: without Reuse;
//	             strict_increase: Increasing; strict_deduplication: NoRepeats and FirstEntry;
//	             strict_order: StrictRepeats and FirstEntry; allow_reentry: Reentry
//
// # Results
//
// [Funnel.Table] counts attempts by step, with exact shares, and [Funnel.Attempts] lists them.
// An attempt whose window is not over at [Query.AsOf] has not dropped off: it is open, and so
// is a customer of whom another attempt is under way that may get further. Times are exact
// distributions.
//
// # Feeding
//
// [Funnel.Add] takes events, [Funnel.AddBlock] columns. Funnels of parts of the data merge,
// in any order, to what one would be that had been given all of it; see [Funnel.Merge].
//
// A funnel keeps a row of each event that is a step or excluded, in strict orders of every
// event: 24 bytes for a row of columns, 32 with a sequence number, 88 and its id for an event;
// with [Options.Unique] an event takes as much as a row of columns, and 40 bytes if it has a
// time of record.
// No row is dropped, since a late event may come before any of them and make it matter; not
// even all but one of the events between two steps in a strict order, because a step may turn
// up among them. Different values to hold or to break down by are kept once each.
//
// # Work
//
// A result takes time in proportion to the events, however many attempts of a customer there
// are. There are exceptions: in any order with exclusions or with events that are several
// steps, and for times by [FromLatestEntry], each attempt may be followed on its own; and with
// Hold, each excluded event is looked at for each value that the customer has.
package funnel
