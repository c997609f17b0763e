package rowscheck

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
)

// The object ids of PostgreSQL's types.
const (
	oidBool        = 16
	oidInt8        = 20
	oidInt2        = 21
	oidInt4        = 23
	oidText        = 25
	oidJSON        = 114
	oidFloat4      = 700
	oidFloat8      = 701
	oidMoney       = 790
	oidInt8s       = 1016
	oidTexts       = 1009
	oidBPChar      = 1042
	oidVarchar     = 1043
	oidDate        = 1082
	oidTimestamp   = 1114
	oidTimestamptz = 1184
	oidInterval    = 1186
	oidNumerics    = 1231
	oidNumeric     = 1700
	oidUUID        = 2950
	oidJSONB       = 3802
)

// pgCase is a value of PostgreSQL as one column of one row.
type pgCase struct {
	sql    string // expression
	oid    uint32
	text   string // the value in the text format of the protocol
	null   bool
	binary []byte // and in the binary format, where a driver asks for it
	column string
	read   catalog.RowOptions
	want   string // as describe writes it
	wantPQ string // where lib/pq delivers another value; else the same
}

func (c pgCase) query() string { return "SELECT " + c.sql + ` AS "` + c.column + `"` }

func (c pgCase) wantOf(driver string) string {
	if driver == "pq" && c.wantPQ != "" {
		return c.wantPQ
	}
	return c.want
}

// The binary formats: integers are big-endian, a date is days and a timestamp microseconds
// since 2000-01-01.

func int16Bytes(n int16) []byte { return binary.BigEndian.AppendUint16(nil, uint16(n)) }
func int32Bytes(n int32) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }
func int64Bytes(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }
func float32Bytes(f float32) []byte {
	return binary.BigEndian.AppendUint32(nil, math.Float32bits(f))
}
func float64Bytes(f float64) []byte {
	return binary.BigEndian.AppendUint64(nil, math.Float64bits(f))
}

var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func dateBytes(year int, month time.Month, day int) []byte {
	return int32Bytes(int32(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Sub(epoch) / (24 * time.Hour)))
}

func timestampBytes(text string) []byte {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return int64Bytes(int64(at.Sub(epoch) / time.Microsecond))
}

const (
	sent    = "email_sent"
	revenue = "orders_revenue"
	score   = "survey_net_promoter_score"
	wait    = "support_first_response_time"
	waits   = "support_first_responses"
	month   = "month"
	label   = "label"
)

// refusal is the beginning of the error of a column's value.
func refusal(column, id string) string { return `! row 1: column "` + column + `": ` + id + `: ` }

// pgCases is what is known of each type.
func pgCases() []pgCase {
	plain := catalog.RowOptions{}
	usd := catalog.RowOptions{Currency: currency("USD")}
	cents := catalog.RowOptions{Currency: currency("USD"), MinorUnits: true}
	floats := catalog.RowOptions{Currency: currency("USD"), AllowFloat: true}
	segment := catalog.RowOptions{Segments: []string{label}}
	months := func(zone string, times catalog.TimeReading) catalog.RowOptions {
		return catalog.RowOptions{PeriodColumn: month, PeriodUnit: metric.UnitMonth, Location: location(zone), Times: times}
	}
	const (
		noFloat  = "from a floating point number, which is not exact: select it as text, or allow it"
		doubtful = "may be a date or an instant, which are of two days in America/New_York: say how to read times, or select a text"
		newYork  = "America/New_York"
		instant  = "2026-03-01T04:59:59Z"
	)
	return []pgCase{
		// Exact numbers arrive exactly.
		{"12345678901234567890.12::numeric", oidNumeric, "12345678901234567890.12", false, nil, revenue, usd, "orders.revenue=12345678901234567890.12 USD", ""},
		{"19.90::numeric(12,2)", oidNumeric, "19.90", false, nil, revenue, usd, "orders.revenue=19.90 USD", ""},
		{"-0.0000000000000000000000000000000001::numeric", oidNumeric, "-0.0000000000000000000000000000000001", false, nil, score, plain,
			"survey.net_promoter_score=-0.0000000000000000000000000000000001", ""},
		{"(SELECT sum(n) FROM (VALUES (5::bigint), (7)) AS v(n))", oidNumeric, "12", false, nil, sent, plain, "email.sent=12", ""},
		{"12.00::numeric", oidNumeric, "12.00", false, nil, sent, plain, "email.sent=12", ""},
		{"12.50::numeric", oidNumeric, "12.50", false, nil, sent, plain, refusal(sent, "email.sent") + "count 12.50 is not an integer of 64 bits", ""},
		{"'NaN'::numeric", oidNumeric, "NaN", false, nil, score, plain,
			refusal(score, "survey.net_promoter_score") + `number "NaN": not a decimal number: "NaN" has an unexpected 'N' at position 1`, ""},
		{"NULL::numeric", oidNumeric, "", true, nil, revenue, usd, "", ""},
		{"9223372036854775807::int8", oidInt8, "9223372036854775807", false, int64Bytes(math.MaxInt64), sent, plain, "email.sent=9223372036854775807", ""},
		{"2147483647::int4", oidInt4, "2147483647", false, int32Bytes(math.MaxInt32), sent, plain, "email.sent=2147483647", ""},
		{"(-100)::int4", oidInt4, "-100", false, int32Bytes(-100), score, plain, "survey.net_promoter_score=-100", ""},
		{"1990::int4", oidInt4, "1990", false, int32Bytes(1990), revenue, cents, "orders.revenue=19.90 USD", ""},
		{"12::int2", oidInt2, "12", false, int16Bytes(12), sent, plain, "email.sent=12", ""},
		{"NULL::int8", oidInt8, "", true, nil, sent, plain, "", ""},

		// Floating point numbers do not, unless asked for. pgx widens the short ones, whose
		// missing digits then show.
		{"19.99::float8", oidFloat8, "19.99", false, float64Bytes(19.99), revenue, usd, refusal(revenue, "orders.revenue") + "money " + noFloat, ""},
		{"19.99::float4", oidFloat4, "19.99", false, float32Bytes(19.99), revenue, usd, refusal(revenue, "orders.revenue") + "money " + noFloat, ""},
		{"3::float8", oidFloat8, "3", false, float64Bytes(3), sent, plain, refusal(sent, "email.sent") + "count " + noFloat, ""},
		{"19.99::float8", oidFloat8, "19.99", false, float64Bytes(19.99), revenue, floats, "orders.revenue=19.99 USD", ""},
		{"0.1::float8 + 0.2::float8", oidFloat8, "0.30000000000000004", false, float64Bytes(0.30000000000000004), revenue, floats, "orders.revenue=0.30000000000000004 USD", ""},
		{"19.99::float4", oidFloat4, "19.99", false, float32Bytes(19.99), revenue, floats, "orders.revenue=19.989999771118164 USD", "orders.revenue=19.99 USD"},
		{"'Infinity'::float8", oidFloat8, "Infinity", false, float64Bytes(math.Inf(1)), revenue, floats, refusal(revenue, "orders.revenue") + "money from +Inf", ""},
		{"'NaN'::float8", oidFloat8, "NaN", false, float64Bytes(math.Float64frombits(0x7ff8_0000_0000_0000)), revenue, floats, refusal(revenue, "orders.revenue") + "money from NaN", ""},

		// Texts.
		{"'19.90 EUR'::text", oidText, "19.90 EUR", false, nil, revenue, usd, "orders.revenue=19.90 EUR", ""},
		{"'36h'::varchar", oidVarchar, "36h", false, nil, wait, plain, "support.first_response_time=129600s", ""},
		{"''::text", oidText, "", false, nil, sent, plain, refusal(sent, "email.sent") + `count "": not a decimal number: empty text`, ""},
		{"NULL::text", oidText, "", true, nil, label, segment, "", ""},
		{"'a'::char(3)", oidBPChar, "a  ", false, nil, label, segment, "label=a  ", ""},
		{"19.9::money", oidMoney, "$19.90", false, nil, revenue, usd,
			refusal(revenue, "orders.revenue") + `money "$19.90": not a decimal number: "$19.90" has an unexpected '$' at position 1`, ""},
		{"'6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid", oidUUID, "6ba7b810-9dad-11d1-80b4-00c04fd430c8", false, nil, label, segment,
			"label=6ba7b810-9dad-11d1-80b4-00c04fd430c8", ""},

		// Truth values are labels and nothing else.
		{"true", oidBool, "t", false, []byte{1}, sent, plain, refusal(sent, "email.sent") + "count from a truth value", ""},
		{"false", oidBool, "f", false, []byte{0}, label, segment, "label=false", ""},

		// Durations: an interval is a text of PostgreSQL's own, its seconds are a number.
		{"'1 day 02:00:00'::interval", oidInterval, "1 day 02:00:00", false, nil, wait, plain,
			refusal(wait, "support.first_response_time") + `duration "1 day 02:00:00": not a decimal number: "1 day 02:00:00" has an unexpected ' ' at position 2`, ""},
		{"extract(epoch FROM '1 day 02:00:00'::interval)", oidNumeric, "93600.000000", false, nil, wait, plain, "support.first_response_time=93600.000000s", ""},

		// Lists.
		{"ARRAY[3600, 60]::int8[]", oidInt8s, "{3600,60}", false, nil, waits, plain, `support.first_responses=["60s","3600s"]`, ""},
		{"ARRAY[60.5, 90]::numeric[]", oidNumerics, "{60.5,90}", false, nil, waits, plain, `support.first_responses=["60.5s","90s"]`, ""},
		{`ARRAY['1d 2h', '60']`, oidTexts, `{"1d 2h",60}`, false, nil, waits, plain, `support.first_responses=["60s","93600s"]`, ""},
		{"'{}'::int8[]", oidInt8s, "{}", false, nil, waits, plain, `support.first_responses=[]`, ""},
		{"ARRAY[60, NULL]::int8[]", oidInt8s, "{60,NULL}", false, nil, waits, plain, refusal(waits, "support.first_responses") + "element 2: NULL", ""},
		{"ARRAY['a\"\\b', 'NULL']", oidTexts, `{"a\"\\b","NULL"}`, false, nil, waits, plain,
			refusal(waits, "support.first_responses") + `element 1: duration "a\"\\b": want a number before "a\"\\b"`, ""},
		{"ARRAY[[1, 2], [3, 4]]::int8[]", oidInt8s, "{{1,2},{3,4}}", false, nil, waits, plain,
			refusal(waits, "support.first_responses") + `distribution: array "{{1,2},{3,4}}": element 1: want a single value without quotes, or wholly in quotes`, ""},
		{"NULL::int8[]", oidInt8s, "", true, nil, waits, plain, "", ""},
		{`'[3600, "1m"]'::jsonb`, oidJSONB, `[3600, "1m"]`, false, nil, waits, plain, `support.first_responses=["60s","3600s"]`, ""},
		{`'[0.10]'::json`, oidJSON, `[0.10]`, false, nil, waits, plain, `support.first_responses=["0.1s"]`, ""},

		// A date is midnight in UTC to both drivers, so it is in doubt where that is another
		// day. A timestamp without time zone is, too.
		{"date '2026-03-01'", oidDate, "2026-03-01", false, dateBytes(2026, 3, 1), month, months("UTC", 0), "2026-03", ""},
		{"date '2026-03-01'", oidDate, "2026-03-01", false, dateBytes(2026, 3, 1), month, months(newYork, 0),
			`! row 1: column "month": 2026-03-01T00:00:00Z ` + doubtful, ""},
		{"date '2026-03-01'", oidDate, "2026-03-01", false, dateBytes(2026, 3, 1), month, months(newYork, catalog.TimesAreCivil), "2026-03[America/New_York]", ""},
		{"timestamp '2026-03-01 00:00:00'", oidTimestamp, "2026-03-01 00:00:00", false, timestampBytes("2026-03-01T00:00:00Z"), month, months(newYork, 0),
			`! row 1: column "month": 2026-03-01T00:00:00Z ` + doubtful, ""},
		{"timestamp '2026-03-31 23:59:59.999999'", oidTimestamp, "2026-03-31 23:59:59.999999", false, timestampBytes("2026-03-31T23:59:59.999999Z"), month,
			months(newYork, catalog.TimesAreCivil), "2026-03[America/New_York]", ""},

		// An instant is one, in whatever zone the driver shows it.
		{"timestamptz '2026-03-01 04:59:59+00'", oidTimestamptz, "2026-03-01 04:59:59+00", false, timestampBytes(instant), month, months("UTC", 0), "2026-03", ""},
		{"timestamptz '2026-03-01 04:59:59+00'", oidTimestamptz, "2026-03-01 04:59:59+00", false, timestampBytes(instant), month, months(newYork, 0),
			"2026-02[America/New_York]", ""},
		{"timestamptz '2026-03-01 04:59:59+00'", oidTimestamptz, "2026-03-01 04:59:59+00", false, timestampBytes(instant), month, months("Asia/Kolkata", 0),
			"2026-03[Asia/Kolkata]", ""},
		{"timestamptz '2026-03-01 04:59:59+00'::text", oidText, "2026-03-01 04:59:59+00", false, nil, month, months(newYork, 0), "2026-02[America/New_York]", ""},
		{"'2026-03'::text", oidText, "2026-03", false, nil, month, months(newYork, 0), "2026-03[America/New_York]", ""},
		{"extract(year FROM date '2026-03-01')::int4", oidInt4, "2026", false, int32Bytes(2026), month, catalog.RowOptions{PeriodColumn: month}, "2026", ""},
		{"NULL::date", oidDate, "", true, nil, month, months("UTC", 0), `! row 1: column "month": a row without its period`, ""},
		{"'infinity'::timestamptz", oidTimestamptz, "infinity", false, int64Bytes(math.MaxInt64), month, months("UTC", 0),
			`! row 1: column "month": "infinity" is neither a date, nor a time, nor a month`, ""},
	}
}
