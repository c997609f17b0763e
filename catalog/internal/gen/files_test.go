package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestCheck holds -check to its promise: it writes nothing, is silent when nothing differs
// and names each file that does.
func TestCheck(t *testing.T) {
	root := catalogue(t, goodRegistry(t))
	err := run(root, true)
	if err == nil || strings.Count(err.Error(), "is stale") != 7 {
		t.Errorf("check of nothing: %v, want seven stale files", err)
	}
	if files, _ := owned(root); len(files) > 0 {
		t.Fatalf("check wrote %q", sortedKeys(files))
	}
	files := generate(t, root)
	if err := run(root, true); err != nil {
		t.Errorf("check right after: %v", err)
	}

	edits := map[string]func(path string, data []byte) error{
		"a byte changed": func(path string, data []byte) error {
			return os.WriteFile(path, []byte(strings.Replace(string(data), "orders", "order5", 1)), 0o644)
		},
		"a line added":     func(path string, data []byte) error { return os.WriteFile(path, append(data, "// more\n"...), 0o644) },
		"the mark removed": func(path string, data []byte) error { return os.WriteFile(path, data[len(generated):], 0o644) },
		"emptied":          func(path string, _ []byte) error { return os.WriteFile(path, nil, 0o644) },
		"removed":          func(path string, _ []byte) error { return os.Remove(path) },
	}
	path := filepath.Join(root, "shop", "shop.go")
	for name, change := range edits {
		if err := change(path, slices.Clone(files["shop/shop.go"])); err != nil {
			t.Fatal(err)
		}
		if err := run(root, true); err == nil || err.Error() != "shop/shop.go is stale: run go generate ./catalog" {
			t.Errorf("%s: %v", name, err)
		}
		put(t, path, string(files["shop/shop.go"]))
	}

	put(t, filepath.Join(root, "gone", "gone.go"), generated+"\npackage gone\n")
	put(t, filepath.Join(root, "mine", "mine.go"), "package mine\n")
	if err := run(root, true); err == nil || err.Error() != "gone/gone.go is left over: run go generate ./catalog" {
		t.Errorf("left-over file: %v", err)
	}
}

// TestWrite lets gen bring a catalogue up to date.
func TestWrite(t *testing.T) {
	root := catalogue(t, goodRegistry(t))
	files := generate(t, root)
	put(t, filepath.Join(root, "gone", "gone.go"), generated+"\npackage gone\n")
	put(t, filepath.Join(root, "mine", "mine.go"), "package mine\n")
	put(t, filepath.Join(root, "shop", "more.go"), "package shop\n")
	put(t, filepath.Join(root, "shop", "shop.go"), generated+"\npackage edited\n")
	untouched := filepath.Join(root, "mail", "mail.go")
	before, err := os.Stat(untouched)
	if err != nil {
		t.Fatal(err)
	}
	if again := generate(t, root); !slices.Equal(sortedKeys(again), sortedKeys(files)) || string(again["shop/shop.go"]) != string(files["shop/shop.go"]) {
		t.Errorf("files are %q after a second run", sortedKeys(again))
	}
	for name, want := range map[string]bool{"gone/gone.go": false, "mine/mine.go": true, "shop/more.go": true} {
		if _, err := os.Stat(filepath.Join(root, name)); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after, err := os.Stat(untouched); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("a file that did not change was written")
	}

	// A metric that leaves takes its code with it.
	registry := goodRegistry(t)
	at := strings.Index(registry["mail.yaml"], "  - id: mail.revenue_per_order_capped")
	put(t, filepath.Join(root, "registry", "mail.yaml"), registry["mail.yaml"][:at])
	if err := run(root, true); err == nil || !strings.Contains(err.Error(), "mail/mail.go is stale") || strings.Contains(err.Error(), "shop/shop.go") {
		t.Errorf("%v", err)
	}
	if files := generate(t, root); strings.Contains(string(files["mail/mail.go"]), "Capped") {
		t.Error("the code of a metric that left is still there")
	}
}

// TestWriteSparesForeignFiles does not let a domain take the place of code written by hand.
func TestWriteSparesForeignFiles(t *testing.T) {
	root := catalogue(t, goodRegistry(t))
	path := filepath.Join(root, "shop", "shop.go")
	put(t, path, "package shop // by hand\n")
	if err := run(root, false); err == nil || !strings.Contains(err.Error(), "shop/shop.go is not generated") {
		t.Errorf("%v", err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "package shop // by hand\n" {
		t.Errorf("it is overwritten with %.60q, %v", data, err)
	}
	if files, _ := owned(root); len(files) > 0 {
		t.Errorf("%q are written all the same", sortedKeys(files))
	}
}

// TestReservedDomain refuses a domain whose file of literals is that of the list of all.
func TestReservedDomain(t *testing.T) {
	registry := goodRegistry(t)
	mail := strings.NewReplacer("domain: mail", "domain: all", "id: mail.", "id: all.", "variant_of: mail.", "variant_of: all.").Replace(registry["mail.yaml"])
	shop := strings.Replace(registry["shop.yaml"], "counter: mail.", "counter: all.", 1)
	root := catalogue(t, map[string]string{"all.yaml": mail, "shop.yaml": shop})
	if err := run(root, false); err == nil || !strings.Contains(err.Error(), "internal/std/all.go would be written twice") {
		t.Errorf("%v", err)
	}
}

func TestNoRegistry(t *testing.T) {
	if err := run(t.TempDir(), false); err == nil || !strings.Contains(err.Error(), "no registry") {
		t.Errorf("%v", err)
	}
	root := catalogue(t, map[string]string{"empty.yaml": "", "list.yaml": "- 1\n", "broken.yaml": "domain: [\n"})
	err := run(root, false)
	for _, file := range []string{"registry/empty.yaml: ", "registry/list.yaml: ", "registry/broken.yaml: "} {
		if err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%v does not name %s", err, file)
		}
	}
}

func TestNames(t *testing.T) {
	for _, tt := range []struct{ id, accessor, literal string }{
		{"email.open_rate", "OpenRate", "EmailOpenRate"},
		{"subscription.mrr", "MRR", "SubscriptionMRR"},
		{"subscription.opening_mrr", "OpeningMRR", "SubscriptionOpeningMRR"},
		{"survey.nps", "NPS", "SurveyNPS"},
		{"ads.cpm", "CPM", "AdsCPM"},
		{"usage.active_7d", "Active7d", "UsageActive7d"},
		{"usage.dau_to_mau", "DAUToMAU", "UsageDAUToMAU"},
		{"sales.sql_rate", "SQLRate", "SalesSQLRate"},
		{"web.ideas", "Ideas", "WebIdeas"}, // id is a word, not a prefix
	} {
		if a, l := accessorName(tt.id), literalName(tt.id); a != tt.accessor || l != tt.literal {
			t.Errorf("%s is %s and %s, want %s and %s", tt.id, a, l, tt.accessor, tt.literal)
		}
	}
}

func TestLowerFirst(t *testing.T) {
	for text, want := range map[string]string{
		"Share of orders.": "share of orders.", "A share.": "a share.", "MRR of customers.": "MRR of customers.",
		"E-mails sent.": "e-mails sent.", "I see.": "I see.", "Änderung": "änderung", "2nd order": "2nd order", "x": "x",
	} {
		if got := lowerFirst(text); got != want {
			t.Errorf("lowerFirst(%q) = %q, want %q", text, got, want)
		}
	}
}
