package exchange

import (
	"bytes"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openlifecycle/lifecycle/catalog"
)

// fixpoint holds a format to its law on any input: what is read, written and read again is
// the same, and so is what is written.
func fixpoint(t *testing.T, data []byte, read func(io.Reader) ([]*entry, error), write func(io.Writer, iter.Seq2[*entry, error]) error) {
	list, err := read(bytes.NewReader(data))
	if err != nil {
		if list != nil {
			t.Fatalf("%d metrics besides the error %v", len(list), err)
		}
		return
	}
	first := writeEntries(t, list, write)
	again, err := read(bytes.NewReader(first))
	if err != nil {
		t.Fatalf("what was written is refused: %v\n%s", err, first)
	}
	if second := writeEntries(t, again, write); !bytes.Equal(first, second) {
		t.Fatalf("written once:\n%s\nwritten twice:\n%s", first, second)
	}
	byID := func(a, b *entry) int { return strings.Compare(a.ID, b.ID) }
	slices.SortFunc(list, byID)
	slices.SortFunc(again, byID)
	if diff := cmp.Diff(specs(list), specs(again), cmpopts.EquateEmpty()); diff != "" {
		t.Fatal(diff)
	}
}

func writeEntries(t *testing.T, list []*entry, write func(io.Writer, iter.Seq2[*entry, error]) error) []byte {
	var b bytes.Buffer
	err := write(&b, func(yield func(*entry, error) bool) {
		for _, e := range list {
			e.inputs, _ = inputsOf(&e.Spec)
			if !yield(e, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// seed adds the golden file, and a small part of the catalogue.
func seed(f *testing.F, format format) {
	golden, err := os.ReadFile("testdata/metrics." + format.extension)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add(format.written(f, catalog.ByDomain("referral")))
	for one := range slices.Chunk(fixture(f)[:3], 1) {
		f.Add(format.written(f, slices.Values(one)))
	}
}

func FuzzReadJSON(f *testing.F) {
	seed(f, formats[0])
	f.Add([]byte(`{"version":"0.1.0","metrics":[{"id":"a.b","formula":"c/d","inputs":["a.c","a.d"],"examples":[{"inputs":{"c":["1",2]}}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) { fixpoint(t, data, readJSON, writeJSON) })
}

func FuzzReadCSV(f *testing.F) {
	seed(f, formats[1])
	f.Add([]byte("id,examples,sources,capture\na.b,\"x = 1, y = [2,3] in 2026 -> 4 (a)\n-> undefined, suppressed\",'=\\|| year: 5,every a of b where c == \"d e\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) { fixpoint(t, data, readCSV, writeCSV) })
}

func FuzzReadMarkdown(f *testing.F) {
	seed(f, formats[2])
	f.Fuzz(func(t *testing.T, data []byte) { fixpoint(t, data, readMarkdown, writeMarkdown) })
}
