package exchange

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
)

// WriteCSV writes metrics as a sheet for spreadsheets: a header, then one row a metric in
// the order of defs, with plain line feeds. The package documentation describes the
// columns and the guard against cells that spreadsheets would run.
//
// The same metrics give the same bytes, and one metric is written at a time. It returns the
// first error of w, and an error for the zero Definition.
func WriteCSV(w io.Writer, defs iter.Seq[metric.Definition]) error {
	return writeCSV(w, entries(defs))
}

func writeCSV(w io.Writer, list iter.Seq2[*entry, error]) error {
	out := csv.NewWriter(w)
	row := make([]string, len(fields))
	for i := range fields {
		row[i] = fields[i].column
	}
	if err := out.Write(row); err != nil {
		return err
	}
	for e, err := range list {
		if err != nil {
			out.Flush()
			return err
		}
		for i := range fields {
			row[i] = guardCell(fields[i].cell(e))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// cell returns a field as the text of a cell.
func (f *field) cell(e *entry) string {
	texts := f.get(e)
	switch {
	case f.text != nil:
		if len(texts) == 0 {
			return ""
		}
		return quote(texts[0], "")
	case f.inLine:
		return joinItems(texts)
	case f.items != nil:
		return joinLines(texts)
	}
	return joinQuoted(texts)
}

// joinQuoted writes texts that are not structured as one.
func joinQuoted(texts []string) string {
	items := make([]string, len(texts))
	for i, text := range texts {
		items[i] = quote(text, "")
	}
	return joinItems(items)
}

func splitQuoted(text string) ([]string, error) {
	items := splitItems(text)
	for i := range items {
		if err := unquoteAll(&items[i]); err != nil {
			return nil, fmt.Errorf("item %d: %w", i+1, err)
		}
	}
	return items, nil
}

// read undoes cell.
func (f *field) read(cell string) ([]string, error) {
	switch {
	case cell == "":
		return nil, nil
	case f.text != nil:
		text, err := unquote(cell)
		return []string{text}, err
	case f.inLine:
		return splitItems(cell), nil
	case f.items != nil:
		return splitLines(cell), nil
	}
	return splitQuoted(cell)
}

// guardCell keeps spreadsheets from running a cell as a formula.
func guardCell(cell string) string {
	if runs(cell) || strings.HasPrefix(cell, "'") {
		return "'" + cell
	}
	return cell
}

// runs reports whether some spreadsheet might take a cell for a formula or a command.
func runs(cell string) bool {
	if cell != "" && strings.IndexByte("\t\r\n", cell[0]) >= 0 {
		return true
	}
	start := strings.TrimLeftFunc(cell, unicode.IsSpace)
	for _, first := range start {
		return strings.ContainsRune("=+-@＝＋－＠", first)
	}
	return false
}

// ReadCSV reads metrics from a sheet such as [WriteCSV] writes. It accepts columns in any
// order, and a byte order mark. The error names line and column, and the metric.
func ReadCSV(r io.Reader) ([]formula.Spec, error) {
	list, err := readCSV(r)
	if err != nil {
		return nil, err
	}
	return specs(list), nil
}

func readCSV(r io.Reader) ([]*entry, error) {
	data, err := readText(r)
	if err != nil {
		return nil, err
	}
	in := csv.NewReader(bytes.NewReader(data))
	in.ReuseRecord = true
	header, err := in.Read()
	if err == io.EOF {
		return nil, errors.New("the file is empty; a header is missing")
	}
	if err != nil {
		return nil, err
	}
	columns, err := sheetColumns(header)
	if err != nil {
		return nil, err
	}
	var list []*entry
	known := seen{}
	for {
		row, err := in.Read()
		switch {
		case err == io.EOF:
			return list, nil
		case err != nil:
			return nil, err
		}
		e, at, err := readRow(columns, row)
		if err == nil {
			err = known.add(e.ID)
			at = slices.Index(columns, &fields[0])
		}
		if err != nil {
			line, column := in.FieldPos(max(at, 0))
			return nil, fmt.Errorf("line %d, column %d: %w", line, column, err)
		}
		list = append(list, e)
	}
}

// sheetColumns returns the field of each column.
func sheetColumns(header []string) ([]*field, error) {
	var columns []*field
	for _, name := range header {
		at := slices.IndexFunc(fields[:], func(f field) bool { return f.column == name })
		switch {
		case at < 0 && len(header) == 1 && strings.ContainsAny(name, ";\t"):
			return nil, errors.New("line 1: the columns are not separated by commas")
		case at < 0:
			return nil, fmt.Errorf("line 1: the column %.48q is not known", name)
		case slices.Contains(columns, &fields[at]):
			return nil, fmt.Errorf("line 1: the column %s is there twice", name)
		}
		columns = append(columns, &fields[at])
	}
	if !slices.Contains(columns, &fields[0]) {
		return nil, errors.New("line 1: the column id is missing")
	}
	return columns, nil
}

// readRow reads a metric. With an error, at is the number of the column it is about, or -1.
func readRow(columns []*field, row []string) (e *entry, at int, err error) {
	e = &entry{}
	derived := map[string][]string{}
	for i, f := range columns {
		texts, err := f.read(strings.TrimPrefix(row[i], "'"))
		if err == nil && f.derived != nil {
			derived[f.column] = texts
		} else if err == nil {
			err = f.set(&e.Spec, texts)
		}
		if err != nil {
			id := row[slices.Index(columns, &fields[0])]
			return nil, i, fmt.Errorf("metric %.100q: %s: %w", id, f.column, err)
		}
	}
	if err := e.complete(func(column string) []string { return derived[column] }); err != nil {
		return nil, -1, fmt.Errorf("metric %.100q: %w", e.ID, err)
	}
	return e, -1, nil
}
