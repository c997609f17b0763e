package sqlcheck

import (
	"testing"
	"time"
)

// The queries rest on these, and the comparison would prove little about a log without
// copies, late rows and tests.
func TestWhatIsInTheLogs(t *testing.T) {
	for _, log := range shippedLogs() {
		t.Run(log.name, func(t *testing.T) {
			db := openDatabase(t)
			createTables(t, db, log.name+"/tables.sql")
			log.load(t, db, time.UTC)
			checks := map[string][]struct {
				what, sql string
				some      bool // at least one; else none
			}{
				"cdnow": {
					{"equal lines, which are two purchases each", `SELECT count(*) FROM (SELECT 1 FROM log GROUP BY customer, at, cds, cents HAVING count(*) > 1)`, true},
					{"purchases of no value", `SELECT count(*) FROM log WHERE cents = 0`, true},
					{"negative amounts", `SELECT count(*) FROM log WHERE cents < 0 OR cds < 0`, false},
				},
				"saas": {
					{"copies", `SELECT count(*) - count(DISTINCT source || '/' || id) FROM log`, true},
					{"ids with two contents", `SELECT count(*) FROM (SELECT 1 FROM log GROUP BY source, id
						HAVING count(DISTINCT json_array(event, time, effective_time, recorded_time, seq, user_id, anonymous_id, account_id, session_id, test, props)) > 1)`, false},
					{"late rows", `SELECT count(*) FROM (SELECT time, max(time) OVER (ORDER BY line) AS latest FROM log) WHERE time < latest`, true},
					{"copies in another place of the log", `SELECT count(*) FROM log AS a JOIN log AS b USING (source, id) WHERE b.line > a.line + 1`, true},
					{"tests", `SELECT count(*) FROM log WHERE test`, true},
					{"events that take effect later", `SELECT count(*) FROM log WHERE effective_time > time`, true},
					{"openings by machines", `SELECT count(*) FROM events WHERE event = 'email_opened' AND machine = 1`, true},
					{"messages opened more than once", `SELECT count(*) FROM (SELECT 1 FROM events WHERE event = 'email_opened' AND machine IS NOT 1 GROUP BY message_id HAVING count(*) > 1)`, true},
					{"currencies other than USD", `SELECT count(*) FROM log WHERE props ->> 'currency' <> 'USD'`, false},
					{"amounts without a currency", `SELECT count(*) FROM log WHERE props ->> 'amount' IS NOT NULL AND props ->> 'currency' IS NULL`, false},
					{"events of nobody that count customers", `SELECT count(*) FROM events WHERE customer IS NULL AND event IN
						('signed_up', 'activated', 'order_completed', 'account_created', 'referral_converted', 'subscription_cancelled')`, false},
				},
			}[log.name]
			for _, c := range checks {
				table, err := integers(db, c.sql, 1)
				if err != nil {
					t.Fatalf("%s: %v", c.what, err)
				}
				if n := table[0][0].Int64(); (n > 0) != c.some {
					t.Errorf("%s: %d", c.what, n)
				}
			}
		})
	}
}
