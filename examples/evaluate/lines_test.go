package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// readLines returns the lines of an input and the error that ended it.
func readLines(r io.Reader, limit int) ([]string, error) {
	lines := newLineReader(r, limit)
	var got []string
	for {
		line, err := lines.next()
		switch {
		case errors.Is(err, errLongLine):
			got = append(got, fmt.Sprintf("%d: too long", lines.number))
		case err != nil:
			return got, err
		default:
			got = append(got, fmt.Sprintf("%d: %s", lines.number, line))
		}
	}
}

func TestLines(t *testing.T) {
	tests := []struct {
		input string
		want  []string
	}{
		{"", nil},
		{"a", []string{"1: a"}},
		{"a\n", []string{"1: a"}},
		{"a\n\nb", []string{"1: a", "2: ", "3: b"}},
		{"\ufeffa\n\ufeffb", []string{"1: a", "2: \ufeffb"}},
		{"12345678\n", []string{"1: 12345678"}},
		{"12345678", []string{"1: 12345678"}},
		{"123456789\nb\n", []string{"1: too long", "2: b"}},
		{"a\n123456789", []string{"1: a", "2: too long"}},
		{"a\n1234567890\n", []string{"1: a", "2: too long"}},
	}
	for _, test := range tests {
		for name, r := range map[string]io.Reader{
			"at once": strings.NewReader(test.input), "byte by byte": iotest.OneByteReader(strings.NewReader(test.input)),
			"with the end": iotest.DataErrReader(strings.NewReader(test.input)),
		} {
			got, err := readLines(r, 8)
			if !slices.Equal(got, test.want) || err != io.EOF {
				t.Errorf("%q %s: %q, %v", test.input, name, got, err)
			}
		}
	}
}

func TestLongLines(t *testing.T) {
	const limit = 1 << 20 // Many times the buffer.
	whole, long := strings.Repeat("x", limit), strings.Repeat("y", limit+1)
	got, err := readLines(strings.NewReader(whole+"\n"+long+"\n"+whole+"\n"+long), limit)
	want := []string{"1: " + whole, "2: too long", "3: " + whole, "4: too long"}
	if !slices.Equal(got, want) || err != io.EOF {
		t.Errorf("%d lines, %v", len(got), err)
	}
}

func TestALineThatBreaksOffIsNoLine(t *testing.T) {
	broken := errors.New("broken")
	got, err := readLines(io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken)), 8)
	if !slices.Equal(got, []string{"1: a"}) || !errors.Is(err, broken) {
		t.Errorf("%q, %v", got, err)
	}
}

// A list of a million values is one line.
func TestALongLineIsAnswered(t *testing.T) {
	var line strings.Builder
	line.WriteString(`{"metric":"support.first_response_time","facts":{"first_responses":["1s"`)
	for range 500_000 {
		line.WriteString(`,"2s","3s"`)
	}
	line.WriteString(`,"4s"]}}`)
	// Sorted, the values are 1, then 500000 times 2, then 500000 times 3, then 4: the two
	// in the middle are 2 and 3, the median is 2.5.
	out, messages, _ := call(t, line.String())
	if want := `{"metric":"support.first_response_time","value":"2.5s","unit":"second"}` + "\n"; out != want {
		t.Errorf("%s%s", out, messages)
	}
}
