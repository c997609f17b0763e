package event

// ProductViewed: a product's page was shown.
type ProductViewed struct {
	ProductID string
	Price     Optional[int64] // minor units
	Currency  string
	Quantity  Optional[int64]
	Category  string
	CartID    string
}

// EventName returns "product_viewed".
func (ProductViewed) EventName() string { return "product_viewed" }

func (p *ProductViewed) attributes(b *binder) {
	b.text("product_id", &p.ProductID)
	b.optWhole("price", &p.Price)
	b.optText("currency", &p.Currency)
	b.optWhole("quantity", &p.Quantity)
	b.optText("category", &p.Category)
	b.optText("cart_id", &p.CartID)
}

// ProductAdded: a product was put into the cart.
type ProductAdded struct {
	ProductID string
	Price     Optional[int64] // minor units
	Currency  string
	Quantity  Optional[int64]
	Category  string
	CartID    string
}

// EventName returns "product_added".
func (ProductAdded) EventName() string { return "product_added" }

func (p *ProductAdded) attributes(b *binder) {
	b.text("product_id", &p.ProductID)
	b.optWhole("price", &p.Price)
	b.optText("currency", &p.Currency)
	b.optWhole("quantity", &p.Quantity)
	b.optText("category", &p.Category)
	b.optText("cart_id", &p.CartID)
}

// ProductRemoved: a product was taken out of the cart.
type ProductRemoved struct {
	ProductID string
	Price     Optional[int64] // minor units
	Currency  string
	Quantity  Optional[int64]
	Category  string
	CartID    string
}

// EventName returns "product_removed".
func (ProductRemoved) EventName() string { return "product_removed" }

func (p *ProductRemoved) attributes(b *binder) {
	b.text("product_id", &p.ProductID)
	b.optWhole("price", &p.Price)
	b.optText("currency", &p.Currency)
	b.optWhole("quantity", &p.Quantity)
	b.optText("category", &p.Category)
	b.optText("cart_id", &p.CartID)
}

// CartViewed: the cart was shown.
type CartViewed struct {
	ProductID string
	Price     Optional[int64] // minor units
	Currency  string
	Quantity  Optional[int64]
	Category  string
	CartID    string
}

// EventName returns "cart_viewed".
func (CartViewed) EventName() string { return "cart_viewed" }

func (p *CartViewed) attributes(b *binder) {
	b.optText("product_id", &p.ProductID)
	b.optWhole("price", &p.Price)
	b.optText("currency", &p.Currency)
	b.optWhole("quantity", &p.Quantity)
	b.optText("category", &p.Category)
	b.optText("cart_id", &p.CartID)
}

// CheckoutStarted: the buyer went to the checkout.
type CheckoutStarted struct {
	CheckoutID string
	OrderID    string
	Step       Optional[int64]
	CartID     string
}

// EventName returns "checkout_started".
func (CheckoutStarted) EventName() string { return "checkout_started" }

func (p *CheckoutStarted) attributes(b *binder) {
	b.optText("checkout_id", &p.CheckoutID)
	b.optText("order_id", &p.OrderID)
	b.optWhole("step", &p.Step)
	b.optText("cart_id", &p.CartID)
}

// CheckoutStepCompleted: a step of the checkout was done.
type CheckoutStepCompleted struct {
	CheckoutID string
	OrderID    string
	Step       Optional[int64]
	CartID     string
}

// EventName returns "checkout_step_completed".
func (CheckoutStepCompleted) EventName() string { return "checkout_step_completed" }

func (p *CheckoutStepCompleted) attributes(b *binder) {
	b.optText("checkout_id", &p.CheckoutID)
	b.optText("order_id", &p.OrderID)
	b.optWhole("step", &p.Step)
	b.optText("cart_id", &p.CartID)
}

// PaymentInfoEntered: the means of payment was given.
type PaymentInfoEntered struct {
	CheckoutID string
	OrderID    string
	Step       Optional[int64]
	CartID     string
}

// EventName returns "payment_info_entered".
func (PaymentInfoEntered) EventName() string { return "payment_info_entered" }

func (p *PaymentInfoEntered) attributes(b *binder) {
	b.optText("checkout_id", &p.CheckoutID)
	b.optText("order_id", &p.OrderID)
	b.optWhole("step", &p.Step)
	b.optText("cart_id", &p.CartID)
}

// OrderCompleted: an order was placed; Amount is the goods after discount, without tax and shipping.
type OrderCompleted struct {
	OrderID   string
	Amount    int64 // minor units
	Currency  string
	Tax       Optional[int64] // minor units
	Shipping  Optional[int64] // minor units
	Discount  Optional[int64] // minor units
	Coupon    string
	Items     []Value
	Quantity  Optional[int64]
	Channel   string
	Recurring Optional[bool]
	CartID    string
}

// EventName returns "order_completed".
func (OrderCompleted) EventName() string { return "order_completed" }

func (p *OrderCompleted) attributes(b *binder) {
	b.text("order_id", &p.OrderID)
	b.whole("amount", &p.Amount)
	b.text("currency", &p.Currency)
	b.optWhole("tax", &p.Tax)
	b.optWhole("shipping", &p.Shipping)
	b.optWhole("discount", &p.Discount)
	b.optText("coupon", &p.Coupon)
	b.optValues("items", &p.Items)
	b.optWhole("quantity", &p.Quantity)
	b.optText("channel", &p.Channel)
	b.optFlag("recurring", &p.Recurring)
	b.optText("cart_id", &p.CartID)
}

// OrderUpdated: an order was changed.
type OrderUpdated struct {
	OrderID string
}

// EventName returns "order_updated".
func (OrderUpdated) EventName() string { return "order_updated" }

func (p *OrderUpdated) attributes(b *binder) {
	b.text("order_id", &p.OrderID)
}

// OrderCancelled: an order was called off.
type OrderCancelled struct {
	OrderID string
}

// EventName returns "order_cancelled".
func (OrderCancelled) EventName() string { return "order_cancelled" }

func (p *OrderCancelled) attributes(b *binder) {
	b.text("order_id", &p.OrderID)
}

// OrderRefunded: money of an order was paid back.
type OrderRefunded struct {
	OrderID  string
	Amount   int64 // minor units
	Currency string
	Reason   string
}

// EventName returns "order_refunded".
func (OrderRefunded) EventName() string { return "order_refunded" }

func (p *OrderRefunded) attributes(b *binder) {
	b.text("order_id", &p.OrderID)
	b.whole("amount", &p.Amount)
	b.text("currency", &p.Currency)
	b.optText("reason", &p.Reason)
}
