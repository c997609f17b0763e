// Package survival answers how long customers take: to churn, to first value, to convert.
//
// Some of them have not got there yet when the data end. Leaving them out, or taking their
// elapsed time for the full one, makes every duration too short. This package keeps them as
// what they are: observations whose end is not known, only that it lies later.
//
// # Observations
//
// A [Sample] holds checked and sorted observations with the unit of their times. An
// [Observation] says that someone was watched over (Entry, Exit] and what ended it: nothing
// yet (censored), or an event of some cause. Entry is exclusive: who enters at 5 is not at
// risk at 5. An entry of 0 is from the very beginning and includes events at 0. At equal
// times events come before censorings: who is censored at 5 was at risk at 5.
//
// [FromDurations] makes a sample of closed durations and the elapsed times of cases that are
// still open, such as the values of a duration metric.
//
// # Answers
//
//   - Curves: [Sample.KaplanMeier], [Sample.NelsonAalen], with [Curve.Median],
//     [Curve.Quantile], [Curve.RestrictedMean].
//   - Several ways to leave: [Sample.CumulativeIncidence].
//   - Left- and interval-censored times: [Turnbull].
//   - Comparison of groups: [RankTest].
//   - Distributions: [Sample.Fit] of exponential, Weibull, log-normal and log-logistic, with
//     or without covariates (accelerated failure time).
//   - Proportional hazards: [Sample.Cox].
//
// Every answer carries the unit of the data, a standard error and an interval where there
// are such, and which options differed from the default. Where packages differ, the default
// is that of R's survival [1].
//
// # Numbers
//
// These are statistical models, in floating point. Counts are exact up to 2^53. Curves agree
// with exact fractions to about 1e-12; [Curve.Exact] gives them exactly for small data.
// Fitted models are at the optimum to about 1e-8 of a standard error. The order of the
// observations does not matter, to the last bit. No result is NaN or infinite: what does not exist
// is an absent [Optional] or an error that wraps [metric.ErrUndefined] and says why.
//
// Nothing here holds state between calls; all results are immutable and safe for concurrent use.
//
// [1] Therneau, Terry M. A Package for Survival Analysis in R. Version 3.8.
package survival
