package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// progress shows on a terminal how far a long reading has come. A nil progress shows
// nothing.
type progress struct {
	w     io.Writer
	now   func() time.Time
	next  time.Time // when to write again
	lines int
	shown bool
}

// progressEvery is how many lines pass between two looks at the clock.
const progressEvery = 1 << 12

// newProgress returns nil unless w is a terminal.
func newProgress(w io.Writer) *progress {
	f, ok := w.(*os.File)
	if !ok {
		return nil
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return startProgress(w, time.Now)
}

// startProgress keeps quiet for a second, so that short readings show nothing.
func startProgress(w io.Writer, now func() time.Time) *progress {
	return &progress{w: w, now: now, next: now().Add(time.Second)}
}

// step counts a line.
func (p *progress) step() {
	if p == nil {
		return
	}
	p.lines++
	if p.lines%progressEvery != 0 {
		return
	}
	if now := p.now(); !now.Before(p.next) {
		p.next = now.Add(time.Second / 5)
		p.shown = true
		fmt.Fprintf(p.w, "\r%s lines read", number(p.lines))
	}
}

// done wipes what was shown.
func (p *progress) done() {
	if p != nil && p.shown {
		fmt.Fprintf(p.w, "\r%40s\r", "")
		p.shown = false
	}
}
