package okcsim

import (
	"fmt"

	"showroom/devices/pos/okc"
)

// slips are what the device prints for either side.
func slips(b okc.Basket, doc okc.Document) (customer, merchant []string) {
	title := map[okc.Act]string{okc.Sale: "SATIŞ FİŞİ", okc.Void: "İPTAL FİŞİ", okc.Refund: "GİDER PUSULASI"}[b.Act]
	if doc.Info {
		title = "BİLGİ FİŞİ"
	}
	head := []string{
		title, doc.At.Format("02.01.2006 15:04"), fmt.Sprintf("FİŞ NO: %04d", doc.Receipt),
	}
	customer = append(customer, head...)
	for _, l := range b.Lines {
		customer = append(customer, fmt.Sprintf("%d x %s %%%d *%s", l.Quantity, l.Name, l.BasisPoints/100, amount(l.Due)))
	}
	for _, v := range b.VAT {
		customer = append(customer, fmt.Sprintf("KDV %%%d *%s", v.BasisPoints/100, amount(v.Tax)))
	}
	foot := []string{"TOPLAM *" + amount(doc.Total), "KREDİ KARTI *" + amount(doc.Total), "**** **** **** 0004"}
	customer = append(customer, foot...)
	if doc.ETTN != "" {
		customer = append(customer, "FATURA NO: "+doc.Invoice, "ETTN: "+doc.ETTN)
	}
	seal := fmt.Sprintf("EKÜ NO: %04d  Z NO: %04d", doc.EKU, doc.Z)
	return append(customer, seal, doc.Serial), append(append(append(merchant, head...), foot...), "İŞYERİ NÜSHASI")
}

// amount is minor units as people read them: 12.345,67.
func amount(minor int64) string {
	whole := fmt.Sprint(minor / 100)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "." + whole[i:]
	}
	return fmt.Sprintf("%s,%02d", whole, minor%100)
}
