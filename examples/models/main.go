// Models shows the published models of a customer's life, the catalogue by the stages of
// any of them, and the mountain: a picture of how many customers climb each of the six
// stages and where they drop off.
//
//	go run ./examples/models                          the published models
//	go run ./examples/models -model aarrr             the metrics by the stages of a model
//	go run ./examples/models -model own.json          by those of your own
//	go run ./examples/models -mountain mountain.svg   the picture, and its numbers
//	go run ./examples/models -mountain - > m.svg      the picture alone
//
// The -format of lists and numbers is text, markdown or json. A model of your own is a
// stage.ModelSpec in JSON; testdata/own.json is one. Everything that is wrong with it is
// printed, not only the first finding.
//
// # The mountain
//
// It is drawn from the sample log of examples/lifecycle, or from JSON lines of your own
// given by -file. A customer is an account; a visitor or user counts as the first account
// that some event names together with them, and as a customer of their own if there is
// none. Test events are left out and events that come twice count once.
//
// A stage counts the customers who ever reached it:
//
//	attract  page_viewed, session_started, touchpoint_recorded, brochure_downloaded, lead_generated
//	convert  lead_qualified, lead_converted, signed_up, trial_started, opportunity_created,
//	         product_added, checkout_started
//	onboard  the first commitment: subscription_started, payment_succeeded, order_completed,
//	         or opportunity_closed when won
//	retain   activated, once committed: who is activated in a trial is there when they
//	         commit; or subscription_renewed
//	grow     subscription_updated to a higher price; or, once committed, referral_sent, or
//	         order_completed beside a subscription or deal or after an earlier order
//	exit     subscription_cancelled when no other subscription goes on; or account_deleted,
//	         once committed
//
// Nobody has to take the stages one by one. Who skips one leaves a gap there: they are not
// counted in it. So the number who reached a stage must not be divided by the number who
// reached the one before, because it holds people who were never there. The rate between
// two stages is of those in the first, the share who were in the second at the same time or
// later. Those who were not are told apart: they skipped it and went higher, they had been
// higher before, or they went no further by the end of the log, which for many of them only
// means not yet.
//
// Exit is no step of the climb. It is counted by how high the customer had come, and who
// came back afterwards still counts.
//
// The exit status is 0; 1 when something cannot be read or written, or a model is refused;
// 2 for wrong usage.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// The exit statuses.
const (
	exitOK = iota
	exitFailed
	exitUsage
)

// run is the program.
func run(args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		return exitUsage
	}
	out := bufio.NewWriter(stdout)
	err = o.show(out, stderr)
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		fmt.Fprintln(stderr, "models:", err)
		return exitFailed
	}
	return exitOK
}

// show writes what is asked for.
func (o options) show(stdout, stderr io.Writer) error {
	switch {
	case o.mountain != "":
		return o.showMountain(stdout, stderr)
	case o.model != "":
		m, err := findModel(o.model)
		if err != nil {
			return err
		}
		return writeModel(stdout, o.format, m)
	}
	return writeModels(stdout, o.format)
}
