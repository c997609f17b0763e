package clv

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/openlifecycle/lifecycle/metric"
)

// jsonVersion is that of the form that a fit is stored in.
const jsonVersion = 1

// storedFit is the form that a fit is stored in.
type storedFit struct {
	Version       int             `json:"version"`
	Kind          string          `json:"kind"`
	Model         json.RawMessage `json:"model"`
	LogLikelihood float64         `json:"log_likelihood"`
	Customers     int64           `json:"customers"`
	Distinct      int             `json:"distinct"`
	Options       storedOptions   `json:"options,omitzero"`
	Report        Report          `json:"report"`
	Covariance    [][]float64     `json:"covariance,omitempty"` // of logarithms and coefficients
}

type storedOptions struct {
	Starts        int `json:"starts,omitempty"`
	MaxIterations int `json:"max_iterations,omitempty"`
}

// MarshalJSON returns the fit with all that its methods need. Numbers keep every digit.
func (f Fit[M]) MarshalJSON() ([]byte, error) {
	if err := f.Model.check(); err != nil {
		return nil, err
	}
	model, err := json.Marshal(f.Model)
	if err != nil {
		return nil, err
	}
	s := storedFit{
		Version: jsonVersion, Kind: f.Model.kind(), Model: model, LogLikelihood: f.LogLikelihood,
		Customers: f.Customers, Distinct: f.Distinct, Options: storedOptions(f.Options), Report: f.Report,
	}
	if f.covariance != nil {
		if s.Covariance, err = f.Covariance(); err != nil {
			return nil, err
		}
	}
	return json.Marshal(s)
}

// UnmarshalJSON accepts what MarshalJSON writes. An error leaves the fit as it was.
func (f *Fit[M]) UnmarshalJSON(data []byte) error {
	var s storedFit
	if err := strict(data, &s); err != nil {
		return err
	}
	var out Fit[M]
	if s.Version != jsonVersion {
		return badInput("fit", "version %d, want %d", s.Version, jsonVersion)
	}
	if kind := out.Model.kind(); s.Kind != kind {
		return badInput("fit", "of a %.40q, want a %q", s.Kind, kind)
	}
	if err := strict(s.Model, &out.Model); err != nil {
		return err
	}
	if err := out.Model.check(); err != nil {
		return err
	}
	if s.Customers < 0 || s.Distinct < 0 {
		return badInput("fit", "of %d customers, %d of them distinct", s.Customers, s.Distinct)
	}
	out.LogLikelihood, out.Customers, out.Distinct = s.LogLikelihood, s.Customers, s.Distinct
	out.Options, out.Report = Options(s.Options), s.Report
	if _, err := out.Options.filled(); err != nil {
		return err
	}
	if s.Covariance != nil {
		c, err := readCovariance(s.Covariance, len(out.Model.parameters()))
		if err != nil {
			return err
		}
		out.covariance = &c
	}
	*f = out
	return nil
}

// strict decodes JSON that has no unknown field and nothing behind it.
func strict(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return &metric.Error{Input: "fit", Err: fmt.Errorf("%w: %w", metric.ErrInput, err)}
	}
	if _, err := d.Token(); err != io.EOF {
		return badInput("fit", "something follows its end")
	}
	return nil
}

func readCovariance(rows [][]float64, n int) (square, error) {
	if len(rows) != n {
		return square{}, badInput("covariance", "%d rows for %d parameters", len(rows), n)
	}
	m := newSquare(n)
	for i, row := range rows {
		if len(row) != n {
			return square{}, badInput("covariance", "%d columns for %d parameters", len(row), n)
		}
		copy(m.v[i*n:], row)
	}
	for i := range n {
		for j := range n {
			if m.at(i, j) != m.at(j, i) || math.Abs(m.at(i, j)) > math.Sqrt(m.at(i, i))*math.Sqrt(m.at(j, j))*(1+1e-9) {
				return square{}, badInput("covariance", "it is none of any numbers")
			}
		}
		if !(m.at(i, i) > 0) {
			return square{}, badInput("covariance", "it is none of any numbers")
		}
	}
	return m, nil
}
