package gs1

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// number converts at most 19 characters already known to be digits.
func number(digits string) uint64 {
	var v uint64
	for i := range len(digits) {
		v = 10*v + uint64(digits[i]-'0')
	}
	return v
}

func appendDigits(dst []byte, v uint64, width int) []byte {
	for unit := pow10(width - 1); unit > 0; unit /= 10 {
		dst = append(dst, '0'+byte(v/unit%10))
	}
	return dst
}

// pow10 serves exponents up to 19.
func pow10(n int) uint64 {
	v := uint64(1)
	for range n {
		v *= 10
	}
	return v
}
