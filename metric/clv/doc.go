// Package clv predicts what customers will buy, how long they will stay, and what that is
// worth: customer lifetime value by the models of the marketing literature.
//
// # Customers who leave without saying so
//
// A shop does not hear of it when a customer is gone. Of each customer there is a [Summary]:
// the number of repeat purchases, when the last one was, and how long the customer has been
// one. Many of them are a [Sample]. Four models explain such a sample:
//
//   - [BGNBD]: a customer buys at random, and after each repeat purchase may be gone.
//   - [MBGNBD]: the same, and may be gone after the first purchase already.
//   - [ParetoNBD]: a customer buys at random, and may be gone at any time.
//   - [BGBB]: there are separate opportunities to buy, such as one a year.
//
// [FitBGNBD] and its siblings estimate the parameters by maximum likelihood. Every model
// answers with an [Outlook], for a customer with a history or for a newcomer: whether the
// customer is alive, how many purchases to expect, with what probability there will be n of
// them, and what they are worth today if later ones count for less. [GammaGamma] models the
// value of a purchase; [Value] brings both together. [BGNBDCovariates] and
// [ParetoNBDCovariates] let what is known of customers, such as how they were acquired, move
// the parameters.
//
// # Customers who renew or cancel
//
// With contracts it is known who left when. [Cohorts] hold how many customers were left after
// each renewal; [Cohorts.Observed] is the answer without a model, and [SBG] and [BDW]
// project survival, retention and discounted lifetime beyond it.
//
// # What a fit says about itself
//
// [Fit.Report] says in words whether the search ended, and why the estimates should not be
// believed if so: a ridge on which many parameters do equally well, an estimate at infinity,
// too few repeat customers. [Fit.Estimate] gives any quantity that follows from a model with
// its standard error and confidence interval, by the delta method.
//
// # Units of time
//
// Times have a [Unit], which travels with summaries, samples and models. A [Horizon] and a
// [Rate] have their own, and are converted: a rate a year discounts a model in weeks rightly.
//
// # Numbers
//
// Results are float64, unlike elsewhere in this module: they are estimates. For given
// parameters they are good to a relative error of 1e-9 unless a method says otherwise. No
// result is NaN or infinite: what does not exist is an error that wraps
// [metric.ErrUndefined], and what is out of range one that wraps [metric.ErrInput]. Results
// do not depend on the order in which summaries were added.
package clv
