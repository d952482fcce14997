package pan

// issuer is a range of first digits and the lengths its numbers have.
type issuer struct {
	from, to string // inclusive, of the same length
	lengths  []int
}

// issuers are the ranges in which payment cards are issued, as the schemes publish them: Visa, Mastercard and Maestro, American
// Express, Diners Club and Discover, JCB, UnionPay, Troy, Mir, RuPay, UATP, Verve and Dankort. Ranges overlap where schemes share them.
func issuers() [15]issuer {
	return [15]issuer{
		{"4", "4", []int{13, 16, 18, 19}},
		{"51", "55", []int{16}},
		{"2221", "2720", []int{16}},
		{"34", "34", []int{15}},
		{"37", "37", []int{15}},
		{"300", "305", []int{14, 15, 16, 17, 18, 19}},
		{"3095", "3095", []int{14, 15, 16, 17, 18, 19}},
		{"36", "36", []int{14, 15, 16, 17, 18, 19}},
		{"38", "39", []int{14, 15, 16, 17, 18, 19}},
		{"3528", "3589", []int{16, 17, 18, 19}},
		{"50", "50", []int{13, 14, 15, 16, 17, 18, 19}},
		{"56", "69", []int{13, 14, 15, 16, 17, 18, 19}}, // Maestro, Discover, UnionPay, RuPay
		{"2200", "2205", []int{16, 17, 18, 19}},
		{"81", "82", []int{16, 17, 18, 19}},
		{"9792", "9792", []int{16}},
	}
}

// issued says whether a number begins and is as long as those of some issuer.
func issued(digits string) bool {
	for _, i := range issuers() {
		first := digits[:min(len(i.from), len(digits))]
		if first < i.from || first > i.to {
			continue
		}
		for _, n := range i.lengths {
			if n == len(digits) {
				return true
			}
		}
	}
	return false
}
