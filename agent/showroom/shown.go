package showroom

import "showroom/agent/gs1"

// ShownPrice is a price of one piece that a shopper has been shown. It holds until their basket has ended.
type ShownPrice struct {
	Basket BasketID `json:"basket"`
	GTIN   gs1.GTIN `json:"gtin"`
	Unit   Money    `json:"unit"`
	Was    Money    `json:"was,omitzero"` // as in Line
}
