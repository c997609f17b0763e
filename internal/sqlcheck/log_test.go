package sqlcheck

import (
	"testing"
	"time"
)

// fact is something that a log has, or has not.
type fact struct {
	what, sql string
	some      bool // at least one; else none
}

// The queries rest on these, and the comparison would prove little about a log without
// copies, late rows and tests.
func TestWhatIsInTheLogs(t *testing.T) {
	const (
		conflicting = `SELECT count(*) FROM (SELECT 1 FROM log GROUP BY source, id
			HAVING count(DISTINCT json_array(event, time, effective_time, recorded_time, seq, user_id, anonymous_id, account_id, session_id, test, props)) > 1)`
		undecided = `SELECT count(*) FROM (SELECT 1 FROM log GROUP BY source, id, time, seq, recorded_time
			HAVING count(DISTINCT json_array(event, effective_time, user_id, anonymous_id, account_id, session_id, test, props)) > 1)`
	)
	both := []fact{
		{"copies", `SELECT count(*) - count(DISTINCT source || '/' || id) FROM log`, true},
		{"contents of one id that their times leave undecided", undecided, false},
		{"late rows", `SELECT count(*) FROM (SELECT time, max(time) OVER (ORDER BY line) AS latest FROM log) WHERE time < latest`, true},
		{"copies in another place of the log", `SELECT count(*) FROM log AS a JOIN log AS b USING (source, id) WHERE b.line > a.line + 1`, true},
		{"tests", `SELECT count(*) FROM log WHERE test`, true},
		{"events that take effect later", `SELECT count(*) FROM log WHERE effective_time > time`, true},
		{"openings by machines", `SELECT count(*) FROM events WHERE event = 'email_opened' AND machine = 1`, true},
		{"messages opened more than once", `SELECT count(*) FROM (SELECT 1 FROM events WHERE event = 'email_opened' AND machine IS NOT 1 GROUP BY message_id HAVING count(*) > 1)`, true},
		{"amounts without a currency", `SELECT count(*) FROM log WHERE props ->> 'amount' IS NOT NULL AND props ->> 'currency' IS NULL`, false},
		{"second currencies", `SELECT count(DISTINCT props ->> 'currency') - 1 FROM log`, false},
		{"events of nobody that count customers", `SELECT count(*) FROM events WHERE customer IS NULL AND event IN
			('signed_up', 'activated', 'onboarding_started', 'onboarding_completed', 'order_completed', 'account_created',
			'referral_sent', 'referral_converted', 'subscription_cancellation_requested', 'subscription_cancelled',
			'payment_failed', 'payment_recovered', 'ticket_created', 'trial_started', 'trial_ended', 'session_ended')`, false},
		{"bounces of both kinds", `SELECT count(DISTINCT bounce_type) = 2 FROM events WHERE bounce_type IN ('hard', 'soft')`, true},
		{"answers without an identifier", `SELECT count(*) FROM events WHERE event = 'survey_answered' AND response_id IS NULL`, true},
		{"months of a region in which no answer, invitation or order has what is counted of it", `SELECT count(*) FROM (SELECT 1 FROM events
			WHERE event IN ('survey_answered', 'survey_requested', 'order_completed')
			GROUP BY event, segment, strftime('%Y-%m', at / 1000000000, 'unixepoch')
			HAVING count(coalesce(response_id, quantity)) = 0)`, true},
	}
	for _, c := range []struct {
		log   eventLog
		facts []fact
	}{
		{cdnowLog(), []fact{
			{"equal lines, which are two purchases each", `SELECT count(*) FROM (SELECT 1 FROM log GROUP BY customer, at, cds, cents HAVING count(*) > 1)`, true},
			{"purchases of no value", `SELECT count(*) FROM log WHERE cents = 0`, true},
			{"negative amounts", `SELECT count(*) FROM log WHERE cents < 0 OR cds < 0`, false},
		}},
		{saasLog(), append([]fact{
			{"ids with two contents", conflicting, false},
		}, both...)},
		{hostileLog(t), append([]fact{
			{"ids with two contents", conflicting, true},
			{"events that take effect earlier", `SELECT count(*) FROM log WHERE effective_time < time`, true},
			{"events on the border of two months", `SELECT count(*) FROM events WHERE strftime('%d %H:%M:%f', at / 1000000000, 'unixepoch') = '01 00:00:00.000' AND at % 1000000000 = 0`, true},
			{"events just before it", `SELECT count(*) FROM events WHERE at % 1000000000 = 999999999`, true},
			{"ids of two sources", `SELECT count(*) FROM (SELECT 1 FROM log GROUP BY id HAVING count(DISTINCT source) > 1)`, true},
			{"people who were active the instant they registered", `SELECT count(*)
				FROM (SELECT customer, at, min(place) FROM events WHERE event = 'signed_up' GROUP BY customer) AS registered
				JOIN (SELECT customer, at, min(place) FROM events WHERE event = 'activated' GROUP BY customer) AS activated USING (customer)
				WHERE registered.at = activated.at`, true},
			{"people who were active before", `SELECT count(*)
				FROM (SELECT customer, at, min(place) FROM events WHERE event = 'signed_up' GROUP BY customer) AS registered
				JOIN (SELECT customer, at, min(place) FROM events WHERE event = 'activated' GROUP BY customer) AS activated USING (customer)
				WHERE registered.at > activated.at`, true},
			{"tickets answered more than once", `SELECT count(*) FROM (SELECT 1 FROM events WHERE event = 'ticket_replied' GROUP BY ticket_id HAVING count(*) > 1)`, true},
			{"orders refunded more than once", `SELECT count(*) FROM (SELECT 1 FROM events WHERE event = 'order_refunded' GROUP BY order_id HAVING count(*) > 1)`, true},
			{"tickets solved more than once", `SELECT count(*) FROM (SELECT 1 FROM events WHERE event = 'ticket_solved' GROUP BY ticket_id HAVING count(*) > 1)`, true},
			{"subscriptions that end more than once", `SELECT count(*) FROM (SELECT 1 FROM events WHERE event = 'subscription_cancelled' GROUP BY subscription_id HAVING count(*) > 1)`, true},
			{"customers of several trials", `SELECT count(*) FROM (SELECT 1 FROM events WHERE event = 'trial_started' GROUP BY customer HAVING count(*) > 1)`, true},
			{"decided opportunities without an amount", `SELECT count(*) FROM events WHERE event = 'opportunity_closed' AND won IS NOT NULL AND amount IS NULL`, true},
			{"invitations counted twice", `SELECT count(*) - count(DISTINCT response_id) FROM events WHERE event = 'survey_requested' AND response_id IS NOT NULL`, true},
			{"marks between two whole ones on both scales", `SELECT count(DISTINCT type) = 2 FROM events
				WHERE (type = 'csat' AND scale_max = 5 OR type = 'ces' AND scale_max = 7) AND scale_min = 1 AND score <> round(score)`, true},
			{"marks on another scale or on none", `SELECT count(*) FROM events WHERE type = 'csat' AND score BETWEEN 1 AND 5 AND (scale_min = 1 AND scale_max = 5) IS NOT 1`, true},
			{"orders without a cart", `SELECT count(*) FROM events WHERE event = 'order_completed' AND cart_id IS NULL`, true},
		}, both...)},
	} {
		t.Run(c.log.name, func(t *testing.T) {
			db := openDatabase(t)
			createTables(t, db, c.log.queries+"/tables.sql")
			c.log.load(t, db, time.UTC)
			for _, f := range c.facts {
				table, err := integers(db, f.sql, 1)
				if err != nil {
					t.Fatalf("%s: %v", f.what, err)
				}
				if n := table[0][0].Int64(); (n > 0) != f.some {
					t.Errorf("%s: %d", f.what, n)
				}
			}
		})
	}
}
