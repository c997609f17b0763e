package event

// Tables of aliases, each sorted by From. Tables never lose an entry.

// Segment returns the aliases of Segment and RudderStack. Their names are title case
// and mostly fold to canonical names. The revenue of an order is without tax and
// shipping, in major units; total includes both.
func Segment() Aliases { return Aliases{segmentAliases[:]} }

var segmentAliases = [...]Alias{
	{From: "Live Chat Conversation Ended", To: "ticket_status_changed", Note: "status solved"},
	{From: "Live Chat Conversation Started", To: "ticket_created", Note: "channel chat"},
	{From: "Live Chat Message Received", To: "ticket_replied", Note: "author agent, public"},
	{From: "Live Chat Message Sent", To: "ticket_replied", Note: "author customer, public"},
	{From: "Loaded a Page", To: "page_viewed"},
	{From: "Product Reviewed", To: "review_submitted"},
	{From: "Push Notification Bounced", To: "push_bounced"},
	{From: "Push Notification Tapped", To: "push_opened"},
	{From: "alias", To: "aliased", Note: "the previous id is previousId"},
	{From: "identify", To: "identified"},
	{From: "page", To: "page_viewed"},
	{From: "screen", To: "page_viewed"},
}

// GA4 returns the aliases of the recommended events of Google Analytics 4. The value
// of a purchase is without tax and shipping, in major units.
func GA4() Aliases { return Aliases{ga4Aliases[:]} }

var ga4Aliases = [...]Alias{
	{From: "add_payment_info", To: "payment_info_entered"},
	{From: "add_shipping_info", To: "checkout_step_completed"},
	{From: "add_to_cart", To: "product_added", Note: "one event for each of its items"},
	{From: "begin_checkout", To: "checkout_started"},
	{From: "close_convert_lead", To: "lead_converted"},
	{From: "close_unconvert_lead", To: "lead_lost"},
	{From: "disqualify_lead", To: "lead_disqualified"},
	{From: "generate_lead", To: "lead_generated"},
	{From: "join_group", To: "account_added_user"},
	{From: "login", To: "signed_in"},
	{From: "page_view", To: "page_viewed"},
	{From: "purchase", To: "order_completed", Note: "the order is transaction_id"},
	{From: "qualify_lead", To: "lead_qualified"},
	{From: "refund", To: "order_refunded", Note: "the order is transaction_id"},
	{From: "remove_from_cart", To: "product_removed", Note: "one event for each of its items"},
	{From: "screen_view", To: "page_viewed"},
	{From: "session_start", To: "session_started"},
	{From: "share", To: "referral_sent", Note: "only when the share is a recommendation"},
	{From: "sign_up", To: "signed_up"},
	{From: "tutorial_begin", To: "onboarding_started"},
	{From: "tutorial_complete", To: "onboarding_completed"},
	{From: "view_cart", To: "cart_viewed"},
	{From: "view_item", To: "product_viewed", Note: "one event for each of its items"},
}

// PostHog returns the aliases of PostHog, whose own names begin with "$" and whose
// surveys are "sent" when answered.
func PostHog() Aliases { return Aliases{postHogAliases[:]} }

var postHogAliases = [...]Alias{
	{From: "$create_alias", To: "aliased"},
	{From: "$feature_flag_called", To: "experiment_viewed"},
	{From: "$groupidentify", To: "account_created", Note: "only the first of a group"},
	{From: "$identify", To: "identified"},
	{From: "$pageview", To: "page_viewed"},
	{From: "$screen", To: "page_viewed"},
	{From: "survey sent", To: "survey_answered", Note: "in PostHog a survey is sent by the person who answers"},
	{From: "user_signed_up", To: "signed_up"},
}

// Snowplow returns the aliases of Snowplow. Its shop events share one schema,
// snowplow_ecommerce_action, and are known by the type in it.
func Snowplow() Aliases { return Aliases{snowplowAliases[:]} }

var snowplowAliases = [...]Alias{
	{From: "add_to_cart", To: "product_added"},
	{From: "checkout_step", To: "checkout_step_completed", Note: "the first step is checkout_started"},
	{From: "client_session", To: "session_started", Note: "only the first event of a session"},
	{From: "page_view", To: "page_viewed"},
	{From: "product_view", To: "product_viewed"},
	{From: "refund", To: "order_refunded"},
	{From: "remove_from_cart", To: "product_removed"},
	{From: "screen_view", To: "page_viewed"},
	{From: "transaction", To: "order_completed"},
}

// Stripe returns the aliases of Stripe's webhooks. Amounts are in minor units. Refunds
// and disputes arrive for past periods and are never churn.
func Stripe() Aliases { return Aliases{stripeAliases[:]} }

var stripeAliases = [...]Alias{
	{From: "charge.dispute.created", To: "dispute_opened"},
	{From: "charge.refunded", To: "order_refunded", Note: "a charge with an invoice is invoice_refunded; amount_refunded is the total so far"},
	{From: "checkout.session.completed", To: "order_completed", Note: "only in mode payment; in mode subscription the subscription events tell"},
	{From: "credit_note.created", To: "credit_issued"},
	{From: "customer.created", To: "account_created"},
	{From: "customer.deleted", To: "account_deleted"},
	{From: "customer.subscription.created", To: "subscription_started", Note: "with status trialing it is trial_started, with status incomplete nothing has started yet"},
	{From: "customer.subscription.deleted", To: "subscription_cancelled"},
	{From: "customer.subscription.paused", To: "subscription_paused"},
	{From: "customer.subscription.resumed", To: "subscription_resumed"},
	{From: "customer.subscription.updated", To: "subscription_updated", Note: "once cancel_at_period_end is set it is subscription_cancellation_requested, effective at the end of the period; once cleared, subscription_cancellation_withdrawn; a new period alone is subscription_renewed"},
	{From: "invoice.paid", To: "payment_succeeded", Note: "after a failed attempt it is payment_recovered"},
	{From: "invoice.payment_failed", To: "payment_failed"},
}

// RevenueCat returns the aliases of RevenueCat's webhooks. A CANCELLATION is a
// request; the end is the EXPIRATION.
func RevenueCat() Aliases { return Aliases{revenueCatAliases[:]} }

var revenueCatAliases = [...]Alias{
	{From: "BILLING_ISSUE", To: "payment_failed"},
	{From: "CANCELLATION", To: "subscription_cancellation_requested", Note: "effective at expiration_at_ms; with cancel_reason CUSTOMER_SUPPORT it is a refund"},
	{From: "EXPIRATION", To: "subscription_cancelled"},
	{From: "INITIAL_PURCHASE", To: "subscription_started", Note: "with period_type TRIAL it is trial_started"},
	{From: "NON_RENEWING_PURCHASE", To: "order_completed"},
	{From: "PRODUCT_CHANGE", To: "subscription_updated"},
	{From: "RENEWAL", To: "subscription_renewed", Note: "also a payment_succeeded; it may be a lapsed customer who came back, which only the ledger can tell"},
	{From: "SUBSCRIPTION_PAUSED", To: "subscription_paused", Note: "announces a pause at the end of the period: set the effective time"},
	{From: "UNCANCELLATION", To: "subscription_cancellation_withdrawn"},
}

// ChartMogul returns the aliases of ChartMogul's subscription events. Scheduled ones
// carry an effective date.
func ChartMogul() Aliases { return Aliases{chartMogulAliases[:]} }

var chartMogulAliases = [...]Alias{
	{From: "scheduled_subscription_cancellation_retracted", To: "subscription_cancellation_withdrawn"},
	{From: "scheduled_subscription_start_retracted", To: "fact_retracted"},
	{From: "scheduled_subscription_update_retracted", To: "fact_retracted"},
	{From: "subscription_cancellation_scheduled", To: "subscription_cancellation_requested", Note: "set the effective time"},
	{From: "subscription_event_retracted", To: "fact_retracted"},
	{From: "subscription_start", To: "subscription_started"},
	{From: "subscription_start_scheduled", To: "subscription_started", Note: "set the effective time"},
	{From: "subscription_update_scheduled", To: "subscription_updated", Note: "set the effective time"},
}

// Zendesk returns the aliases of Zendesk's ticket events, with and without the prefix
// of its webhooks. A satisfaction rating is a survey_answered of type csat that the
// adapter has to make.
func Zendesk() Aliases { return Aliases{zendeskAliases[:]} }

var zendeskAliases = [...]Alias{
	{From: "ticket.agent_assignment_changed", To: "ticket_assigned"},
	{From: "ticket.comment_added", To: "ticket_replied", Note: "author and public come from the comment"},
	{From: "ticket.group_assignment_changed", To: "ticket_assigned"},
	{From: "zen:event-type:ticket.agent_assignment_changed", To: "ticket_assigned"},
	{From: "zen:event-type:ticket.comment_added", To: "ticket_replied", Note: "author and public come from the comment"},
	{From: "zen:event-type:ticket.created", To: "ticket_created"},
	{From: "zen:event-type:ticket.group_assignment_changed", To: "ticket_assigned"},
	{From: "zen:event-type:ticket.status_changed", To: "ticket_status_changed"},
}

// SendGrid returns the aliases of the event webhook of SendGrid.
func SendGrid() Aliases { return Aliases{sendGridAliases[:]} }

var sendGridAliases = [...]Alias{
	{From: "bounce", To: "email_bounced", Note: "type bounce is hard, type blocked is block"},
	{From: "click", To: "email_link_clicked"},
	{From: "deferred", To: "email_deferred"},
	{From: "delivered", To: "email_delivered"},
	{From: "group_unsubscribe", To: "unsubscribed", Note: "the list is asm_group_id"},
	{From: "open", To: "email_opened", Note: "machine is sg_machine_open"},
	{From: "processed", To: "email_sent"},
	{From: "spamreport", To: "email_marked_as_spam"},
	{From: "unsubscribe", To: "unsubscribed"},
}

// Mailgun returns the aliases of Mailgun's webhooks.
func Mailgun() Aliases { return Aliases{mailgunAliases[:]} }

var mailgunAliases = [...]Alias{
	{From: "accepted", To: "email_sent"},
	{From: "clicked", To: "email_link_clicked", Note: "machine is client-info.bot"},
	{From: "complained", To: "email_marked_as_spam"},
	{From: "delivered", To: "email_delivered"},
	{From: "failed", To: "email_bounced", Note: "severity temporary is email_deferred, severity permanent a hard bounce"},
	{From: "opened", To: "email_opened", Note: "machine is client-info.bot"},
}

// OpenTelemetry returns the aliases of the event names of OpenTelemetry's semantic
// conventions. For names made from this vocabulary, such as
// lifecycle.subscription.cancelled, see [FoldType].
func OpenTelemetry() Aliases { return Aliases{openTelemetryAliases[:]} }

var openTelemetryAliases = [...]Alias{
	{From: "feature_flag.evaluation", To: "experiment_viewed"},
	{From: "session.end", To: "session_ended"},
	{From: "session.start", To: "session_started"},
}
