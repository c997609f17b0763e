package event

import (
	"testing"
)

// payloadCase is what a test needs of one payload type.
type payloadCase struct {
	name     string
	describe func() []Attribute
	convert  func(*Event) (Event, error) // through the payload and back
}

func case_[P any, PP Payload[P]]() payloadCase {
	return payloadCase{
		name: PP(new(P)).EventName(),
		describe: func() []Attribute {
			b := binder{mode: describing}
			PP(new(P)).attributes(&b)
			return b.seen
		},
		convert: func(e *Event) (Event, error) {
			p, err := As[P, PP](e)
			base := *e
			base.Name, base.Props = "", Props{}
			return New[P, PP](base, p), err
		},
	}
}

var payloadCases = []payloadCase{
	case_[AccountAddedUser](),
	case_[AccountCreated](),
	case_[AccountDeleted](),
	case_[AccountMerged](),
	case_[AccountRemovedUser](),
	case_[Activated](),
	case_[AdSpendRecorded](),
	case_[Aliased](),
	case_[BrochureDownloaded](),
	case_[CallDropped](),
	case_[CallEstablished](),
	case_[CartViewed](),
	case_[CheckoutStarted](),
	case_[CheckoutStepCompleted](),
	case_[CreditIssued](),
	case_[DisputeOpened](),
	case_[EmailBounced](),
	case_[EmailDeferred](),
	case_[EmailDelivered](),
	case_[EmailLinkClicked](),
	case_[EmailMarkedAsSpam](),
	case_[EmailOpened](),
	case_[EmailSent](),
	case_[ExperimentViewed](),
	case_[FactRetracted](),
	case_[FeatureUsed](),
	case_[HealthRecorded](),
	case_[Identified](),
	case_[InviteAccepted](),
	case_[InviteSent](),
	case_[InvoiceRefunded](),
	case_[LeadConverted](),
	case_[LeadDisqualified](),
	case_[LeadGenerated](),
	case_[LeadLost](),
	case_[LeadQualified](),
	case_[OnboardingCompleted](),
	case_[OnboardingStarted](),
	case_[OnboardingStepCompleted](),
	case_[OpportunityClosed](),
	case_[OpportunityCreated](),
	case_[OpportunityStageChanged](),
	case_[OrderCancelled](),
	case_[OrderCompleted](),
	case_[OrderRefunded](),
	case_[OrderUpdated](),
	case_[PageViewed](),
	case_[PaymentFailed](),
	case_[PaymentInfoEntered](),
	case_[PaymentRecovered](),
	case_[PaymentSucceeded](),
	case_[ProductAdded](),
	case_[ProductRemoved](),
	case_[ProductViewed](),
	case_[PushBounced](),
	case_[PushOpened](),
	case_[PushSent](),
	case_[ReferralConverted](),
	case_[ReferralSent](),
	case_[ReviewSubmitted](),
	case_[SessionEnded](),
	case_[SessionStarted](),
	case_[SignedIn](),
	case_[SignedOut](),
	case_[SignedUp](),
	case_[SubscriptionCancellationRequested](),
	case_[SubscriptionCancellationWithdrawn](),
	case_[SubscriptionCancelled](),
	case_[SubscriptionPaused](),
	case_[SubscriptionRenewed](),
	case_[SubscriptionResumed](),
	case_[SubscriptionStarted](),
	case_[SubscriptionUpdated](),
	case_[SurveyAnswered](),
	case_[SurveyDismissed](),
	case_[SurveyRequested](),
	case_[SurveyShown](),
	case_[TicketAssigned](),
	case_[TicketCreated](),
	case_[TicketEscalated](),
	case_[TicketReopened](),
	case_[TicketReplied](),
	case_[TicketSolved](),
	case_[TicketStatusChanged](),
	case_[TouchpointRecorded](),
	case_[TrialEnded](),
	case_[TrialStarted](),
	case_[Unsubscribed](),
	case_[UsageRecorded](),
}

// Payloads and vocabulary are two tables of one thing.
func TestPayloadsMatchVocabulary(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range payloadCases {
		seen[c.name] = true
		s, ok := Lookup(c.name)
		if !ok {
			t.Errorf("%s is not in the vocabulary", c.name)
			continue
		}
		compareAttributes(t, c.name, s.s.attrs, c.describe())
	}
	for s := range Vocabulary() {
		if !seen[s.Name()] {
			t.Errorf("%s has no payload", s.Name())
		}
	}
	describe := func(p record) []Attribute {
		b := binder{mode: describing}
		p.attributes(&b)
		return b.seen
	}
	compareAttributes(t, "items", subscriptionItem, describe(new(SubscriptionItem)))
	compareAttributes(t, "discount", subscriptionDiscount, describe(new(SubscriptionDiscount)))
}

func compareAttributes(t *testing.T, name string, want, got []Attribute) {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("%s: payload has %d attributes, vocabulary %d", name, len(got), len(want))
	}
	for _, g := range got {
		found := false
		for _, w := range want {
			if w.Name == g.Name {
				found = w.Kind == g.Kind && w.Required == g.Required
			}
		}
		if !found {
			t.Errorf("%s: %+v differs from the vocabulary", name, g)
		}
	}
}

// PayloadRoundTrip lets the external tests use the payload types.
func PayloadRoundTrip(e *Event) (Event, error) {
	for _, c := range payloadCases {
		if c.name == e.Name {
			return c.convert(e)
		}
	}
	return Event{}, WrongEvent
}
