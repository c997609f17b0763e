package sqlcheck

import (
	"math/big"
	"strings"
	"testing"
)

// places is the number of decimal places that a quotient is rounded to.
const places = 28

var billion = big.NewInt(1_000_000_000)

// quotient writes n/d in decimal, rounded to 28 places, half away from zero, with no zeros
// at the end but those that least asks for.
func quotient(n, d *big.Int, least int) string {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(places), nil)
	twice := new(big.Int).Abs(n)
	twice.Mul(twice, scale).Lsh(twice, 1)
	size := new(big.Int).Abs(d)
	units := twice.Add(twice, size)
	units.Quo(units, size.Lsh(size, 1))

	digits := units.String()
	if short := places + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	whole, fraction := digits[:len(digits)-places], digits[len(digits)-places:]
	for len(fraction) > least && fraction[len(fraction)-1] == '0' {
		fraction = fraction[:len(fraction)-1]
	}
	text := whole
	if fraction != "" {
		text += "." + fraction
	}
	if units.Sign() != 0 && n.Sign()*d.Sign() < 0 {
		text = "-" + text
	}
	return text
}

func TestQuotient(t *testing.T) {
	power := func(exponent int64) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(exponent), nil) }
	for _, c := range []struct {
		n, d  *big.Int
		least int
		want  string
	}{
		{big.NewInt(0), big.NewInt(7), 0, "0"},
		{big.NewInt(0), big.NewInt(-7), 2, "0.00"},
		{big.NewInt(12), big.NewInt(4), 0, "3"},
		{big.NewInt(1000), big.NewInt(1), 0, "1000"},
		{big.NewInt(1250), big.NewInt(100), 2, "12.50"},
		{big.NewInt(3), big.NewInt(8), 2, "0.375"},
		{big.NewInt(-3), big.NewInt(8), 0, "-0.375"},
		{big.NewInt(1), big.NewInt(3), 0, "0.3333333333333333333333333333"},
		{big.NewInt(2), big.NewInt(3), 0, "0.6666666666666666666666666667"},
		{big.NewInt(-2), big.NewInt(3), 0, "-0.6666666666666666666666666667"},
		{big.NewInt(1), new(big.Int).Mul(big.NewInt(2), power(28)), 0, "0.0000000000000000000000000001"},
		{big.NewInt(-1), new(big.Int).Mul(big.NewInt(2), power(28)), 0, "-0.0000000000000000000000000001"},
		{big.NewInt(-1), new(big.Int).Mul(big.NewInt(3), power(28)), 0, "0"},
	} {
		if got := quotient(c.n, c.d, c.least); got != c.want {
			t.Errorf("%s/%s = %s, want %s", c.n, c.d, got, c.want)
		}
	}
}
