package rowscheck

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/lib/pq"
)

// The same against a real server, which also has to write each value as the script does.
func TestPostgresServer(t *testing.T) {
	server := startServer(t)
	t.Run("script", func(t *testing.T) { checkScript(t, server) })
	inOtherZones(t, func(t *testing.T) {
		for _, driver := range []string{"pgx", "pq"} {
			for _, session := range []string{"UTC", "Asia/Tokyo"} { // of the connection, which must not matter
				db := server.open(t, driver, session)
				for _, c := range pgCases() {
					if session != "UTC" && c.oid == oidText && c.column == month && c.text != "2026-03" {
						continue // The text of an instant names another offset; the next test has it.
					}
					want := []string{c.wantOf(driver)}
					wantLines(t, driver+": "+c.sql, read(t, db, c.query(), c.read), want)
				}
			}
		}
	})
	t.Run("stream", func(t *testing.T) { checkStream(t, server) })
}

// checkScript compares types, texts and binary forms with those of the server.
func checkScript(t *testing.T, server *pgServer) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server.dsn("UTC"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, c := range pgCases() {
		for format, want := range map[int16][]byte{0: []byte(c.text), 1: c.binary} {
			if format == 1 && c.binary == nil {
				continue
			}
			if c.null {
				want = nil
			}
			result := conn.PgConn().ExecParams(ctx, c.query(), nil, nil, nil, []int16{format}).Read()
			if result.Err != nil || len(result.Rows) != 1 {
				t.Errorf("%s: %v", c.sql, result.Err)
				continue
			}
			got := result.Rows[0][0]
			if oid := result.FieldDescriptions[0].DataTypeOID; oid != c.oid {
				t.Errorf("%s is of type %d, the script says %d", c.sql, oid, c.oid)
			}
			if !bytes.Equal(got, want) || (got == nil) != (want == nil) {
				t.Errorf("%s in format %d is %q, the script says %q", c.sql, format, got, want)
			}
		}
	}
}

// checkStream reads more rows than a driver fetches at once, with a bad one among them.
func checkStream(t *testing.T, server *pgServer) {
	const query = `SELECT CASE WHEN i % 2 = 0 THEN 'even' ELSE 'odd' END AS parity,
		timestamptz '2026-01-01 12:00:00+00' + i * interval '1 hour' AS at,
		CASE i WHEN 7777 THEN 'x' ELSE (i * 0.01)::text || ' EUR' END AS "orders.revenue"
		FROM generate_series(1, 20000) AS i`
	for _, driver := range []string{"pgx", "pq"} {
		db := server.open(t, driver, "Asia/Tokyo")
		o := pgCases()[len(pgCases())-1].read // months in UTC
		o.PeriodColumn, o.Segments = "at", []string{"parity"}
		got := read(t, db, query, o)
		if len(got) != 20000 {
			t.Fatalf("%s: %d rows", driver, len(got))
		}
		start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
		for i, line := range got {
			n := i + 1
			parity := "odd"
			if n%2 == 0 {
				parity = "even"
			}
			want := fmt.Sprintf("%s parity=%s orders.revenue=%d.%02d EUR",
				start.Add(time.Duration(n)*time.Hour).Format("2006-01"), parity, n/100, n%100)
			if n == 7777 {
				want = `! row 7777: column "orders.revenue": orders.revenue: money "x": not a decimal number: "x" has an unexpected 'x' at position 1`
			}
			if line != want {
				t.Fatalf("%s: row %d: %s, want %s", driver, n, line, want)
			}
		}
	}
}

// pgServer is a server that listens on a socket in a temporary directory.
type pgServer struct{ dir string }

func (s *pgServer) dsn(zone string) string {
	return fmt.Sprintf("host=%s user=postgres dbname=postgres sslmode=disable timezone=%s", s.dir, zone)
}

func (s *pgServer) open(t *testing.T, driver, zone string) *sql.DB {
	t.Helper()
	var db *sql.DB
	switch driver {
	case "pgx":
		config, err := pgx.ParseConfig(s.dsn(zone))
		if err != nil {
			t.Fatal(err)
		}
		db = stdlib.OpenDB(*config)
	case "pq":
		connector, err := pq.NewConnector(s.dsn(zone))
		if err != nil {
			t.Fatal(err)
		}
		db = sql.OpenDB(connector)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// startServer starts a server for the test, or skips the test and says why.
func startServer(t *testing.T) *pgServer {
	t.Helper()
	initdb, server := findServer()
	if initdb == "" {
		t.Skip("no initdb and postgres on this machine; the script has the same cases")
	}
	dir, err := os.MkdirTemp("", "pg") // t.TempDir is too long for a socket.
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	process := serverUser(t, dir)
	run := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.SysProcAttr = dir, process
		cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC", "HOME="+dir)
		return cmd
	}
	data := filepath.Join(dir, "data")
	if out, err := run(initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync").CombinedOutput(); err != nil {
		t.Skipf("initdb: %v\n%s", err, out)
	}
	cmd := run(server, "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "lc_monetary=C")
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Skipf("postgres: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT) // fast shutdown
		_ = cmd.Wait()
	})
	s := &pgServer{dir}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		conn, err := pgx.Connect(context.Background(), s.dsn("UTC"))
		if err == nil {
			_ = conn.Close(context.Background())
			return s
		}
		if time.Now().After(deadline) {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			t.Fatalf("postgres does not answer: %v\n%s", err, log.Bytes())
		}
	}
}

// findServer returns the paths of initdb and postgres, which lie side by side.
func findServer() (initdb, server string) {
	candidates, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			candidates = append(candidates, path)
		}
	}
	for _, path := range candidates {
		postgres := filepath.Join(filepath.Dir(path), "postgres")
		if _, err := os.Stat(postgres); err == nil {
			return path, postgres
		}
	}
	return "", ""
}

// serverUser returns how to run the server, which refuses to run as root: as the user
// postgres or nobody, who then has to own the directory.
func serverUser(t *testing.T, dir string) *syscall.SysProcAttr {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
		if errUID != nil || errGID != nil || os.Chown(dir, int(uid), int(gid)) != nil {
			continue
		}
		return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	t.Skip("PostgreSQL does not run as root, and there is no other user")
	return nil
}
