package exchange

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/openlifecycle/lifecycle/metric/formula"
)

// ReadMarkdown reads metrics from a reference such as [WriteMarkdown] writes, of the same
// major version of the catalogue. Whoever edits one changes the number of metrics in its
// second line and the tables along with the metrics: the reader refuses what disagrees.
// The order is that of the tables. The error names the line, and the metric.
func ReadMarkdown(r io.Reader) ([]formula.Spec, error) {
	list, err := readMarkdown(r)
	if err != nil {
		return nil, err
	}
	return specs(list), nil
}

func readMarkdown(r io.Reader) ([]*entry, error) {
	data, err := readText(r)
	if err != nil {
		return nil, err
	}
	p := &page{known: seen{}, domains: map[string]bool{}}
	for line := range strings.Lines(string(data)) {
		p.number++
		line = strings.TrimRight(line, " \t\r\n")
		if line == "" {
			continue
		}
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", p.number, err)
		}
	}
	if err := p.end(); err != nil {
		return nil, fmt.Errorf("line %d: %w", p.number, err)
	}
	return p.list, nil
}

// page reads a document line by line.
type page struct {
	number int
	step   step
	count  int // of metrics, as the document has it
	list   []*entry
	known  seen

	domains map[string]bool // whose chapter is complete

	// of the chapter
	rows    []string
	chapter []*entry
	subject string

	// of the metric; current is nil between two
	current *entry
	head    string
	labels  map[*field][]string
}

// step says what was read last.
type step uint8

const (
	atStart step = iota
	afterTitle
	afterVersion
	afterChapter // and its introduction
	afterTableHead
	inTable
	afterSubject
	afterHeading // of a metric
	afterQuestion
	afterDefinition
	inFields
)

func (p *page) line(line string) error {
	switch {
	case p.step == atStart:
		if line != titleLine {
			return fmt.Errorf("a reference starts with %q", titleLine)
		}
		p.step = afterTitle
		return nil
	case p.step == afterTitle:
		p.step = afterVersion
		return p.version(line)
	case strings.HasPrefix(line, "## "):
		return p.startChapter()
	case p.step == afterVersion:
		return errors.New("a chapter, which starts with ##, has to follow")
	case strings.HasPrefix(line, "### "):
		return p.startSubject(line[len("### "):])
	case line == "####" || strings.HasPrefix(line, "#### "):
		return p.startMetric(strings.TrimPrefix(line[len("####"):], " "))
	case strings.HasPrefix(line, "#"):
		return fmt.Errorf("%.48q is not a heading of this kind of document", line)
	case line[0] == '|':
		return p.table(line)
	case p.step < afterHeading:
		return p.introduction()
	case strings.HasPrefix(line, "- "):
		return p.field(line[len("- "):])
	}
	return p.inMetric(p.words(line))
}

func (p *page) version(line string) error {
	text, ok := strings.CutPrefix(line, versionStart)
	version, number, found := strings.Cut(text, versionEnd)
	number, ends := strings.CutSuffix(number, ".")
	n, err := strconv.Atoi(number)
	if !ok || !found || !ends || err != nil || n < 0 {
		return fmt.Errorf("the line %q has to follow", versionStart+"1.2.3"+versionEnd+"4.")
	}
	p.count = n
	return checkVersion(version)
}

func (p *page) startChapter() error {
	err := p.endChapter()
	p.step = afterChapter
	return err
}

func (p *page) introduction() error {
	if p.step != afterChapter {
		return errors.New("a text is possible after the heading of a chapter and in a metric only")
	}
	return nil
}

func (p *page) table(line string) error {
	switch {
	case p.step == afterChapter && line == tableHead:
		p.step = afterTableHead
	case p.step == afterTableHead && line == tableRule:
		p.step = inTable
	case p.step == inTable:
		p.rows = append(p.rows, line)
	default:
		return fmt.Errorf("a table is possible at the start of a chapter only, and starts with %q and %q", tableHead, tableRule)
	}
	return nil
}

func (p *page) startSubject(text string) (err error) {
	if p.step < inTable {
		return errors.New("the table of the chapter is missing")
	}
	if err := p.endMetric(); err != nil {
		return err
	}
	p.step = afterSubject
	p.subject, err = plain(text)
	return err
}

func (p *page) startMetric(head string) error {
	if p.step < inTable {
		return errors.New("the table of the chapter is missing")
	}
	if err := p.endMetric(); err != nil {
		return err
	}
	_, name, found := strings.Cut(head, `"></a>`)
	if !found || !strings.HasPrefix(head, `<a id="`) {
		return errors.New(`the heading of a metric has the form "#### <a id="id"></a>Name"`)
	}
	p.step = afterHeading
	p.current, p.head, p.labels = &entry{}, head, map[*field][]string{}
	p.current.Subject = p.subject
	var err error
	p.current.Name, err = plain(name)
	return p.inMetric(err)
}

// inMetric names the metric in an error, by what is known of it.
func (p *page) inMetric(err error) error {
	if err == nil || p.current == nil {
		return err
	}
	if p.current.ID == "" {
		return fmt.Errorf("metric named %.100q: %w", p.current.Name, err)
	}
	return fmt.Errorf("metric %.100q: %w", p.current.ID, err)
}

// words reads the question or the definition.
func (p *page) words(line string) (err error) {
	isQuestion := strings.HasPrefix(line, "*")
	switch {
	case p.step == inFields:
		return fmt.Errorf("%.48q is not a field, which has the form \"- Label: text\"", line)
	case isQuestion && p.step == afterHeading:
		p.step = afterQuestion
		if len(line) < 3 || !strings.HasSuffix(line, "*") {
			return fmt.Errorf("%.48q begins an emphasis that does not end", line)
		}
		p.current.Question, err = plain(line[1 : len(line)-1])
		return err
	case !isQuestion && p.step < afterDefinition:
		p.step = afterDefinition
		p.current.Meaning, err = plain(line)
		return err
	}
	return errors.New("before its fields a metric has one question in emphasis and one definition, each on one line")
}

func (p *page) field(line string) error {
	p.step = inFields
	label, content, found := strings.Cut(line, ": ")
	if !found {
		label, found = strings.CutSuffix(line, ":")
	}
	at := slices.IndexFunc(fields[:], func(f field) bool { return f.label != "" && f.label == label })
	if !found || at < 0 {
		return p.inMetric(fmt.Errorf("%.48q is not a field of a metric", label))
	}
	f := &fields[at]
	if err := p.content(f, content); err != nil {
		return p.inMetric(fmt.Errorf("%s: %w", label, err))
	}
	return nil
}

// content keeps what a line says about a field, and sets it if there can be no other line.
func (p *page) content(f *field, line string) error {
	text, err := plain(line)
	if err != nil {
		return err
	}
	known, again := p.labels[f]
	var texts []string
	switch {
	case f.items != nil && !f.inLine && !f.single:
		if err := f.set(&p.current.Spec, []string{text}); err != nil {
			return err
		}
		if p.labels[f] = append(known, text); len(known) >= MaxItems {
			return fmt.Errorf("has more than %d items", MaxItems)
		}
		return nil
	case again:
		return errors.New("is there twice")
	case text == "":
		return errors.New("is empty")
	case f.list != nil:
		if texts, err = splitQuoted(text); err != nil {
			return err
		}
	case f.inLine:
		texts = splitItems(text)
	default:
		texts = []string{text}
	}
	p.labels[f] = texts
	return f.set(&p.current.Spec, texts)
}

// endMetric completes the current metric, if there is one.
func (p *page) endMetric() error {
	e := p.current
	if e == nil {
		return nil
	}
	err := p.known.add(e.ID)
	if err == nil {
		err = e.complete(func(string) []string { return nil })
	}
	if err == nil && !strings.HasPrefix(p.head, `<a id="`+anchor(e.ID)+`"></a>`) {
		err = fmt.Errorf("the heading above has not the anchor %q of the id", anchor(e.ID))
	}
	if err != nil {
		return p.inMetric(err)
	}
	p.chapter = append(p.chapter, e)
	p.current = nil
	return nil
}

// endChapter completes the current chapter, if there is one, and puts its metrics into the
// order of the table.
func (p *page) endChapter() error {
	if p.step < afterChapter {
		return nil
	}
	if p.step < inTable {
		return errors.New("the table of the chapter is missing")
	}
	if err := p.endMetric(); err != nil {
		return err
	}
	byRow := map[string][]*entry{}
	for _, e := range p.chapter {
		if first := p.chapter[0]; e.domain() != first.domain() {
			return fmt.Errorf("the chapter has metrics of two domains, %.100q and %.100q", first.ID, e.ID)
		}
		byRow[tableRow(e)] = append(byRow[tableRow(e)], e)
	}
	for _, row := range p.rows {
		same := byRow[row]
		if len(same) == 0 {
			return fmt.Errorf("the table of the chapter has the row %.200q, which is of no metric there", row)
		}
		p.list = append(p.list, same[0])
		byRow[row] = same[1:]
	}
	for _, e := range p.chapter {
		if len(byRow[tableRow(e)]) > 0 {
			return fmt.Errorf("the metric %.100q has no row in the table of the chapter", e.ID)
		}
	}
	if len(p.chapter) > 0 {
		domain := p.chapter[0].domain()
		if p.domains[domain] {
			return fmt.Errorf("there are two chapters of the domain %.100q", domain)
		}
		p.domains[domain] = true
	}
	p.rows, p.chapter, p.subject = nil, nil, ""
	return nil
}

// end completes the document.
func (p *page) end() error {
	if p.step < afterVersion {
		return errors.New("the document ends before its second line")
	}
	if err := p.endChapter(); err != nil {
		return err
	}
	if len(p.list) != p.count {
		return fmt.Errorf("there are %d metrics, but the document says %d", len(p.list), p.count)
	}
	return nil
}
