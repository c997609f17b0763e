package main

import "strings"

// initialisms are written in capitals in Go names.
var initialisms = map[string]bool{
	"acv": true, "aov": true, "api": true, "arpa": true, "arppu": true, "arpu": true, "arr": true,
	"cac": true, "carr": true, "ces": true, "clv": true, "cpa": true, "cpc": true, "cpl": true, "cpm": true,
	"csat": true, "dau": true, "dso": true, "ebitda": true, "fcf": true, "gmv": true, "grr": true, "id": true, "ltv": true, "mau": true,
	"mql": true, "mrr": true, "nps": true, "nrr": true, "pql": true, "roas": true, "roi": true, "sal": true,
	"sla": true, "sms": true, "sql": true, "tcv": true, "url": true, "wau": true,
}

// camel turns open_rate into OpenRate.
func camel(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		if initialisms[word] {
			b.WriteString(strings.ToUpper(word))
		} else {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// accessorName returns OpenRate for email.open_rate.
func accessorName(id string) string {
	_, name, _ := strings.Cut(id, ".")
	return camel(name)
}

// literalName returns EmailOpenRate for email.open_rate.
func literalName(id string) string {
	domain, name, _ := strings.Cut(id, ".")
	return camel(domain) + camel(name)
}
