package main

import (
	"encoding/json"
	"io"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/clv"
	"github.com/openlifecycle/lifecycle/segment"
)

// The JSON report. Money is exact text in the main unit of the currency, shares are fractions
// of 1, and estimates have six digits.
type jsonReport struct {
	Title      string          `json:"title"`
	Currency   metric.Currency `json:"currency"`
	Until      string          `json:"until"`
	Margin     metric.Ratio    `json:"margin_share"`
	Weeks      float64         `json:"horizon_weeks"`
	Rate       float64         `json:"annual_rate"`
	Level      float64         `json:"level"`
	Segments   *segment.Table  `json:"segments"`
	Grid       json.RawMessage `json:"grid"`
	Model      string          `json:"model"`
	Fit        *jsonFit        `json:"fit,omitempty"`
	NoForecast string          `json:"no_forecast,omitempty"`
	Holdout    *jsonHoldout    `json:"holdout,omitempty"`
	NoHoldout  string          `json:"no_holdout,omitempty"`
	Left       []string        `json:"not_counted,omitempty"`
	Customers  []jsonCustomer  `json:"customers"`
}

type jsonFit struct {
	Purchases  jsonSearch     `json:"purchases"`
	Spend      jsonSearch     `json:"spend"`
	Parameters []jsonEstimate `json:"parameters"`
}

// jsonSearch is how the search for the parameters went.
type jsonSearch struct {
	Converged  bool         `json:"converged"`
	Believable bool         `json:"believable"`
	Iterations int          `json:"iterations"`
	Concerns   []clv.Remark `json:"concerns,omitempty"`
	Notes      []clv.Remark `json:"notes,omitempty"`
}

type jsonEstimate struct {
	Name  string `json:"name,omitempty"`
	Value real   `json:"value"`
	Low   *real  `json:"low,omitempty"`
	High  *real  `json:"high,omitempty"`
}

type jsonHoldout struct {
	From string           `json:"model_knows_until"`
	To   string           `json:"checked_until"`
	Fit  jsonSearch       `json:"fit"`
	Rows []jsonHoldoutRow `json:"rows"`
}

type jsonHoldoutRow struct {
	Purchases int   `json:"repeat_purchases"`
	OrMore    bool  `json:"or_more,omitempty"`
	Customers int64 `json:"customers"`
	Bought    int64 `json:"bought"`
	Expected  real  `json:"expected"`
}

type jsonCustomer struct {
	Customer  string        `json:"customer"`
	Segment   string        `json:"segment"`
	Scores    string        `json:"scores"`
	Orders    int64         `json:"orders"`
	First     string        `json:"first_order"`
	Last      string        `json:"last_order"`
	Revenue   string        `json:"revenue"`
	Margin    string        `json:"margin"`
	Channel   string        `json:"channel,omitempty"`
	CAC       string        `json:"cac,omitempty"`
	Alive     *jsonEstimate `json:"alive,omitempty"`
	Purchases *jsonEstimate `json:"purchases,omitempty"`
	Predicted *jsonEstimate `json:"predicted,omitempty"`
}

// real is written with the digits that are the same on every machine.
type real float64

func (r real) MarshalJSON() ([]byte, error) { return []byte(digits(float64(r))), nil }

// writeJSON writes the report as one object.
func writeJSON(w io.Writer, a *analysis) error {
	r := jsonReport{
		Title: a.title, Currency: a.currency, Until: a.end.String(), Margin: a.margin, Weeks: a.weeks, Rate: a.rate, Level: a.level,
		Segments: a.segments, Model: a.model.name, NoForecast: a.noForecast, NoHoldout: a.noCheck, Left: a.leftOut(),
	}
	var err error
	if r.Grid, err = a.grid.JSON(0); err != nil {
		return err
	}
	if a.fit != nil {
		r.Fit = &jsonFit{Purchases: searchOf(a.fit.purchases), Spend: searchOf(a.fit.spend)}
		for _, p := range a.fit.parameters {
			r.Fit.Parameters = append(r.Fit.Parameters, *estimateOf(p))
		}
	}
	if h := a.check; h != nil {
		r.Holdout = &jsonHoldout{From: h.from.String(), To: h.to.String(), Fit: searchOf(h.fit.purchases)}
		for _, row := range h.rows {
			r.Holdout.Rows = append(r.Holdout.Rows, jsonHoldoutRow{row.Purchases, row.OrMore, row.Customers, row.Bought, real(row.Expected)})
		}
	}
	for _, c := range a.customers {
		j := jsonCustomer{
			Customer: c.key, Segment: c.segment, Scores: c.scores.String(), Orders: c.total.Orders,
			First: c.total.FirstDate.String(), Last: c.total.LastDate.String(),
			Revenue: a.exact(c.revenue), Margin: a.exact(c.margin), Channel: c.channel,
		}
		if a.hasCAC() {
			j.CAC = a.exact(c.cac)
		}
		if a.fit != nil {
			j.Alive, j.Purchases, j.Predicted = estimateOf(c.alive), estimateOf(c.purchases), estimateOf(c.value)
		}
		r.Customers = append(r.Customers, j)
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(r)
}

func searchOf(r clv.Report) jsonSearch {
	return jsonSearch{r.Converged, r.Believable(), r.Iterations, r.Concerns, r.Notes}
}

func estimateOf(e clv.Estimate) *jsonEstimate {
	j := &jsonEstimate{Name: e.Name, Value: real(e.Value)}
	if e.Level > 0 {
		low, high := real(e.Low), real(e.High)
		j.Low, j.High = &low, &high
	}
	return j
}
