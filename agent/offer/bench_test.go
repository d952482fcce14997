package offer_test

import (
	"fmt"
	"testing"

	"showroom/agent/gs1"
	"showroom/agent/offer"
	"showroom/agent/showroom"
)

// A large basket, and offers that each name half of a large catalogue.
func BenchmarkApply(b *testing.B) {
	var named []gs1.GTIN
	for i := range 20_000 {
		named = append(named, gs1.GTIN(fmt.Sprintf("%014d", 2*i)))
	}
	var lines []showroom.Line
	for i := range 30 {
		lines = append(lines, line(fmt.Sprint("l", i), gs1.GTIN(fmt.Sprintf("%014d", 31*i)), int64(1000+i), 3))
	}
	var offers []showroom.Offer
	for i := range 5 {
		offers = append(offers, showroom.Offer{ID: showroom.OfferID(fmt.Sprint("o", i)), Kind: showroom.OfferNForM, N: 2 + i, M: 1, Items: named})
	}
	for b.Loop() {
		offer.Apply(lines, offers, nil, noon)
	}
}
