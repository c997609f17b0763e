package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/openlifecycle/lifecycle/stage"
)

// findModel returns the published model of that id, or the one in that file.
func findModel(name string) (stage.Model, error) {
	if m, ok := stage.LookupModel(name); ok {
		return m, nil
	}
	if strings.EqualFold(filepath.Ext(name), ".json") || strings.ContainsAny(name, `/\`) {
		return readModel(name)
	}
	var ids []string
	for m := range stage.Models() {
		ids = append(ids, m.ID())
	}
	return stage.Model{}, fmt.Errorf("no published model has the id %.48q; there are %s, and a file's name ends in .json",
		name, strings.Join(ids, ", "))
}

// maxModelBytes is more than a model within the limits of stage.NewModel needs.
const maxModelBytes = 16 << 20

// readModel reads a model of the caller's own.
func readModel(file string) (stage.Model, error) {
	f, err := os.Open(file)
	if err != nil {
		return stage.Model{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxModelBytes+1))
	if err != nil {
		return stage.Model{}, err
	}
	if len(text) > maxModelBytes {
		return stage.Model{}, fmt.Errorf("%s: more than %d bytes", file, maxModelBytes)
	}
	spec, err := decodeSpec(text)
	if err != nil {
		return stage.Model{}, fmt.Errorf("%s: %w", file, err)
	}
	m, err := stage.NewModel(spec)
	if err != nil {
		return stage.Model{}, fmt.Errorf("%s: %s", file, findings(err))
	}
	return m, nil
}

// decodeSpec reads a specification; members that it does not have are mistakes.
func decodeSpec(text []byte) (stage.ModelSpec, error) {
	var spec stage.ModelSpec
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
	d.DisallowUnknownFields()
	if err := d.Decode(&spec); err != nil {
		if errors.Is(err, io.EOF) {
			return spec, errors.New("the file is empty")
		}
		line := 1 + bytes.Count(text[:min(int(d.InputOffset()), len(text))], []byte("\n"))
		return spec, fmt.Errorf("at or after line %d: %w", line, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return spec, errors.New("something follows the model; a file has one")
	}
	return spec, nil
}

// findings lists everything that is wrong with a model, with its stage and the reason.
func findings(err error) string {
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	var b strings.Builder
	noun := "findings"
	if len(all) == 1 {
		noun = "finding"
	}
	fmt.Fprintf(&b, "the model is refused with %d %s:", len(all), noun)
	for _, e := range all {
		finding := (*stage.ModelError)(nil)
		switch {
		case !errors.As(e, &finding):
			fmt.Fprintf(&b, "\n  %v", e)
		case finding.Stage == "":
			fmt.Fprintf(&b, "\n  the model: %s", finding.Reason)
		default:
			fmt.Fprintf(&b, "\n  stage %.60q: %s", finding.Stage, finding.Reason)
		}
	}
	return b.String()
}
