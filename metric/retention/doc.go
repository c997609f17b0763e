// Package retention answers how many customers come back: cohorts of those who started in
// the same hour, day, week, month, quarter or year, and what share of each returned in the periods
// after.
//
// # Words
//
// A start is an event that makes a customer a member of a cohort, and a return is one that
// counts as coming back; [Options] say which events they are. The range is divided into
// buckets of the calendar. A cohort is all customers who started in one bucket, by default
// those whose first start ever was there: customers who had started before the range are in
// no cohort. With [Options.Recurring], a customer is a member of the cohort of every bucket
// with a start.
//
// Period k of a customer is the kth bucket after that of the start. That is how retention is
// mostly counted, and it makes somebody who signs up at 23:45 and leaves at 00:01 a customer
// who returned on day 1. With [Options.Clock], periods are counted from the customer's own
// start instead: in elapsed time, or on the clock and calendar of the zone.
//
// # Measures
//
// A [Question] asks for a [Table] of cohorts by periods, by one of four measures:
//
//	exact      returned in period k, also called N-day or classic
//	unbounded  returned in period k or later
//	up to      returned in period 1, 2, ... or k
//	brackets   returned in one of periods i to j
//
// They differ widely for the same customers, so that a figure without its measure says
// little. Period 0 is the size of the cohort, unless [Question.ZeroReturns] asks for the
// returns in it. With [Options.Value], amounts are added up instead of customers: revenue
// retention.
//
// # Cells that are not final
//
// A period that has not ended for every member of the cohort is incomplete: more customers
// may still return in it. Tables mark such cells, and [Table.Average] leaves them out and
// says how many there were. [Question.AsOf] is the instant up to which the data are complete.
//
// # Feeding
//
// [Accumulator.Add] takes events, [Accumulator.AddBlock] columns. Accumulators of parts of
// the data merge, in any order, to what one would be that had been given all of it.
//
// What an accumulator keeps depends on the options, and not on how often an event comes:
//
//	calendar, counting     per customer 8 bytes for the first start, and a bit for each
//	                       bucket; with Recurring two bits and no first start
//	own clock, counting    16 bytes for each different instant of a return (hour, with
//	                       FloorHour) and, with Recurring, bucket with a start
//	MinReturns, Value      every return: 32 bytes as a row of columns; 64 bytes and its id
//	                       more as an event, which counts once however often it comes
//	FirstIf                every start: 24 bytes as a row of columns; as an event as above
//
// The first kind lies in arrays by [event.Code], so that an accumulator which shares a large
// [event.Keys] has room for all of its customers.
//
// Only with MinReturns, Value and FirstIf is the identity of events looked at. Otherwise two
// deliveries of one event that contradict each other in their time are two instants at which
// something happened.
package retention
