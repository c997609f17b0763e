// Package capture turns events into facts: one pass over a log gives the base metrics of the
// catalogue, or of the caller, for every period and segment asked for.
//
//	collector, err := capture.New(capture.Options{Periods: months, Segment: plan})
//	...
//	for _, e := range events { // each checked with event.Check
//		collector.Add(&e)
//	}
//	for cell, facts := range collector.Facts() {
//		rate, err := email.OpenRate().From(facts)
//		...
//	}
//
// # What is counted
//
// A metric with a capture rule says which events it is computed from, and how: the number of
// events, the sum of an attribute, the number of different customers, sessions or values of
// an attribute, the distribution of an attribute, or the time from the first event of one
// name to the first event of another for each object, such as a ticket. Conditions on
// attributes narrow the events down; an attribute that is absent fails every condition but
// "!=".
//
// An event lies in a period by its effective time, from the start of the period up to its
// end. Periods may overlap and may leave gaps. A duration belongs to the period in which it
// ends, and to the segment of the event that it starts with; the two events may lie in
// different periods, or in none. Whatever is counted for a segment is counted for all
// segments together, where a customer of two segments counts once.
//
// A duration is a fact once its object has ended. Objects that are still open are censored and
// not dropped in [Collector.Durations], which gives those of each cell as of any instant, for a
// survival curve. It costs nothing until it is asked for.
//
// Money is added up by currency. Where amounts of two currencies meet, the fact is that the
// metric is undefined. Sums are exact: integers of 128 bits, and decimals without rounding.
//
// Nothing is zero by accident. A metric is a fact only if the log shows that it could have
// been counted, see [Collector.Facts]; name in [Options.Covers] the events that the log would
// contain. A sum, a distribution or a distinct count may find events in a period and segment
// of which it can read none, for want of the attribute, the customer or a currency, or because
// of a wrong type. It is undefined there, [metric.MissingInput]. If it can read some, it is of
// those; if there are no events, it is zero. The same holds of a period as a whole and of all
// segments together: one event that can be read, anywhere in them, makes a value.
//
// And nothing is skipped in silence: [Collector.Report] counts, by reason, the events that
// were not taken in and those that a metric could not read. Look there for what a value that
// is of some events leaves out.
//
// # Order and identity
//
// The order of arrival never matters, unless there are more segments than a collector can
// hold, see [Options.Segment]. Where the first of several events is wanted, the order is that
// of [event.Compare], with one difference: content is compared by its hash
// ([event.Event.ContentHash]), which decides only between events that agree in time,
// sequence number, time of record, source and id.
//
// An event is identified by [event.Event.Key]. However often it is delivered it counts once,
// also if the deliveries went to collectors that are merged later. Of deliveries that differ
// under one id the least in that order counts.
//
// # Which surface to choose
//
// Add, by default, remembers every event: 80 bytes for each, 11 to 21 bytes to find it by,
// and for those that some metric reads 16 bytes more, 1 for each set of conditions, 4 for
// each key and 10 for each number; for those of durations 60 bytes and the length of the id
// besides. There is room for up to 2048 more of each name. Choose it whenever deliveries may
// repeat.
//
// Add with [Options.Unique] remembers nothing of an event once it is counted. Choose it for a
// log that was deduplicated before.
//
// [Collector.AddBlock] takes columns, several times faster than events, and is always unique.
// Choose it where the data are columns: a warehouse, a Parquet file.
//
// With events that are unique, what a collector holds depends on the numbers of
//
//   - keys, of each space: about 40 bytes and the key;
//   - cells, which are a segment in a piece of time between two bounds of periods: 8 bytes
//     for a count, 24 for a sum in each currency or number of decimals, 24 and 8 for each
//     value for a distribution, and 40 and a bitmap of keys for a distinct count, of 1 bit
//     a key for each event of a key that the count asks for; and 1 for each metric that
//     could not read some event;
//   - objects of durations, closed or open: 56 bytes, and for each of their two events 48
//     bytes and the length of the id.
//
// # Merging
//
// Collectors of equal options merge. With + for [Collector.Merge] of collectors of events,
// and 0 for an empty one:
//
//	(a + b) + c = a + (b + c)
//	a + b = b + a
//	a + 0 = a
//	collector(events) = the merge of collectors of any split of the events
//
// By default a merge counts an event once that came to both sides. The laws hold to the byte:
// equal states have one binary form, see [Collector.MarshalBinary]. (Numbers with decimals
// that blocks state at different scales are equal in value, and may differ in bytes.) Keys
// are held in the 256 buckets of [event.Bucket].
package capture
