package rowscheck

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/lib/pq"
)

// The drivers, whole and unchanged, against a server that is a script.
func TestPostgresScript(t *testing.T) {
	inOtherZones(t, func(t *testing.T) {
		for _, driver := range []string{"pgx", "pq"} {
			db := openScript(t, driver)
			for _, c := range pgCases() {
				want := []string{c.wantOf(driver)}
				wantLines(t, driver+": "+c.sql, read(t, db, c.query(), c.read), want)
			}
		}
	})
}

// openScript returns a database whose connections end at a script.
func openScript(t *testing.T, driver string) *sql.DB {
	t.Helper()
	dial := func() (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			if err := serve(server); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.ErrClosedPipe) {
				t.Errorf("%s: script: %v", driver, err)
			}
		}()
		return client, nil
	}
	var db *sql.DB
	switch driver {
	case "pgx":
		config, err := pgx.ParseConfig("host=script user=x database=x sslmode=disable")
		if err != nil {
			t.Fatal(err)
		}
		config.DialFunc = func(context.Context, string, string) (net.Conn, error) { return dial() }
		config.LookupFunc = func(context.Context, string) ([]string, error) { return []string{"script"}, nil }
		db = stdlib.OpenDB(*config)
	case "pq":
		connector, err := pq.NewConnector("host=script user=x dbname=x sslmode=disable")
		if err != nil {
			t.Fatal(err)
		}
		connector.Dialer(pipeDialer(dial))
		db = sql.OpenDB(connector)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

// pipeDialer is a pq.Dialer.
type pipeDialer func() (net.Conn, error)

func (d pipeDialer) Dial(_, _ string) (net.Conn, error) { return d() }

func (d pipeDialer) DialTimeout(_, _ string, _ time.Duration) (net.Conn, error) { return d() }

// serve answers queries that are among the cases, until the connection ends.
func serve(conn net.Conn) error {
	s := script{backend: pgproto3.NewBackend(conn, conn)}
	if _, err := s.backend.ReceiveStartupMessage(); err != nil {
		return err
	}
	s.send(&pgproto3.AuthenticationOk{},
		&pgproto3.ParameterStatus{Name: "server_version", Value: "15.0"},
		&pgproto3.ParameterStatus{Name: "client_encoding", Value: "UTF8"},
		&pgproto3.ParameterStatus{Name: "standard_conforming_strings", Value: "on"},
		&pgproto3.ParameterStatus{Name: "TimeZone", Value: "UTC"},
		&pgproto3.BackendKeyData{ProcessID: 1, SecretKey: []byte{0, 0, 0, 1}})
	s.ready()
	for {
		if err := s.backend.Flush(); err != nil {
			return err
		}
		message, err := s.backend.Receive()
		if err != nil {
			return err
		}
		if _, ends := message.(*pgproto3.Terminate); ends {
			return nil
		}
		s.answer(message)
	}
}

// script is one connection.
type script struct {
	backend  *pgproto3.Backend
	prepared map[string]pgCase // by the name of the statement
	bound    pgCase
	format   int16
}

func (s *script) send(messages ...pgproto3.BackendMessage) {
	for _, m := range messages {
		s.backend.Send(m)
	}
}

func (s *script) ready() { s.send(&pgproto3.ReadyForQuery{TxStatus: 'I'}) }

func (s *script) answer(message pgproto3.FrontendMessage) {
	switch m := message.(type) {
	case *pgproto3.Query: // the simple protocol, in text
		if c, ok := s.find(m.String); ok {
			s.send(c.description(0))
			s.row(c, 0)
		} else if m.String == ";" || m.String == "-- ping" {
			s.send(&pgproto3.EmptyQueryResponse{})
		}
		s.ready()
	case *pgproto3.Parse:
		c, ok := s.find(m.Query)
		if !ok {
			return
		}
		if s.prepared == nil {
			s.prepared = map[string]pgCase{}
		}
		s.prepared[m.Name] = c
		s.send(&pgproto3.ParseComplete{})
	case *pgproto3.Describe:
		if m.ObjectType == 'S' {
			s.send(&pgproto3.ParameterDescription{}, s.prepared[m.Name].description(0))
		} else {
			s.send(s.bound.description(s.format))
		}
	case *pgproto3.Bind:
		s.bound, s.format = s.prepared[m.PreparedStatement], 0
		if len(m.ResultFormatCodes) > 0 {
			s.format = m.ResultFormatCodes[0]
		}
		s.send(&pgproto3.BindComplete{})
	case *pgproto3.Execute:
		s.row(s.bound, s.format)
	case *pgproto3.Close:
		delete(s.prepared, m.Name)
		s.send(&pgproto3.CloseComplete{})
	case *pgproto3.Sync:
		s.ready()
	}
}

// find returns the case with a query.
func (s *script) find(query string) (pgCase, bool) {
	for _, c := range pgCases() {
		if c.query() == query {
			return c, true
		}
	}
	s.send(&pgproto3.ErrorResponse{Severity: "ERROR", Code: "42601", Message: "not in the script: " + query})
	return pgCase{}, false
}

func (c pgCase) description(format int16) *pgproto3.RowDescription {
	return &pgproto3.RowDescription{Fields: []pgproto3.FieldDescription{{
		Name: []byte(c.column), DataTypeOID: c.oid, DataTypeSize: -1, TypeModifier: -1, Format: format,
	}}}
}

func (s *script) row(c pgCase, format int16) {
	value := []byte(c.text)
	switch {
	case c.null:
		value = nil
	case format == 1 && c.binary == nil:
		s.send(&pgproto3.ErrorResponse{Severity: "ERROR", Code: "0A000", Message: "the script has no binary form of " + c.sql})
		return
	case format == 1:
		value = c.binary
	}
	s.send(&pgproto3.DataRow{Values: [][]byte{value}}, &pgproto3.CommandComplete{CommandTag: []byte("SELECT 1")})
}
