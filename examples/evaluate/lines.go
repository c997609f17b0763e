package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// maxLine is the length in bytes of the longest line that is read into memory.
const maxLine = 64 << 20

// lineReader reads lines of any length, and passes over those beyond a limit.
type lineReader struct {
	in     *bufio.Reader
	limit  int
	line   []byte
	number int // of the line read last, from 1
}

func newLineReader(r io.Reader, limit int) *lineReader {
	return &lineReader{in: bufio.NewReaderSize(r, 64<<10), limit: limit}
}

var errLongLine = fmt.Errorf("the line is too long")

// next returns the next line without its end, valid until the next call. The error is
// io.EOF at the end, errLongLine for a line that was passed over, or that of the reader.
func (l *lineReader) next() ([]byte, error) {
	l.line = l.line[:0]
	length := 0
	for {
		part, err := l.in.ReadSlice('\n')
		length += len(part)
		if length <= l.limit+1 { // The line feed does not count.
			l.line = append(l.line, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && length > 0, err == nil:
			l.number++
			return l.end(length)
		default:
			return nil, err
		}
	}
}

func (l *lineReader) end(length int) ([]byte, error) {
	line := bytes.TrimSuffix(l.line, []byte("\n"))
	if length > l.limit+1 || len(line) > l.limit {
		return nil, fmt.Errorf("%w: %d bytes, and %d are read at most", errLongLine, length, l.limit)
	}
	if l.number == 1 {
		line = bytes.TrimPrefix(line, []byte("\ufeff")) // The mark that some editors put first.
	}
	return line, nil
}

// waits reports whether to read on may have to wait for input.
func (l *lineReader) waits() bool { return l.in.Buffered() == 0 }
