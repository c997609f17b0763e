package main

import (
	"fmt"
	"math/big"
)

// percent returns part of whole in per cent with one decimal, half away from zero, and ""
// where the whole is empty: nobody of nobody is no rate.
func percent(part, whole int) string {
	if whole == 0 {
		return ""
	}
	return new(big.Rat).SetFrac64(int64(part)*100, int64(whole)).FloatString(1)
}

// number writes a count with commas.
func number(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// short writes a count for the picture: from 100,000 on in thousands or millions, rounded
// down.
func short(n int) string {
	switch {
	case n < 100_000:
		return number(n)
	case n < 1_000_000:
		return number(n/1000) + "k"
	case n < 100_000_000:
		return fmt.Sprintf("%d.%dM", n/1_000_000, n/100_000%10)
	}
	return number(n/1_000_000) + "M"
}
