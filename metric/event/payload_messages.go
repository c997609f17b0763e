package event

// EmailSent: a message was handed to the mail system.
type EmailSent struct {
	MessageID  string
	CampaignID string
	Recipient  string
	Reason     string
}

// EventName returns "email_sent".
func (EmailSent) EventName() string { return "email_sent" }

func (p *EmailSent) attributes(b *binder) {
	b.text("message_id", &p.MessageID)
	b.optText("campaign_id", &p.CampaignID)
	b.optText("recipient", &p.Recipient)
	b.optText("reason", &p.Reason)
}

// EmailDelivered: the receiving server took the message.
type EmailDelivered struct {
	MessageID  string
	CampaignID string
	Recipient  string
	Reason     string
}

// EventName returns "email_delivered".
func (EmailDelivered) EventName() string { return "email_delivered" }

func (p *EmailDelivered) attributes(b *binder) {
	b.text("message_id", &p.MessageID)
	b.optText("campaign_id", &p.CampaignID)
	b.optText("recipient", &p.Recipient)
	b.optText("reason", &p.Reason)
}

// EmailDeferred: the receiving server asked to try later.
type EmailDeferred struct {
	MessageID  string
	CampaignID string
	Recipient  string
	Reason     string
}

// EventName returns "email_deferred".
func (EmailDeferred) EventName() string { return "email_deferred" }

func (p *EmailDeferred) attributes(b *binder) {
	b.text("message_id", &p.MessageID)
	b.optText("campaign_id", &p.CampaignID)
	b.optText("recipient", &p.Recipient)
	b.optText("reason", &p.Reason)
}

// EmailBounced: the receiving server refused the message.
type EmailBounced struct {
	MessageID  string
	CampaignID string
	Recipient  string
	BounceType string // hard, soft, block
	Reason     string
}

// EventName returns "email_bounced".
func (EmailBounced) EventName() string { return "email_bounced" }

func (p *EmailBounced) attributes(b *binder) {
	b.text("message_id", &p.MessageID)
	b.optText("campaign_id", &p.CampaignID)
	b.optText("recipient", &p.Recipient)
	b.optText("bounce_type", &p.BounceType)
	b.optText("reason", &p.Reason)
}

// EmailOpened: a message was opened, by a program when Machine is set.
type EmailOpened struct {
	MessageID  string
	CampaignID string
	Recipient  string
	Machine    Optional[bool]
	LinkURL    string
	UserAgent  string
}

// EventName returns "email_opened".
func (EmailOpened) EventName() string { return "email_opened" }

func (p *EmailOpened) attributes(b *binder) {
	b.text("message_id", &p.MessageID)
	b.optText("campaign_id", &p.CampaignID)
	b.optText("recipient", &p.Recipient)
	b.optFlag("machine", &p.Machine)
	b.optText("link_url", &p.LinkURL)
	b.optText("user_agent", &p.UserAgent)
}

// EmailLinkClicked: a link in a message was followed, by a program when Machine is set.
type EmailLinkClicked struct {
	MessageID  string
	CampaignID string
	Recipient  string
	Machine    Optional[bool]
	LinkURL    string
	UserAgent  string
}

// EventName returns "email_link_clicked".
func (EmailLinkClicked) EventName() string { return "email_link_clicked" }

func (p *EmailLinkClicked) attributes(b *binder) {
	b.text("message_id", &p.MessageID)
	b.optText("campaign_id", &p.CampaignID)
	b.optText("recipient", &p.Recipient)
	b.optFlag("machine", &p.Machine)
	b.optText("link_url", &p.LinkURL)
	b.optText("user_agent", &p.UserAgent)
}

// EmailMarkedAsSpam: the recipient complained; MessageID or Recipient is required.
type EmailMarkedAsSpam struct {
	MessageID string
	Recipient string
	ListID    string
}

// EventName returns "email_marked_as_spam".
func (EmailMarkedAsSpam) EventName() string { return "email_marked_as_spam" }

func (p *EmailMarkedAsSpam) attributes(b *binder) {
	b.optText("message_id", &p.MessageID)
	b.optText("recipient", &p.Recipient)
	b.optText("list_id", &p.ListID)
}

// Unsubscribed: the recipient wants no more messages; MessageID or Recipient is required.
type Unsubscribed struct {
	MessageID string
	Recipient string
	ListID    string
}

// EventName returns "unsubscribed".
func (Unsubscribed) EventName() string { return "unsubscribed" }

func (p *Unsubscribed) attributes(b *binder) {
	b.optText("message_id", &p.MessageID)
	b.optText("recipient", &p.Recipient)
	b.optText("list_id", &p.ListID)
}

// PushSent: a push message was sent.
type PushSent struct {
	MessageID  string
	CampaignID string
}

// EventName returns "push_sent".
func (PushSent) EventName() string { return "push_sent" }

func (p *PushSent) attributes(b *binder) {
	b.text("message_id", &p.MessageID)
	b.optText("campaign_id", &p.CampaignID)
}

// PushOpened: a push message was opened.
type PushOpened struct {
	MessageID  string
	CampaignID string
}

// EventName returns "push_opened".
func (PushOpened) EventName() string { return "push_opened" }

func (p *PushOpened) attributes(b *binder) {
	b.text("message_id", &p.MessageID)
	b.optText("campaign_id", &p.CampaignID)
}

// PushBounced: a push message could not be delivered.
type PushBounced struct {
	MessageID  string
	CampaignID string
}

// EventName returns "push_bounced".
func (PushBounced) EventName() string { return "push_bounced" }

func (p *PushBounced) attributes(b *binder) {
	b.text("message_id", &p.MessageID)
	b.optText("campaign_id", &p.CampaignID)
}
