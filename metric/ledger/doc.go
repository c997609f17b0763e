// Package ledger keeps the recurring revenue of subscriptions: how much recurs at any
// instant, what moved it, and what came of the customers who paid it.
//
// # From facts to statements
//
// A [Ledger] takes in dated facts, one at a time as [Fact] or as events of the vocabulary
// ([Ledger.Add]), or many at once as columns ([Block]). For each subscription they make a step
// function of monthly recurring revenue (MRR). Those of a customer's subscriptions add up to
// the customer's, and every change of that sum is exactly one classified [Movement]. A
// [Statement] sums up the movements of periods:
//
//	opening + new + expansion + contraction + churn + reactivation + transfer + fx = closing
//
// for every period, currency and segment, and for all segments together. A statement for
// which that does not hold is an error and not a statement.
//
// All amounts are exact: a yearly price is twelfths of a cent, a daily one is 365/12. They are
// rounded once, where they are reported ([Amount.Money], [Bridge.Round]).
//
// # Rows of a table
//
// A row of a subscription is a [Started] and, if it has ended, a [Cancelled]. Where each plan
// has a row, one ends at the instant at which the next begins: that is a change of price, whether
// or not both are of one subscription (A8, C10).
//
// # Rules
//
// The comments and tests of this package cite its rules by these numbers. [Options] say what
// else is offered.
//
//	A1   Revenue is held by subscription and movements are the customer's.
//	A2   A customer is the paying account. Users never enter.
//	A3   Facts are those of [Kind].
//	A4   A fact has an effective, an occurred and a recorded time.
//	A5   A fact states what is so, and not what changed.
//	A6   One source and ID is one fact: the same content is ignored, content that was recorded
//	     later corrects it, and other content is reported. See [Options].Unique.
//	A7   Facts are ordered by time, sequence, record, ends before others, source, ID and content,
//	     so that the order of arrival never matters.
//	A8   Intervals are half-open: what ends at an instant has ended before what starts at it, and
//	     what starts and ends at one instant has no revenue.
//	B1   MRR of an item is (amount - tax) * quantity less discount, per month. See [Normalize].
//	B2   A year is 12 months, n months divide by n.
//	B3   A month has 52/12 weeks and 365/12 days.
//	B4   Arithmetic is exact; each reported number is rounded once.
//	B5   The minor unit is that of ISO 4217.
//	B6   Tax is out. B7: so are one-off charges. B9, B10: so are credits and refunds.
//	B8   A discount lowers MRR while it runs.
//	B11  Metered use is a level of its own.
//	B12  A price of zero is no revenue: churn, although the subscription lives on.
//	B13  All items count.
//	B14  Of two states of a subscription at one instant the later in order counts.
//	B15  A ramp is several facts with future effective times.
//	C1-5 New, reactivation, churn, expansion, contraction. See [Class].
//	C6   A change at equal revenue is no movement.
//	C7   Losses are negative in movements and positive in rates.
//	C8   A return is a reactivation after any length of time.
//	C9   No gap is bridged.
//	C10  Facts of one customer at one instant are one movement.
//	C11  One of several subscriptions ending is contraction; the last is churn.
//	C12  A subscription that changes hands is transferred.
//	C13  A merged customer's revenue is transferred on the day of the merge.
//	C14  A movement belongs to the segment as of it: gains to the new one, losses to the old.
//	     What moves between segments is transferred.
//	C15  A loss has a [Reason] as far as it is known.
//	D1   Churn is booked when service ends. D2: a request that is withdrawn moves nothing.
//	D3   A change inside a period counts in full at once. D4: a scheduled one when it takes
//	     effect. D5: a renewal is no movement. D6: a term that runs out is churn at its end.
//	D7   Past due counts as revenue, at risk, for 30 days, and has ended then.
//	D8   Recovery after that is a reactivation.
//	D9   A paused subscription has no revenue. Its customer is not lost while there is a date
//	     of return.
//	D10  A trial has no revenue; it is new when it is first paid for.
//	D11  Periods are of one time zone, and a period's level is that just before its end.
//	D12  New and churn within a period are both booked; [Row.Ends] compares the two ends.
//	D13  A period that has not ended is incomplete, and nothing happens by itself in its rest.
//	E1   Each currency is by itself unless a query asks for conversion.
//	E2   A level is converted at the rate of its instant, a movement at that of its day, and
//	     the rest is FX. E3, E4: or all at one rate. E5: a missing rate is an error. E6: rates
//	     move no revenue and are not in retention. E7: the caller supplies them ([Rates]).
//	F1   ARR is 12 MRR. F3: at risk is what is past due. F4: a paying customer has revenue.
//	F2   Committed is MRR with what is signed and without what is ending, as was on record.
//	F5   ARPA is MRR by paying customer, undefined without any.
//	G1-5 Churn and retention of revenue are of the customers at the start. See [Row].
//	G6   Customer churn is that of the customers at the start. G7: so is that of subscriptions.
//	G8   No rate without a denominator. G9: no rate is clamped.
//	G10  Quick ratio. G11: yearly churn is compounded. G12: periods are pooled ([Pool]).
//	G13  Renewal rate. G14: a rate carries what it takes to read it ([Rate]).
//	G18-21 Cohorts are by the period of first revenue. See [Cohort].
//	H1   Every statement adds up. H2: movements add up over time.
//	H3   Any answer can be had as known on a day ([Query.Known]).
//	H4   Late facts restate history, unless books are closed ([Query.ClosedUntil]).
//	H5   A state without history can be asked for by [Ledger.Snapshot] only.
//	H6   What cannot be taken in is reported and never dropped ([Ledger.Report]).
//	H7   The same facts give the same bytes. H8: results say their options.
package ledger
