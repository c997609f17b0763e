// Package rowscheck holds catalog.ReadRows to the values that real databases deliver
// through database/sql.
//
//	SQLite       a real one in process (modernc.org/sqlite): declared and undeclared types,
//	             NULL, sums, text, dates, a million rows of a query
//	PostgreSQL   the values that its two common drivers make of the wire format:
//	             github.com/jackc/pgx/v5/stdlib, which asks for most types in binary form, and
//	             github.com/lib/pq, which reads text
//
// PostgreSQL is tested twice with the same cases. Always, in process: both drivers, whole
// and unchanged, talk over a pipe to a scripted server that answers each query with one row
// in the format that the driver asked for. The bytes of the rows are written in the test by
// the documentation of the protocol, without help of a driver. And, where initdb is
// installed, against a real server in a temporary directory, which also has to write each
// value as the script does. Without initdb that second test is skipped, and says so.
//
// The types covered are numeric, int2, int4, int8, float4, float8, bool, text, varchar,
// char(n), date, timestamp, timestamptz, interval, money, uuid, json, jsonb, and arrays of
// int8, numeric and text, with NULL, NaN and infinity where they exist.
//
// The module is separate so that no driver reaches those who import the library. Run it in
// this directory:
//
//	GOWORK=off go test ./...
package rowscheck
