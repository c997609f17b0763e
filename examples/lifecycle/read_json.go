package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// readJSON reads one event from each line, as event.Decode does. Blank lines are nothing.
func readJSON(r *bufio.Reader, to *sink) error {
	if err := skipByteOrderMark(r); err != nil {
		return fmt.Errorf("%s: %w", to.problems.file, err)
	}
	var line []byte
	for n := 1; ; n++ {
		text, tooLong, err := readLine(r, line)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		line = text[:0]
		text = bytes.TrimSpace(text)
		switch {
		case len(text) == 0 && err != nil:
			return nil
		case len(text) == 0:
			continue
		case n == 1 && text[0] == '[':
			return fmt.Errorf("%s:1: a JSON array; write each event on a line of its own, without the brackets and commas around them", to.problems.file)
		}
		to.line()
		if err := readJSONLine(text, n, tooLong, to); err != nil {
			return err
		}
	}
}

func readJSONLine(text []byte, line int, tooLong bool, to *sink) error {
	if tooLong {
		to.problems.reject(line, nil, rejection(event.TooLarge, "", "more than %s bytes", number(event.MaxEncodedBytes)))
		return nil
	}
	e, err := event.Decode(text)
	if err != nil {
		to.problems.reject(line, nil, err)
		return nil
	}
	event.Aliases{}.Apply(&e)
	return to.event(&e, line, nil)
}

// readLine reads up to the end of a line into buf. Of a line that is longer than any
// event it keeps only the beginning.
func readLine(r *bufio.Reader, buf []byte) (line []byte, tooLong bool, err error) {
	line = buf[:0]
	for {
		part, err := r.ReadSlice('\n')
		if room := event.MaxEncodedBytes - len(line); len(part) > room {
			part, tooLong = part[:room], true
		}
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, tooLong, err
		}
	}
}
