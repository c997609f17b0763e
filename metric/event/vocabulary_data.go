package event

import "github.com/openlifecycle/lifecycle/stage"

// vocabulary is sorted by name, and so are the attributes of each event.
var vocabulary = [...]spec{
	{
		name:  "account_added_user",
		stage: stage.Onboard,
		attrs: []Attribute{
			{Name: "role", Kind: KindString},
			{Name: "user_id", Kind: KindString, Required: true},
		},
	},
	{
		name:  "account_created",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "name", Kind: KindString},
			{Name: "plan", Kind: KindString},
		},
	},
	{
		name:  "account_deleted",
		stage: stage.Exit,
		attrs: []Attribute{
			{Name: "name", Kind: KindString},
			{Name: "plan", Kind: KindString},
		},
	},
	{
		name:    "account_merged",
		subject: noSubject,
		attrs: []Attribute{
			{Name: "from_account_id", Kind: KindString, Required: true},
			{Name: "into_account_id", Kind: KindString, Required: true},
		},
	},
	{
		name:  "account_removed_user",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "role", Kind: KindString},
			{Name: "user_id", Kind: KindString, Required: true},
		},
	},
	{
		name:  "activated",
		stage: stage.Onboard,
		attrs: []Attribute{
			{Name: "milestone", Kind: KindString},
		},
	},
	{
		name:    "ad_spend_recorded",
		stage:   stage.Attract,
		subject: noSubject,
		attrs: []Attribute{
			{Name: "amount", Kind: KindInt, Required: true, Money: true, NonNegative: true},
			{Name: "campaign", Kind: KindString},
			{Name: "channel", Kind: KindString, Required: true},
			{Name: "clicks", Kind: KindInt, NonNegative: true},
			{Name: "currency", Kind: KindString, Required: true},
			{Name: "impressions", Kind: KindInt, NonNegative: true},
			{Name: "period_end", Kind: KindTime, Required: true},
			{Name: "period_start", Kind: KindTime, Required: true},
		},
	},
	{
		name: "aliased",
		attrs: []Attribute{
			{Name: "previous_id", Kind: KindString, Required: true},
		},
	},
	{
		name:  "brochure_downloaded",
		stage: stage.Attract,
		attrs: []Attribute{
			{Name: "brochure", Kind: KindString},
		},
	},
	{
		name:  "call_dropped",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "call_id", Kind: KindString, Required: true},
		},
	},
	{
		name:  "call_established",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "call_id", Kind: KindString, Required: true},
		},
	},
	{
		name:  "cart_viewed",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "cart_id", Kind: KindString},
			{Name: "category", Kind: KindString},
			{Name: "currency", Kind: KindString},
			{Name: "price", Kind: KindInt, Money: true, NonNegative: true},
			{Name: "product_id", Kind: KindString},
			{Name: "quantity", Kind: KindInt, NonNegative: true},
		},
	},
	{
		name:  "checkout_started",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "cart_id", Kind: KindString},
			{Name: "checkout_id", Kind: KindString},
			{Name: "order_id", Kind: KindString},
			{Name: "step", Kind: KindInt, NonNegative: true},
		},
	},
	{
		name:  "checkout_step_completed",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "cart_id", Kind: KindString},
			{Name: "checkout_id", Kind: KindString},
			{Name: "order_id", Kind: KindString},
			{Name: "step", Kind: KindInt, NonNegative: true},
		},
	},
	{
		name:  "credit_issued",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "amount", Kind: KindInt, Required: true, Money: true, NonNegative: true},
			{Name: "currency", Kind: KindString, Required: true},
			{Name: "invoice_id", Kind: KindString},
			{Name: "reason", Kind: KindString},
		},
	},
	{
		name:  "dispute_opened",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "amount", Kind: KindInt, Required: true, Money: true, NonNegative: true},
			{Name: "currency", Kind: KindString, Required: true},
			{Name: "invoice_id", Kind: KindString},
			{Name: "reason", Kind: KindString},
		},
	},
	{
		name:  "email_bounced",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "bounce_type", Kind: KindString, known: []string{"hard", "soft", "block"}},
			{Name: "campaign_id", Kind: KindString},
			{Name: "message_id", Kind: KindString, Required: true},
			{Name: "reason", Kind: KindString},
			{Name: "recipient", Kind: KindString},
		},
	},
	{
		name:  "email_deferred",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "campaign_id", Kind: KindString},
			{Name: "message_id", Kind: KindString, Required: true},
			{Name: "reason", Kind: KindString},
			{Name: "recipient", Kind: KindString},
		},
	},
	{
		name:  "email_delivered",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "campaign_id", Kind: KindString},
			{Name: "message_id", Kind: KindString, Required: true},
			{Name: "reason", Kind: KindString},
			{Name: "recipient", Kind: KindString},
		},
	},
	{
		name:  "email_link_clicked",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "campaign_id", Kind: KindString},
			{Name: "link_url", Kind: KindString},
			{Name: "machine", Kind: KindBool},
			{Name: "message_id", Kind: KindString, Required: true},
			{Name: "recipient", Kind: KindString},
			{Name: "user_agent", Kind: KindString},
		},
	},
	{
		name:  "email_marked_as_spam",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "list_id", Kind: KindString},
			{Name: "message_id", Kind: KindString},
			{Name: "recipient", Kind: KindString},
		},
		anyOf: []string{"message_id", "recipient"},
	},
	{
		name:  "email_opened",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "campaign_id", Kind: KindString},
			{Name: "link_url", Kind: KindString},
			{Name: "machine", Kind: KindBool},
			{Name: "message_id", Kind: KindString, Required: true},
			{Name: "recipient", Kind: KindString},
			{Name: "user_agent", Kind: KindString},
		},
	},
	{
		name:  "email_sent",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "campaign_id", Kind: KindString},
			{Name: "message_id", Kind: KindString, Required: true},
			{Name: "reason", Kind: KindString},
			{Name: "recipient", Kind: KindString},
		},
	},
	{
		name:  "experiment_viewed",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "experiment_id", Kind: KindString, Required: true},
			{Name: "variation_id", Kind: KindString, Required: true},
		},
	},
	{
		name:    "fact_retracted",
		subject: noSubject,
		attrs: []Attribute{
			{Name: "retracted_id", Kind: KindString, Required: true},
		},
	},
	{
		name:  "feature_used",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "count", Kind: KindInt, NonNegative: true},
			{Name: "feature", Kind: KindString, Required: true},
		},
	},
	{
		name:  "health_recorded",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "measure", Kind: KindString, Required: true},
			{Name: "value", Kind: KindDecimal, Required: true},
		},
	},
	{
		name: "identified",
		attrs: []Attribute{
			{Name: "traits", Kind: KindRecord},
		},
	},
	{
		name:  "invite_accepted",
		stage: stage.Onboard,
		attrs: []Attribute{
			{Name: "invitee", Kind: KindString},
			{Name: "role", Kind: KindString},
		},
	},
	{
		name:  "invite_sent",
		stage: stage.Onboard,
		attrs: []Attribute{
			{Name: "invitee", Kind: KindString},
			{Name: "role", Kind: KindString},
		},
	},
	{
		name:    "invoice_refunded",
		stage:   stage.Retain,
		subject: account,
		attrs: []Attribute{
			{Name: "amount", Kind: KindInt, Required: true, Money: true, NonNegative: true},
			{Name: "currency", Kind: KindString, Required: true},
			{Name: "invoice_id", Kind: KindString},
			{Name: "reason", Kind: KindString},
		},
	},
	{
		name:  "lead_converted",
		stage: stage.Attract,
		attrs: []Attribute{
			{Name: "reason", Kind: KindString},
		},
	},
	{
		name:  "lead_disqualified",
		stage: stage.Attract,
		attrs: []Attribute{
			{Name: "owner", Kind: KindString},
			{Name: "reason", Kind: KindString},
			{Name: "stage", Kind: KindString},
		},
	},
	{
		name:  "lead_generated",
		stage: stage.Attract,
		attrs: []Attribute{
			{Name: "channel", Kind: KindString},
			{Name: "form", Kind: KindString},
			{Name: "value", Kind: KindDecimal},
		},
	},
	{
		name:  "lead_lost",
		stage: stage.Attract,
		attrs: []Attribute{
			{Name: "reason", Kind: KindString},
		},
	},
	{
		name:  "lead_qualified",
		stage: stage.Attract,
		attrs: []Attribute{
			{Name: "owner", Kind: KindString},
			{Name: "reason", Kind: KindString},
			{Name: "stage", Kind: KindString},
		},
	},
	{
		name:  "onboarding_completed",
		stage: stage.Onboard,
		attrs: []Attribute{
			{Name: "flow", Kind: KindString},
		},
	},
	{
		name:  "onboarding_started",
		stage: stage.Onboard,
		attrs: []Attribute{
			{Name: "flow", Kind: KindString},
		},
	},
	{
		name:  "onboarding_step_completed",
		stage: stage.Onboard,
		attrs: []Attribute{
			{Name: "flow", Kind: KindString},
			{Name: "index", Kind: KindInt, NonNegative: true},
			{Name: "step", Kind: KindString, Required: true},
		},
	},
	{
		name:  "opportunity_closed",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "amount", Kind: KindInt, Money: true, NonNegative: true},
			{Name: "currency", Kind: KindString},
			{Name: "opportunity_id", Kind: KindString},
			{Name: "reason", Kind: KindString},
			{Name: "stage", Kind: KindString, Required: true},
			{Name: "won", Kind: KindBool},
		},
	},
	{
		name:  "opportunity_created",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "amount", Kind: KindInt, Money: true, NonNegative: true},
			{Name: "currency", Kind: KindString},
			{Name: "opportunity_id", Kind: KindString},
			{Name: "reason", Kind: KindString},
			{Name: "stage", Kind: KindString, Required: true},
			{Name: "won", Kind: KindBool},
		},
	},
	{
		name:  "opportunity_stage_changed",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "amount", Kind: KindInt, Money: true, NonNegative: true},
			{Name: "currency", Kind: KindString},
			{Name: "opportunity_id", Kind: KindString},
			{Name: "reason", Kind: KindString},
			{Name: "stage", Kind: KindString, Required: true},
			{Name: "won", Kind: KindBool},
		},
	},
	{
		name:  "order_cancelled",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "order_id", Kind: KindString, Required: true},
		},
	},
	{
		name:  "order_completed",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "amount", Kind: KindInt, Required: true, Money: true, NonNegative: true},
			{Name: "cart_id", Kind: KindString},
			{Name: "channel", Kind: KindString},
			{Name: "coupon", Kind: KindString},
			{Name: "currency", Kind: KindString, Required: true},
			{Name: "discount", Kind: KindInt, Money: true, NonNegative: true},
			{Name: "items", Kind: KindList},
			{Name: "order_id", Kind: KindString, Required: true},
			{Name: "quantity", Kind: KindInt, NonNegative: true},
			{Name: "recurring", Kind: KindBool},
			{Name: "shipping", Kind: KindInt, Money: true, NonNegative: true},
			{Name: "tax", Kind: KindInt, Money: true, NonNegative: true},
		},
	},
	{
		name:  "order_refunded",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "amount", Kind: KindInt, Required: true, Money: true, NonNegative: true},
			{Name: "currency", Kind: KindString, Required: true},
			{Name: "order_id", Kind: KindString, Required: true},
			{Name: "reason", Kind: KindString},
		},
	},
	{
		name:  "order_updated",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "order_id", Kind: KindString, Required: true},
		},
	},
	{
		name:  "page_viewed",
		stage: stage.Attract,
		attrs: []Attribute{
			{Name: "path", Kind: KindString},
			{Name: "referrer", Kind: KindString},
			{Name: "title", Kind: KindString},
			{Name: "url", Kind: KindString},
			{Name: "utm_campaign", Kind: KindString},
			{Name: "utm_content", Kind: KindString},
			{Name: "utm_medium", Kind: KindString},
			{Name: "utm_source", Kind: KindString},
			{Name: "utm_term", Kind: KindString},
		},
	},
	{
		name:    "payment_failed",
		stage:   stage.Retain,
		subject: account,
		attrs: []Attribute{
			{Name: "amount", Kind: KindInt, Required: true, Money: true, NonNegative: true},
			{Name: "attempt", Kind: KindInt, NonNegative: true},
			{Name: "currency", Kind: KindString, Required: true},
			{Name: "invoice_id", Kind: KindString},
			{Name: "reason", Kind: KindString},
			{Name: "subscription_id", Kind: KindString},
		},
	},
	{
		name:  "payment_info_entered",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "cart_id", Kind: KindString},
			{Name: "checkout_id", Kind: KindString},
			{Name: "order_id", Kind: KindString},
			{Name: "step", Kind: KindInt, NonNegative: true},
		},
	},
	{
		name:    "payment_recovered",
		stage:   stage.Retain,
		subject: account,
		attrs: []Attribute{
			{Name: "amount", Kind: KindInt, Required: true, Money: true, NonNegative: true},
			{Name: "attempt", Kind: KindInt, NonNegative: true},
			{Name: "currency", Kind: KindString, Required: true},
			{Name: "invoice_id", Kind: KindString},
			{Name: "reason", Kind: KindString},
			{Name: "subscription_id", Kind: KindString},
		},
	},
	{
		name:    "payment_succeeded",
		stage:   stage.Retain,
		subject: account,
		attrs: []Attribute{
			{Name: "amount", Kind: KindInt, Required: true, Money: true, NonNegative: true},
			{Name: "attempt", Kind: KindInt, NonNegative: true},
			{Name: "currency", Kind: KindString, Required: true},
			{Name: "invoice_id", Kind: KindString},
			{Name: "reason", Kind: KindString},
			{Name: "subscription_id", Kind: KindString},
		},
	},
	{
		name:  "product_added",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "cart_id", Kind: KindString},
			{Name: "category", Kind: KindString},
			{Name: "currency", Kind: KindString},
			{Name: "price", Kind: KindInt, Money: true, NonNegative: true},
			{Name: "product_id", Kind: KindString, Required: true},
			{Name: "quantity", Kind: KindInt, NonNegative: true},
		},
	},
	{
		name:  "product_removed",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "cart_id", Kind: KindString},
			{Name: "category", Kind: KindString},
			{Name: "currency", Kind: KindString},
			{Name: "price", Kind: KindInt, Money: true, NonNegative: true},
			{Name: "product_id", Kind: KindString, Required: true},
			{Name: "quantity", Kind: KindInt, NonNegative: true},
		},
	},
	{
		name:  "product_viewed",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "cart_id", Kind: KindString},
			{Name: "category", Kind: KindString},
			{Name: "currency", Kind: KindString},
			{Name: "price", Kind: KindInt, Money: true, NonNegative: true},
			{Name: "product_id", Kind: KindString, Required: true},
			{Name: "quantity", Kind: KindInt, NonNegative: true},
		},
	},
	{
		name:  "push_bounced",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "campaign_id", Kind: KindString},
			{Name: "message_id", Kind: KindString, Required: true},
		},
	},
	{
		name:  "push_opened",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "campaign_id", Kind: KindString},
			{Name: "message_id", Kind: KindString, Required: true},
		},
	},
	{
		name:  "push_sent",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "campaign_id", Kind: KindString},
			{Name: "message_id", Kind: KindString, Required: true},
		},
	},
	{
		name:  "referral_converted",
		stage: stage.Grow,
		attrs: []Attribute{
			{Name: "referee", Kind: KindString},
			{Name: "referrer_id", Kind: KindString},
		},
	},
	{
		name:  "referral_sent",
		stage: stage.Grow,
		attrs: []Attribute{
			{Name: "referee", Kind: KindString},
			{Name: "referrer_id", Kind: KindString},
		},
	},
	{
		name:  "review_submitted",
		stage: stage.Grow,
		attrs: []Attribute{
			{Name: "rating", Kind: KindDecimal},
			{Name: "site", Kind: KindString},
		},
	},
	{
		name:  "session_ended",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "engaged", Kind: KindBool},
			{Name: "page_views", Kind: KindInt, NonNegative: true},
			{Name: "previous_session_id", Kind: KindString},
		},
	},
	{
		name:  "session_started",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "previous_session_id", Kind: KindString},
		},
	},
	{
		name:  "signed_in",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "method", Kind: KindString},
		},
	},
	{
		name:  "signed_out",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "method", Kind: KindString},
		},
	},
	{
		name:  "signed_up",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "method", Kind: KindString},
			{Name: "plan", Kind: KindString},
			{Name: "type", Kind: KindString, known: []string{"invited", "organic"}},
		},
	},
	{
		name:    "subscription_cancellation_requested",
		stage:   stage.Exit,
		subject: account,
		attrs: []Attribute{
			{Name: "reason", Kind: KindString},
			{Name: "subscription_id", Kind: KindString, Required: true},
			{Name: "voluntary", Kind: KindBool},
		},
	},
	{
		name:    "subscription_cancellation_withdrawn",
		stage:   stage.Retain,
		subject: account,
		attrs: []Attribute{
			{Name: "subscription_id", Kind: KindString, Required: true},
		},
	},
	{
		name:    "subscription_cancelled",
		stage:   stage.Exit,
		subject: account,
		attrs: []Attribute{
			{Name: "reason", Kind: KindString},
			{Name: "subscription_id", Kind: KindString, Required: true},
			{Name: "voluntary", Kind: KindBool},
		},
	},
	{
		name:    "subscription_paused",
		stage:   stage.Retain,
		subject: account,
		attrs: []Attribute{
			{Name: "resumes_at", Kind: KindTime},
			{Name: "subscription_id", Kind: KindString, Required: true},
		},
	},
	{
		name:    "subscription_renewed",
		stage:   stage.Retain,
		subject: account,
		attrs: []Attribute{
			{Name: "period_end", Kind: KindTime},
			{Name: "subscription_id", Kind: KindString, Required: true},
		},
	},
	{
		name:    "subscription_resumed",
		stage:   stage.Retain,
		subject: account,
		attrs: []Attribute{
			{Name: "resumes_at", Kind: KindTime},
			{Name: "subscription_id", Kind: KindString, Required: true},
		},
	},
	{
		name:    "subscription_started",
		stage:   stage.Convert,
		subject: account,
		attrs: []Attribute{
			{Name: "currency", Kind: KindString, Required: true},
			{Name: "items", Kind: KindList, Required: true, fields: subscriptionItem},
			{Name: "subscription_id", Kind: KindString, Required: true},
		},
	},
	{
		name:    "subscription_updated",
		stage:   stage.Grow,
		subject: account,
		attrs: []Attribute{
			{Name: "currency", Kind: KindString, Required: true},
			{Name: "items", Kind: KindList, Required: true, fields: subscriptionItem},
			{Name: "subscription_id", Kind: KindString, Required: true},
		},
	},
	{
		name:  "survey_answered",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "response_id", Kind: KindString},
			{Name: "scale_max", Kind: KindInt},
			{Name: "scale_min", Kind: KindInt},
			{Name: "score", Kind: KindDecimal, Required: true},
			{Name: "survey_id", Kind: KindString, Required: true},
			{Name: "ticket_id", Kind: KindString},
			{Name: "type", Kind: KindString, Required: true, known: []string{"ces", "csat", "custom", "nps", "pmf"}},
		},
	},
	{
		name:  "survey_dismissed",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "response_id", Kind: KindString},
			{Name: "survey_id", Kind: KindString, Required: true},
			{Name: "type", Kind: KindString, known: []string{"ces", "csat", "custom", "nps", "pmf"}},
		},
	},
	{
		name:  "survey_requested",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "response_id", Kind: KindString},
			{Name: "survey_id", Kind: KindString, Required: true},
			{Name: "type", Kind: KindString, known: []string{"ces", "csat", "custom", "nps", "pmf"}},
		},
	},
	{
		name:  "survey_shown",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "response_id", Kind: KindString},
			{Name: "survey_id", Kind: KindString, Required: true},
			{Name: "type", Kind: KindString, known: []string{"ces", "csat", "custom", "nps", "pmf"}},
		},
	},
	{
		name:  "ticket_assigned",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "agent_id", Kind: KindString},
			{Name: "group", Kind: KindString},
			{Name: "ticket_id", Kind: KindString, Required: true},
			{Name: "tier", Kind: KindString},
		},
	},
	{
		name:  "ticket_created",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "author", Kind: KindString, known: []string{"agent", "bot", "customer"}},
			{Name: "category", Kind: KindString},
			{Name: "channel", Kind: KindString},
			{Name: "priority", Kind: KindString},
			{Name: "schedule", Kind: KindString},
			{Name: "ticket_id", Kind: KindString, Required: true},
		},
	},
	{
		name:  "ticket_escalated",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "agent_id", Kind: KindString},
			{Name: "group", Kind: KindString},
			{Name: "ticket_id", Kind: KindString, Required: true},
			{Name: "tier", Kind: KindString},
		},
	},
	{
		name:  "ticket_reopened",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "agent_id", Kind: KindString},
			{Name: "group", Kind: KindString},
			{Name: "ticket_id", Kind: KindString, Required: true},
			{Name: "tier", Kind: KindString},
		},
	},
	{
		name:  "ticket_replied",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "author", Kind: KindString, Required: true, known: []string{"agent", "bot", "customer"}},
			{Name: "public", Kind: KindBool, Required: true},
			{Name: "ticket_id", Kind: KindString, Required: true},
		},
	},
	{
		name:  "ticket_solved",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "agent_id", Kind: KindString},
			{Name: "group", Kind: KindString},
			{Name: "ticket_id", Kind: KindString, Required: true},
			{Name: "tier", Kind: KindString},
		},
	},
	{
		name:  "ticket_status_changed",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "status", Kind: KindString, Required: true, known: []string{"closed", "hold", "new", "open", "pending", "solved"}},
			{Name: "ticket_id", Kind: KindString, Required: true},
		},
	},
	{
		name:  "touchpoint_recorded",
		stage: stage.Attract,
		attrs: []Attribute{
			{Name: "campaign", Kind: KindString},
			{Name: "channel", Kind: KindString, Required: true},
			{Name: "cost_amount", Kind: KindInt, Money: true, NonNegative: true},
			{Name: "currency", Kind: KindString},
			{Name: "direct", Kind: KindBool},
			{Name: "medium", Kind: KindString},
		},
	},
	{
		name:  "trial_ended",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "converted", Kind: KindBool},
			{Name: "plan", Kind: KindString},
			{Name: "subscription_id", Kind: KindString},
		},
	},
	{
		name:  "trial_started",
		stage: stage.Convert,
		attrs: []Attribute{
			{Name: "card_required", Kind: KindBool},
			{Name: "plan", Kind: KindString, Required: true},
			{Name: "subscription_id", Kind: KindString},
			{Name: "trial_end", Kind: KindTime, Required: true},
			{Name: "trial_start", Kind: KindTime},
		},
	},
	{
		name:  "unsubscribed",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "list_id", Kind: KindString},
			{Name: "message_id", Kind: KindString},
			{Name: "recipient", Kind: KindString},
		},
		anyOf: []string{"message_id", "recipient"},
	},
	{
		name:  "usage_recorded",
		stage: stage.Retain,
		attrs: []Attribute{
			{Name: "meter", Kind: KindString, Required: true},
			{Name: "quantity", Kind: KindDecimal, Required: true},
			{Name: "unit", Kind: KindString},
		},
	},
}

// subscriptionItem is one element of the items of a subscription. An item below zero
// is a discount line. The currency is that of the subscription.
var subscriptionItem = []Attribute{
	{Name: "amount", Kind: KindInt, Required: true, Money: true},
	{Name: "discount", Kind: KindRecord, fields: subscriptionDiscount},
	{Name: "interval", Kind: KindString, Required: true, known: []string{"day", "month", "week", "year"}},
	{Name: "interval_count", Kind: KindInt, NonNegative: true},
	{Name: "item_id", Kind: KindString},
	{Name: "kind", Kind: KindString, known: []string{"licensed", "metered", "one_off"}},
	{Name: "plan", Kind: KindString},
	{Name: "quantity", Kind: KindDecimal},
	{Name: "tax", Kind: KindInt, Money: true},
}

// subscriptionDiscount takes an amount or a percentage off one item.
var subscriptionDiscount = []Attribute{
	{Name: "amount", Kind: KindInt, Money: true},
	{Name: "ends", Kind: KindTime},
	{Name: "percent", Kind: KindDecimal},
}
