package config

import "strings"

// TurkishTaxID says whether a text can be a Turkish seller's tax number: a company's VKN of ten digits, or a person's TCKN of eleven.
// Neither law prints the sums; they are as in python-stdnum (stdnum.tr.vkn, stdnum.tr.tckimlik), which were held against the inquiries
// of the revenue administration and of the population register:
// https://www.turkiye.gov.tr/gib-intvrg-vergi-kimlik-numarasi-dogrulama and https://tckimlik.nvi.gov.tr.
func TurkishTaxID(text string) bool {
	if strings.Trim(text, "0123456789") != "" {
		return false
	}
	d := make([]int, len(text))
	for i := range text {
		d[i] = int(text[i] - '0')
	}
	switch len(d) {
	case 10:
		return d[9] == checkVKN(d[:9])
	case 11:
		return d[0] != 0 && d[9] == (7*(d[0]+d[2]+d[4]+d[6]+d[8])+9*(d[1]+d[3]+d[5]+d[7]))%10 && d[10] == sum(d[:10])%10
	}
	return false
}

// checkVKN is the last digit behind nine: each is shifted by its distance from the end, multiplied by that power of two and reduced
// modulo nine, where a nine stays one.
func checkVKN(nine []int) int {
	total := 0
	for i, digit := range nine {
		if shifted := (digit + len(nine) - i) % 10; shifted != 0 {
			total += (shifted<<(len(nine)-i)-1)%9 + 1
		}
	}
	return (10 - total%10) % 10
}

func sum(digits []int) (total int) {
	for _, d := range digits {
		total += d
	}
	return total
}
