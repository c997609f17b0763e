// Package exchange writes definitions of metrics as JSON, CSV and Markdown, and reads them
// back.
//
// Each format carries every field of a definition, so nothing is lost on the way:
//
//	exchange.WriteJSON(w, catalog.All())
//	specs, err := exchange.ReadJSON(r)
//	defs, err := exchange.DefineAll(specs, nil) // equal to catalog.All()
//
// JSON is for programs, CSV for spreadsheets and Markdown for readers. What is read is
// text, a [formula.Spec] for each metric in the order of the file; [DefineAll] checks and
// compiles it, in whatever order it comes. The readers refuse what they do not know, what
// is there twice and what contradicts itself, and say where.
//
// # Fields
//
// The three formats have the same fields. JSON has them as keys, CSV as columns:
//
//	id name aliases stage also definition quantity unit formula direction variant_of
//	question domain subject inputs scale per grain capture capture_events undefined
//	range time rollup includes excludes differs relations examples caveats sources
//	forms calculator since stability deprecated
//
// Four of them follow from others and are there for those who look things up: domain is
// the part of the id before the dot, inputs are the ids behind the names in the formula and
// its guards, capture_events the events of the capture rule, and in JSON capture is
// capture_rule in words. A reader does without them, but refuses one that disagrees.
//
// # JSON
//
// A file is one object:
//
//	{"version": "0.1.0", "metrics": [{"id": "email.open_rate", ...}, ...]}
//
// The version is that of the catalogue, catalog.Version, as in every file written here.
// A file of another major version is refused. A metric is an object of
//
//	id, name, stage, definition, quantity, unit, formula, direction, variant_of, question,
//	domain, subject, per, grain, capture, range, time, differs, calculator   text
//	since, stability                                                         text
//	aliases, also, inputs, capture_events, includes, excludes                list of text
//	scale         integer above 1
//	capture_rule  {kind, of, event, where, at_least, until, until_where, object}
//	undefined     list of {when, reason}
//	rollup        {time, population}
//	relations     list of {kind, target}
//	examples      list of {inputs, period, result, undefined, source}
//	caveats       list of {text, formula, gives}
//	sources       list of {title, section, year, url}
//	forms         list of {system, name}
//	deprecated    {since, reason, replaced_by}
//
// The kind of a capture rule is count, sum, distinct, values or duration; of is the
// attribute that is summed, collected or told apart, object that by which the two events
// of a duration, event and until, find each other. The lists where and until_where are of
// conditions on them, such as "machine != true"; at_least and year are integers.
//
// All values are texts, exact as in the registry: "43/197", "1600.00 USD". The inputs of an
// example are an object of id and value, where a distribution is a list. A key that is left
// out is empty, null is nothing that a key can be.
//
// # CSV
//
// A file is a header and a row for each metric, in UTF-8 and by RFC 4180. The columns are
// the fields above, rollup being two, rollup_time and rollup_population. They may come in
// any order, and all but id may be missing. There is no version in it.
//
// A list of words is one cell with "; " between its items, a list of more than words has
// each item on a line of its own within the cell:
//
//	capture      number of different message_id of email_opened where machine != true
//	undefined    delivered == 0: zero_denominator
//	relations    complement email.bounce_rate
//	examples     email.sent = 3, email.clicks = 1 in 2026-03 -> 1/3 (where it is published)
//	             email.sent = 0 -> undefined, zero_denominator
//	caveats      Text of the caveat. | clicks / delivered gives 1/2
//	sources      Title | section: 3.1 | year: 2024 | url: https://example.org
//	forms        hubspot: Open rate
//	deprecated   since: 0.2.0 | reason: nobody asks for it | replaced_by: email.click_rate
//
// A part with nothing to say is left out. A backslash makes the sign behind it stand for
// itself, where it would otherwise end an item or a part: \; \| \: and \\. Within an item
// \n is a line break, \r is a carriage return everywhere, which CSV cannot keep, and an item
// that is \e has no text. A value of a capture rule that has a space or a comma is quoted as
// in Go.
//
// Spreadsheets run a cell as a formula if it starts, spaces aside, with = + - @ or their
// full-width forms, a tab or a line break. Such a cell has one apostrophe in front, and so
// has a cell that starts with an apostrophe. The reader takes one away.
//
// # Markdown
//
// A file is what [WriteMarkdown] writes, possibly edited, and no other Markdown: a title,
// a line with version and number of metrics, and for each domain a chapter with a table of
// its metrics. A metric is a heading of level four, its question in emphasis and its
// definition, each a paragraph of one line, and a list of its other fields:
//
//	#### <a id="email.open_rate"></a>Email open rate
//
//	*How many of the messages that arrived were opened?*
//
//	Share of delivered messages that ...
//
//	- Id: `email.open_rate`
//	- Also called: open rate; unique open rate
//	- Stage: attract
//	- ...
//
// Fields that are lists of more than words, such as examples, have a line for each item,
// with the items of CSV. The subject is the heading of level three above the metric, none
// for those that come before the first. Code spans, links to metrics, escapes and numeric
// character references are understood and make no difference to the text; other markup is
// refused. Titles and introductions of chapters are not part of a metric and not read. The
// table is derived, and gives the order of the metrics.
//
// # Limits
//
// Files may come from strangers. They are read whole, up to [MaxSize] bytes and [MaxMetrics]
// metrics of texts up to [MaxText] bytes and lists up to [MaxItems] items, and must be in
// UTF-8. No reader runs anything or follows a link, and none holds on to what it was given.
// The writers refuse what exceeds the limits for one metric, and what is not UTF-8.
package exchange
