package gs1

// TradeItem returns the GTIN of the trade item that a tag names, as a number
// without its check digit; false for every other tag. It does not allocate.
func (e EPC) TradeItem() (number uint64, ok bool) {
	key, digits := keyOf(e)
	if digits != maxPrefix {
		return 0, false
	}
	switch e.Scheme() {
	case SGTINPlus, SGTINPlusPlus:
		number = e.bits(12, 4)
	case DSGTINPlus, DSGTINPlusPlus:
		number = e.bits(32, 4)
	case SGTIN96, SGTIN198:
		p, _ := partitionOf(e.bits(partitionAt, 3))
		number = e.bits(prefixAt+p.prefixBits, p.itemBits) / pow10(p.itemDigits-1)
	default:
		return 0, false
	}
	return number*pow10(maxPrefix) + key, number <= 9
}

// GTIN returns the number of the trade item that a tag names, with its check
// digit; empty for every other tag.
func (e EPC) GTIN() GTIN {
	item, ok := e.TradeItem()
	if !ok {
		return ""
	}
	body := appendDigits(make([]byte, 0, gtinDigits), item, gtinDigits-1)
	check, err := CheckDigit(string(body))
	if err != nil {
		return ""
	}
	return GTIN(append(body, check))
}

// TradeItem returns what [EPC.TradeItem] returns for tags of the item; 0 for the
// empty GTIN.
func (g GTIN) TradeItem() uint64 {
	if len(g) != gtinDigits {
		return 0
	}
	return number(string(g[:gtinDigits-1]))
}
