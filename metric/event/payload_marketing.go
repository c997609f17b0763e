package event

import (
	"time"

	"github.com/shopspring/decimal"
)

// PageViewed: a page or screen was shown.
type PageViewed struct {
	URL         string
	Path        string
	Title       string
	Referrer    string
	UTMSource   string
	UTMMedium   string
	UTMCampaign string
	UTMTerm     string
	UTMContent  string
}

// EventName returns "page_viewed".
func (PageViewed) EventName() string { return "page_viewed" }

func (p *PageViewed) attributes(b *binder) {
	b.optText("url", &p.URL)
	b.optText("path", &p.Path)
	b.optText("title", &p.Title)
	b.optText("referrer", &p.Referrer)
	b.optText("utm_source", &p.UTMSource)
	b.optText("utm_medium", &p.UTMMedium)
	b.optText("utm_campaign", &p.UTMCampaign)
	b.optText("utm_term", &p.UTMTerm)
	b.optText("utm_content", &p.UTMContent)
}

// TouchpointRecorded: a contact with marketing that attribution may credit.
type TouchpointRecorded struct {
	Channel    string
	Campaign   string
	Medium     string
	CostAmount Optional[int64] // minor units
	Currency   string
	Direct     Optional[bool]
}

// EventName returns "touchpoint_recorded".
func (TouchpointRecorded) EventName() string { return "touchpoint_recorded" }

func (p *TouchpointRecorded) attributes(b *binder) {
	b.text("channel", &p.Channel)
	b.optText("campaign", &p.Campaign)
	b.optText("medium", &p.Medium)
	b.optWhole("cost_amount", &p.CostAmount)
	b.optText("currency", &p.Currency)
	b.optFlag("direct", &p.Direct)
}

// AdSpendRecorded: money spent on a channel over a period, [PeriodStart, PeriodEnd).
type AdSpendRecorded struct {
	Channel     string
	Amount      int64 // minor units
	Currency    string
	PeriodStart time.Time
	PeriodEnd   time.Time
	Campaign    string
	Impressions Optional[int64]
	Clicks      Optional[int64]
}

// EventName returns "ad_spend_recorded".
func (AdSpendRecorded) EventName() string { return "ad_spend_recorded" }

func (p *AdSpendRecorded) attributes(b *binder) {
	b.text("channel", &p.Channel)
	b.whole("amount", &p.Amount)
	b.text("currency", &p.Currency)
	b.instant("period_start", &p.PeriodStart)
	b.instant("period_end", &p.PeriodEnd)
	b.optText("campaign", &p.Campaign)
	b.optWhole("impressions", &p.Impressions)
	b.optWhole("clicks", &p.Clicks)
}

// BrochureDownloaded: a brochure, white paper or price list was taken.
type BrochureDownloaded struct {
	Brochure string
}

// EventName returns "brochure_downloaded".
func (BrochureDownloaded) EventName() string { return "brochure_downloaded" }

func (p *BrochureDownloaded) attributes(b *binder) {
	b.optText("brochure", &p.Brochure)
}

// LeadGenerated: somebody left their contact details.
type LeadGenerated struct {
	Channel string
	Form    string
	Value   Optional[decimal.Decimal]
}

// EventName returns "lead_generated".
func (LeadGenerated) EventName() string { return "lead_generated" }

func (p *LeadGenerated) attributes(b *binder) {
	b.optText("channel", &p.Channel)
	b.optText("form", &p.Form)
	b.optNumber("value", &p.Value)
}

// LeadQualified: a lead reached the qualification Stage, by the caller's own definition.
type LeadQualified struct {
	Stage  string
	Reason string
	Owner  string
}

// EventName returns "lead_qualified".
func (LeadQualified) EventName() string { return "lead_qualified" }

func (p *LeadQualified) attributes(b *binder) {
	b.optText("stage", &p.Stage)
	b.optText("reason", &p.Reason)
	b.optText("owner", &p.Owner)
}

// LeadDisqualified: a lead was found unfit.
type LeadDisqualified struct {
	Stage  string
	Reason string
	Owner  string
}

// EventName returns "lead_disqualified".
func (LeadDisqualified) EventName() string { return "lead_disqualified" }

func (p *LeadDisqualified) attributes(b *binder) {
	b.optText("stage", &p.Stage)
	b.optText("reason", &p.Reason)
	b.optText("owner", &p.Owner)
}

// LeadConverted: a lead became a customer.
type LeadConverted struct {
	Reason string
}

// EventName returns "lead_converted".
func (LeadConverted) EventName() string { return "lead_converted" }

func (p *LeadConverted) attributes(b *binder) {
	b.optText("reason", &p.Reason)
}

// LeadLost: a lead was given up.
type LeadLost struct {
	Reason string
}

// EventName returns "lead_lost".
func (LeadLost) EventName() string { return "lead_lost" }

func (p *LeadLost) attributes(b *binder) {
	b.optText("reason", &p.Reason)
}

// ReferralSent: a customer recommended us.
type ReferralSent struct {
	ReferrerID string
	Referee    string
}

// EventName returns "referral_sent".
func (ReferralSent) EventName() string { return "referral_sent" }

func (p *ReferralSent) attributes(b *binder) {
	b.optText("referrer_id", &p.ReferrerID)
	b.optText("referee", &p.Referee)
}

// ReferralConverted: a recommended person became a customer.
type ReferralConverted struct {
	ReferrerID string
	Referee    string
}

// EventName returns "referral_converted".
func (ReferralConverted) EventName() string { return "referral_converted" }

func (p *ReferralConverted) attributes(b *binder) {
	b.optText("referrer_id", &p.ReferrerID)
	b.optText("referee", &p.Referee)
}

// ReviewSubmitted: a customer reviewed us.
type ReviewSubmitted struct {
	Rating Optional[decimal.Decimal]
	Site   string
}

// EventName returns "review_submitted".
func (ReviewSubmitted) EventName() string { return "review_submitted" }

func (p *ReviewSubmitted) attributes(b *binder) {
	b.optNumber("rating", &p.Rating)
	b.optText("site", &p.Site)
}
