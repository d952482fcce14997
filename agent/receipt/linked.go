package receipt

import "time"

// linked is a receipt in the words of schema.org, which mail and wallet programs read out of the page (schema.org/Order).
type linked struct {
	Context  string        `json:"@context"`
	Type     string        `json:"@type"`
	Number   string        `json:"orderNumber"`
	Date     string        `json:"orderDate"`
	Status   string        `json:"orderStatus"`
	URL      string        `json:"url,omitempty"`
	Currency string        `json:"priceCurrency"`
	Price    Amount        `json:"price"`
	Seller   linkedSeller  `json:"seller"`
	Offers   []linkedOffer `json:"acceptedOffer"`
	Invoice  linkedInvoice `json:"partOfInvoice"`
}

type linkedSeller struct {
	Type    string         `json:"@type"`
	Name    string         `json:"name"`
	TaxID   string         `json:"taxID,omitempty"`
	Address *linkedAddress `json:"address,omitempty"`
}

type linkedAddress struct {
	Type    string `json:"@type"`
	Street  string `json:"streetAddress,omitempty"`
	City    string `json:"addressLocality,omitempty"`
	Code    string `json:"postalCode,omitempty"`
	Country string `json:"addressCountry,omitempty"`
}

type linkedOffer struct {
	Type     string         `json:"@type"`
	Price    Amount         `json:"price"`
	Currency string         `json:"priceCurrency"`
	Item     linkedItem     `json:"itemOffered"`
	Quantity linkedQuantity `json:"eligibleQuantity"`
}

type linkedItem struct {
	Type string `json:"@type"`
	Name string `json:"name"`
	GTIN string `json:"gtin,omitempty"`
	SKU  string `json:"sku,omitempty"`
	Size string `json:"size,omitempty"`
}

type linkedQuantity struct {
	Type  string `json:"@type"`
	Value int    `json:"value"`
	Unit  string `json:"unitCode"`
}

type linkedInvoice struct {
	Type     string    `json:"@type"`
	ID       string    `json:"confirmationNumber"`
	Status   string    `json:"paymentStatus"`
	TotalDue linkedSum `json:"totalPaymentDue"`
}

type linkedSum struct {
	Type     string `json:"@type"`
	Price    Amount `json:"price"`
	Currency string `json:"priceCurrency"`
}

func (w words) linked() linked {
	r := w.r
	out := linked{
		Context: "https://schema.org", Type: "Order", Number: r.Number, Date: r.IssuedAt.Format(time.RFC3339),
		Status: "https://schema.org/OrderDelivered", URL: r.URL, Currency: r.Currency, Price: r.Totals.Gross,
		Seller: linkedSeller{Type: "Organization", Name: w.shop(), TaxID: r.Seller.TaxID},
		Offers: []linkedOffer{},
		Invoice: linkedInvoice{
			Type: "Invoice", ID: r.Number, Status: "https://schema.org/PaymentComplete", TotalDue: linkedSum{"PriceSpecification", r.Totals.Due, r.Currency},
		},
	}
	if a := r.Seller.Address; a != (Address{}) {
		out.Seller.Address = &linkedAddress{"PostalAddress", a.Street, a.City, a.PostCode, a.Country}
	}
	if w.credit() {
		out.Status = "https://schema.org/OrderReturned"
	}
	if r.Totals.Due.Minor > 0 {
		out.Invoice.Status = "https://schema.org/PaymentDue"
	}
	for _, l := range r.Lines {
		out.Offers = append(out.Offers, linkedOffer{
			"Offer", l.Gross, r.Currency, linkedItem{"Product", w.name(l), l.GTIN, l.SKU, l.Size}, linkedQuantity{"QuantitativeValue", l.Quantity, l.UnitCode},
		})
	}
	return out
}
