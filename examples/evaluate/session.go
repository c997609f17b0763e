package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
)

// session answers lines and counts what went wrong.
type session struct {
	out     *bufio.Writer
	explain bool

	lines  int    // answered
	errors int    // of them answered with an error
	first  string // where the first error was, and which

	related map[metric.Definition]map[metric.Definition]bool // metrics that determine one, by that one
}

func newSession(out io.Writer, explain bool) *session {
	return &session{
		out: bufio.NewWriter(out), explain: explain,
		related: map[metric.Definition]map[metric.Definition]bool{},
	}
}

// answerFile answers the lines of a file, "-" for standard input.
func (s *session) answerFile(name string, stdin io.Reader) error {
	if name == "-" {
		return s.answerAll("standard input", stdin)
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	return s.answerAll(name, file)
}

// answerAll answers the lines of r. The error is one of reading or writing; a line in error
// is an answer.
func (s *session) answerAll(name string, r io.Reader) error {
	lines := newLineReader(r, maxLine)
	for {
		line, err := lines.next()
		if err == io.EOF {
			return s.out.Flush()
		}
		if err != nil && !errors.Is(err, errLongLine) {
			return errors.Join(fmt.Errorf("%s: %w", name, err), s.out.Flush())
		}
		if err == nil && isBlank(line) {
			continue
		}
		a := answer{Error: text(err)}
		if err == nil {
			a = s.answerLine(line)
		}
		s.count(a, name, lines.number)
		if err := a.write(s.out, s.explain); err != nil {
			return err
		}
		if lines.waits() {
			if err := s.out.Flush(); err != nil { // Somebody may be waiting for the answer.
				return err
			}
		}
	}
}

func (s *session) count(a answer, name string, line int) {
	s.lines++
	if a.Error == "" {
		return
	}
	s.errors++
	if s.first == "" {
		s.first = fmt.Sprintf("line %d of %s: %s", line, name, a.Error)
	}
}

// isBlank reports whether there is nothing but the white space of JSON.
func isBlank(line []byte) bool { return len(bytes.Trim(line, " \t\r\n")) == 0 }

// determining returns the metrics that can be facts about d: itself and all below it.
func (s *session) determining(d metric.Definition) map[metric.Definition]bool {
	set := s.related[d]
	if set == nil {
		set = map[metric.Definition]bool{d: true}
		for _, in := range catalog.Requires(d) {
			set[in] = true
		}
		s.related[d] = set
	}
	return set
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
