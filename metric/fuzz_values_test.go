package metric

import (
	"errors"
	"testing"
	"time"
	_ "time/tzdata"
)

// What a parser accepts, it must accept again as the text of what it read, and nothing
// may change on the way. What it refuses is an ErrInput and leaves nothing behind.

func FuzzParseMoney(f *testing.F) {
	for _, s := range []string{"1234.50 USD", "USD 1234.50", "-0.0034 USD", "5 JPY", "1e3 KWD", "1,000 USD", "1 usd", "9e33 CHF", "", " ", "+0 EUR"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMoney(s)
		if err != nil {
			checkRefusal(t, err, m.IsValid())
			return
		}
		back, err := ParseMoney(m.Text())
		if err != nil || !back.Equal(m) || back.Text() != m.Text() {
			t.Fatalf("%q becomes %s and then %s, %v", s, m.Text(), back.Text(), err)
		}
		if shown := m.String(); shown == "" || m.IsZero() != zeroDigits(shown) {
			t.Fatalf("%s is written as %q", m.Text(), shown)
		}
	})
}

func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"36h", "1h30m", "2d 4h", "90s", "1.5h", "131400s", "PT36H", "P2DT4H", "P1W", "P1M", "-PT0,5S", "7ns", "1e5s", "P", "1h1h", "9999999999999999w"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDuration(s)
		if err != nil {
			checkRefusal(t, err, !d.IsZero())
			return
		}
		back, err := ParseDuration(d.Text())
		if err != nil || !back.Equal(d) || back.Text() != d.Text() {
			t.Fatalf("%q becomes %s and then %s, %v", s, d.Text(), back.Text(), err)
		}
		if shown := d.String(); d.IsZero() != zeroDigits(shown) {
			t.Fatalf("%s is written as %q", d.Text(), shown)
		}
		if std, err := time.ParseDuration(s); err == nil {
			if got, ok := d.Std(); ok && got != std {
				t.Fatalf("%q is %s, in the standard library %s", s, d.Text(), std)
			}
		}
	})
}

func FuzzParsePeriod(f *testing.F) {
	zones := []*time.Location{time.UTC}
	for _, name := range []string{"Europe/Berlin", "America/Sao_Paulo", "America/St_Johns", "Pacific/Apia"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			f.Fatal(err)
		}
		zones = append(zones, loc)
	}
	for i, s := range []string{
		"2026-03", "2026-Q1", "2026-W07", "2026-03-01", "2026", "FY2026-04", "FY2026-04-Q2", "P30D/2026-03-31", "2026-03-01/2026-04-01",
		"2026-03-01T00:00:00+01:00/2026-04-01T00:00:00.5+02:00", "P7D/2018-11-04T05:30:00Z", "2026-03[UTC]", "2026-03[Europe/Berlin]", "2011-12-30", "0001-W01", "9999-12-31",
	} {
		f.Add(s, uint8(i))
	}
	f.Fuzz(func(t *testing.T, s string, n uint8) {
		loc := zones[int(n)%len(zones)]
		p, err := ParsePeriod(s, loc)
		if err != nil {
			checkRefusal(t, err, !p.IsZero())
			return
		}
		text, err := p.MarshalText()
		if err != nil {
			t.Fatalf("%q is read but not written: %v", s, err)
		}
		back, err := ParsePeriod(string(text), loc)
		if err != nil || !back.Equal(p) {
			t.Fatalf("%q becomes %s and then %s, %v", s, text, back, err)
		}
		if !p.Start().Before(p.End()) || p.Days() < 1 || p.Duration().Sign() != 1 {
			t.Fatalf("%s is from %s to %s, %d days", p, p.Start(), p.End(), p.Days())
		}
		if next, prev := p.Next(), p.Prev(); !next.Start().Equal(p.End()) || !prev.End().Equal(p.Start()) {
			t.Fatalf("%s stands between %s and %s", p, prev, next)
		}
	})
}

func FuzzParseValue(f *testing.F) {
	for i, s := range sampleValues {
		f.Add(uint8(s.kind), s.text)
		f.Add(uint8(i), s.text)
	}
	f.Add(uint8(KindRatio), "43/197")
	f.Add(uint8(KindRatio), "3.45 %")
	f.Add(uint8(DistributionOf(KindCount)), "[1, 2e1]")
	f.Fuzz(func(t *testing.T, kind uint8, s string) {
		v, err := ParseValue(Kind(kind), s)
		if err != nil {
			checkRefusal(t, err, !v.IsZero())
			return
		}
		back, err := ParseValue(v.Kind(), v.Text())
		if err != nil || !back.Equal(v) || back.Text() != v.Text() {
			t.Fatalf("%q becomes %s and then %s, %v", s, v.Text(), back.Text(), err)
		}
		for _, format := range []Format{{}, {Fraction: true, NoGrouping: true, DurationUnits: 1}, {Rounding: RoundTo(3, RoundCeiling)}} {
			if v.Format(format) == "" {
				t.Fatalf("%s is written as nothing", v.Text())
			}
		}
		if v.Kind().isScalar() {
			if c, err := v.Compare(back); err != nil || c != 0 {
				t.Fatalf("%s compares to itself as %d, %v", v.Text(), c, err)
			}
		}
	})
}

func checkRefusal(t *testing.T, err error, result bool) {
	t.Helper()
	if !errors.Is(err, ErrInput) && !errors.Is(err, MixedCurrency) {
		t.Fatalf("refused with %v", err)
	}
	if result || err.Error() == "" {
		t.Fatalf("refused with a result, or without words: %q", err)
	}
}

// zeroDigits reports whether all digits of s are zeros.
func zeroDigits(s string) bool {
	for _, r := range s {
		if r >= '1' && r <= '9' {
			return false
		}
	}
	return true
}
