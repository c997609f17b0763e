// Package segment says who: it divides customers by what they did, by recency, frequency and
// monetary value, by lifecycle grids, by cohorts and by the time since they last bought, so
// that every metric can be had for each of them.
//
// # Behaviour
//
// A [Behaviour] takes in events and answers, for any past instant, who met a [Criterion]: who
// did something, or did not, so many times, for the first time, in a sequence, with a total of
// some attribute. A question names the [Universe] of those it is about, because "did not buy"
// means nothing without one. What is known at an instant is what happened before it, and
// traits are those of then, not of today.
//
// # Recency, frequency, monetary value
//
// [Score] gives each [Record] a score in each of the three, by quantiles, by fixed edges or by
// rank; equal values always get equal scores. A [Map] names the cells, and is checked to give
// each exactly one name. [Grid] crosses frequency with recency and adds up what customers of a
// cell brought and cost; [Phases] names its cells.
//
// # Time since the last order
//
// A [Classifier] names where a customer stands by the time since the last order: by fixed
// days, by the customer's own gap between orders, or by the gaps of all. The published ones
// are here by name, and [RecencyClassifier] makes one of a model of package stage.
//
// # Labels
//
// All of these come to [Labels]: one name for each customer. Labels plug into collectors of
// package capture, so that any metric of the catalogue is computed by segment, and print
// sizes, in which small cells can be suppressed.
package segment
