package checkout

// The words of refusals, as the kiosk has texts for them.
const (
	noticeUnknownItem  = "unknown_item"
	noticeNoPrice      = "no_price"
	noticeTaken        = "taken"
	noticeUnreadable   = "unreadable"
	noticeNoCoupon     = "no_coupon"
	noticeDeclined     = "declined"
	noticeCancelled    = "cancelled"
	noticeTimeout      = "timeout"
	noticeCardFault    = "card_fault"
	noticeBusy         = "terminal_busy"
	noticeTerminal     = "terminal_fault"
	noticeFiscal       = "fiscal_fault"
	noticePaper        = "paper_out"
	noticeNoBasket     = "no_basket"
	noticeMostPieces   = "most_pieces"
	noticeOtherBasket  = "other_basket"
	noticeCustomerCode = "customer_code"
	noticeNoStock      = "no_stock"
	noticeDiskFull     = "disk_full"
	noticeHeld         = "held"
	noticeDueChanged   = "due_changed"
	noticeWishes       = "wishes"
	noticeInside       = "in_basket"
)
