package funnel

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/text"
	"github.com/openlifecycle/lifecycle/metric"
)

// String returns t as text for people: a line for each step, and the same for each group.
// Shares have one decimal. Times, if they were asked for, are the median and the mean since
// the step before.
func (t *Table) String() string {
	var b strings.Builder
	b.WriteString("Funnel " + t.Options.String() + "\n")
	if !t.Query.Entered.IsZero() {
		b.WriteString("entered in " + t.Query.Entered.String() + "\n")
	}
	if !t.Query.AsOf.IsZero() {
		b.WriteString("as of " + t.Query.AsOf.Format(time.RFC3339) + "\n")
	}
	b.WriteString("\n")
	t.writeSteps(&b, t.Steps)
	for _, g := range t.Groups {
		b.WriteString("\n" + t.Options.Breakdown.Attribute + " " + strconv.Quote(g.Value) + "\n\n")
		t.writeSteps(&b, g.Steps)
	}
	return b.String()
}

func (t *Table) writeSteps(b *strings.Builder, steps []Step) {
	rows := [][]string{{"step", "reached", "of first", "of previous", "dropped off", "open"}}
	if t.Query.Times {
		rows[0] = append(rows[0], "median", "mean")
	}
	for i := range steps {
		s := &steps[i]
		row := []string{
			strconv.Itoa(i+1) + " " + s.Name, strconv.FormatInt(s.Reached, 10), percent(s.FromFirst), percent(s.FromPrevious),
			strconv.FormatInt(s.DroppedOff, 10), strconv.FormatInt(s.Open, 10),
		}
		if t.Query.Times {
			median, errMedian := s.SincePrevious.Median()
			mean, errMean := s.SincePrevious.Mean()
			row = append(row, orDash(median.String(), errMedian), orDash(mean.String(), errMean))
		}
		rows = append(rows, row)
	}
	b.WriteString(text.Columns(rows, 0))
}

func orDash(text string, err error) string {
	if err != nil {
		return "-"
	}
	return text
}

func percent(s Share) string {
	r, err := s.Ratio()
	return orDash(r.Format(metric.Format{Rounding: metric.RoundTo(1, metric.RoundHalfAwayFromZero)}), err)
}

// AppendCSV appends t as CSV, a line for each step, of all attempts and of each group:
//
//	scope,value,step,name,reached,dropped_off,open,from_first,from_previous
//
// Scope is "all" or "group", value the one of the group, step counts from 1, and shares are
// fractions of one, empty if nobody is in the funnel. With times, four columns follow, of
// exact seconds that are rounded to 28 places:
//
//	median_since_previous,mean_since_previous,median_since_first,mean_since_first
func (t *Table) AppendCSV(b []byte) []byte {
	columns := "scope,value,step,name,reached,dropped_off,open,from_first,from_previous"
	if t.Query.Times {
		columns += ",median_since_previous,mean_since_previous,median_since_first,mean_since_first"
	}
	rows := t.appendSteps([][]string{strings.Split(columns, ",")}, "all", "", t.Steps)
	for _, g := range t.Groups {
		rows = t.appendSteps(rows, "group", g.Value, g.Steps)
	}
	return append(b, text.CSV(rows)...)
}

func (t *Table) appendSteps(rows [][]string, scope, value string, steps []Step) [][]string {
	for i := range steps {
		s := &steps[i]
		row := []string{
			scope, value, strconv.Itoa(i + 1), s.Name, strconv.FormatInt(s.Reached, 10),
			strconv.FormatInt(s.DroppedOff, 10), strconv.FormatInt(s.Open, 10), shareText(s.FromFirst), shareText(s.FromPrevious),
		}
		if t.Query.Times {
			for _, d := range []metric.Distribution[metric.Duration]{s.SincePrevious, s.SinceFirst} {
				row = append(row, seconds(d.Median()), seconds(d.Mean()))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// shareText returns the exact text of a share, or "".
func shareText(s Share) string {
	r, err := s.Ratio()
	if err != nil {
		return ""
	}
	return r.Text()
}

// seconds returns the number of seconds, or "".
func seconds(v metric.Value, err error) string {
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(v.Text(), "s")
}

// The JSON form. Shares and seconds are texts, so that no reader makes a binary float of them.
type (
	tableJSON struct {
		Options string      `json:"options"`
		Entered string      `json:"entered,omitempty"`
		AsOf    string      `json:"as_of,omitempty"`
		Steps   []stepJSON  `json:"steps"`
		Groups  []groupJSON `json:"groups,omitempty"`
	}
	groupJSON struct {
		Value string     `json:"value"`
		Steps []stepJSON `json:"steps"`
	}
	stepJSON struct {
		Step          int       `json:"step"`
		Name          string    `json:"name"`
		Reached       int64     `json:"reached"`
		DroppedOff    int64     `json:"dropped_off"`
		Open          int64     `json:"open"`
		FromFirst     string    `json:"from_first,omitempty"`
		FromPrevious  string    `json:"from_previous,omitempty"`
		SincePrevious *timeJSON `json:"since_previous,omitempty"`
		SinceFirst    *timeJSON `json:"since_first,omitempty"`
	}
	timeJSON struct {
		Count  int    `json:"count"`
		Median string `json:"median"`
		Mean   string `json:"mean"`
	}
)

// MarshalJSON returns the steps of all attempts and of each group.
func (t *Table) MarshalJSON() ([]byte, error) {
	out := tableJSON{Options: t.Options.String(), Steps: t.stepsJSON(t.Steps)}
	if !t.Query.Entered.IsZero() {
		out.Entered = t.Query.Entered.String()
	}
	if !t.Query.AsOf.IsZero() {
		out.AsOf = t.Query.AsOf.Format(time.RFC3339Nano)
	}
	for _, g := range t.Groups {
		out.Groups = append(out.Groups, groupJSON{g.Value, t.stepsJSON(g.Steps)})
	}
	return json.Marshal(out)
}

func (t *Table) stepsJSON(steps []Step) []stepJSON {
	list := make([]stepJSON, len(steps))
	for i := range steps {
		s := &steps[i]
		list[i] = stepJSON{
			Step: i + 1, Name: s.Name, Reached: s.Reached, DroppedOff: s.DroppedOff, Open: s.Open,
			FromFirst: shareText(s.FromFirst), FromPrevious: shareText(s.FromPrevious),
			SincePrevious: timesJSON(s.SincePrevious), SinceFirst: timesJSON(s.SinceFirst),
		}
	}
	return list
}

func timesJSON(d metric.Distribution[metric.Duration]) *timeJSON {
	if d.Len() == 0 {
		return nil
	}
	return &timeJSON{d.Len(), seconds(d.Median()), seconds(d.Mean())}
}
