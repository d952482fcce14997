package showroom_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"showroom/agent/gs1"
	. "showroom/agent/showroom"
)

// everyEvent holds one of each kind with every field set; a golden file each is the contract with whoever reads the journal.
func everyEvent(t *testing.T) []Event {
	t.Helper()
	epc, err := gs1.ParseEPC("3034257BF400B7800004CB2F")
	if err != nil {
		t.Fatal(err)
	}
	const gtin = gs1.GTIN("00614141007349")
	why := Figures{Reads: 4, WindowMS: 1800, RSSIKnown: true, MeanRSSI: -52.25, OldMean: -61.5, Margin: 6, SilentMS: 30000}
	ref := RequestRef{Request: "r1", Visit: "v1", Room: "2", Want: gtin}
	return []Event{
		VisitOpened{Visit: "v1", Room: "2"},
		VisitEnded{Visit: "v1", Room: "2", Reason: EndDone, LeftBehind: 1, Seconds: 61},
		VisitForgotten{Visit: "v1", Room: "2"},
		GarmentArrived{EPC: epc, GTIN: gtin, Place: RoomPlace("2"), Visit: "v1", Why: why},
		GarmentMoved{EPC: epc, GTIN: gtin, From: RoomPlace("1"), To: RoomPlace("2"), Visit: "v1", Why: why},
		GarmentDeparted{EPC: epc, GTIN: gtin, Place: RoomPlace("2"), Visit: "v1", Why: why},
		GarmentJoined{EPC: epc, GTIN: gtin, Room: "2", Visit: "v1"},
		GarmentConfirmed{EPC: epc, Place: RoomPlace("2")},
		RequestMade{Request: "r1", Visit: "v1", Room: "2", Want: gtin, For: gtin, Waiting: true},
		RequestFreed{RequestRef: ref},
		RequestAccepted{RequestRef: ref},
		RequestOnTheWay{RequestRef: ref},
		RequestDelivered{RequestRef: ref},
		RequestUnavailable{RequestRef: ref},
		RequestCancelled{RequestRef: ref, Reason: CancelShopper},
		RequestEscalated{RequestRef: ref, Level: 2},
		StaffCalled{Call: "c1", Room: "2", Visit: "v1"},
		StaffCallAnswered{Call: "c1", Room: "2", Visit: "v1", VisitOver: true},
		StockCorrected{GTIN: gtin, FeedVersion: 17, Was: 2, Now: 0},
		SessionChanged{Kiosk: "fr2"},
		CatalogueChanged{Buckets: []string{"item", "price"}},
		Evicted{Of: LaneObservations, From: 3, To: 9, Count: 7},
		TagEnrolled{Radio: "x1", Tag: TagBasket, Label: "Basket 7"},
		TagReturned{Radio: "x1", Tag: TagBasket, Label: "Basket 7", Seconds: 1800, Expired: true},
		TagMoved{Radio: "x1", Tag: TagLoan, From: Place{Kind: PlaceZone, ID: "shoes"}, To: Place{Kind: PlaceZone, ID: "rooms"}, Confidence: 0.75, Seconds: 95},
		GarmentsSold{Items: []ItemCount{{GTIN: gtin, Count: 2}, {Count: 1}}},
		GarmentsReturned{Items: []ItemCount{{GTIN: gtin, Count: 1}}},
		DevicePlaced{Device: "r1", Of: "r200", From: []Place{RoomPlace("1")}, To: []Place{RoomPlace("2"), {Kind: PlaceTray, ID: "t1"}}},
		RestockStarted{Room: "2", Seconds: 1200},
		RestockEnded{Room: "2", Seconds: 600, Expired: true},
		CaptureStarted{Device: "r1", Seconds: 600, Reason: "no tags at antenna 2"},
		CaptureStopped{Device: "r1", Seconds: 312, Bytes: 48211, Reason: CaptureStopping},
		BasketChanged{Basket: "b1", Kiosk: "sco1"},
		BasketParked{Basket: "b1", Kiosk: "sco1", Number: 7, Due: lira(24990), Reason: "till"},
		BasketClaimed{Basket: "b1", Till: "k1"},
		BasketAbandoned{Basket: "b1", Kiosk: "sco1", Pieces: 2, Why: "expired"},
		SettlementOrdered{Settlement: "s1", Of: Refund, Sale: "x1", Device: "pt1", Amount: lira(24990), By: "elif", Why: "too small"},
		SettlementStarted{Settlement: "s1", Of: Refund, Basket: "b1", Sale: "x1", Kiosk: "sco1", Device: "pt1", Amount: lira(24990)},
		SettlementConcluded{Settlement: "s1", State: SettlementApproved, Result: everyResult(), By: "elif", Why: "the slip says so"},
		SettlementContradicted{Settlement: "s1", State: SettlementDeclined, Result: everyResult()},
		SaleCompleted{Sale: everySale()},
		ReturnCompleted{Return: Return{
			ID: "ret1", Sale: "x1", Lines: []ReturnedLine{{Line: "l1", Quantity: 1, Amount: lira(8330)}}, Amount: lira(8330),
			VAT:        []VATSum{{BasisPoints: 1000, Gross: lira(8330), Net: lira(7573), Tax: lira(757)}},
			Settlement: "s2", By: "elif", Why: "torn", At: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC),
		}},
		PriceOverridden{Basket: "b1", GTIN: gtin, Was: lira(24990), Now: lira(19990), By: "elif", Why: "a stain"},
		TagReleased{Sale: "x1", GTIN: gtin, Device: "eas1", OK: true, Detail: "released"},
		TillReported{Till: "k1", Event: "e1", Type: "sale.completed", Seq: 17, Body: json.RawMessage(`{"ticket_no":"42"}`)},
		MachineAsked{Device: "pt1", What: "end_of_day", Status: "paper is low", Lines: []string{"SUMME 249,90"}, Error: "no answer"},
		TillGap{Till: "k1", From: 12, To: 16},
	}
}

func lira(minor int64) Money { return Money{Minor: minor, Currency: "TRY"} }

func everyResult() Result {
	return Result{
		Outcome: Approved, Reason: DeclinedBusy, Code: "00", Amount: lira(24990),
		Reference:    Reference{Receipt: "0001", Trace: "000017", Auth: "A1B2C3", TerminalID: "12345678", At: time.Date(2026, 11, 22, 18, 30, 0, 0, time.UTC)},
		Card:         Card{Name: "TROY", Last4: "4711"},
		Fiscal:       everyFiscal(),
		Slip:         []string{"ÖDEME ALINDI"},
		MerchantSlip: []string{"İŞYERİ NÜSHASI"},
	}
}

func everyFiscal() *Fiscal {
	return &Fiscal{
		Device: "JH20012345", Z: 812, Receipt: 33, EKU: 4, ETTN: "7f0c9a1e-58a7-4d2e-9f37-0d6a2f6f1c11", Invoice: "SHR2026000000033", Info: true,
		At: time.Date(2026, 11, 22, 18, 30, 2, 0, time.UTC),
	}
}

func everySale() Sale {
	return Sale{
		ID: "x1", Number: 33, BusinessDay: "2026-11-22", Kiosk: "sco1", Till: "k1", Basket: "b1", Settlement: "s1", Language: "tr",
		Lines: []Line{{
			ID: "l1", GTIN: "00614141007349", Product: "jacket", SKU: "J-38", Name: Text{"tr": "Işıltılı Ceket"}, Size: "38", Colour: Text{"tr": "Çağla yeşili"}, Quantity: 3,
			Unit: lira(9996), Was: lira(10990), VATBasisPoints: 1000, Source: FromTray, Overridden: "a stain",
			Reductions: []Reduction{{Offer: "o1", Name: Text{"tr": "3 al 2 öde"}, Amount: lira(4998)}},
		}},
		Totals: Totals{Pieces: 3, Gross: lira(29988), Reduced: lira(4998), Due: lira(24990), Tax: lira(2272),
			VAT: []VATSum{{BasisPoints: 1000, Gross: lira(24990), Net: lira(22718), Tax: lira(2272)}}},
		Tenders: []Tender{{Kind: TenderCard, Amount: lira(24990), Card: Card{Name: "TROY", Last4: "4711"}, Reference: Reference{Receipt: "0001"}}},
		Fiscal:  everyFiscal(), Token: "AAECAwQFBgcICQoLDA0ODxAREhM", At: time.Date(2026, 11, 22, 18, 30, 3, 0, time.UTC),
	}
}

func TestEveryEventKeepsItsContract(t *testing.T) {
	seen := map[Kind]bool{}
	for _, e := range everyEvent(t) {
		name := fmt.Sprintf("%s.v%d.json", e.Kind(), e.Version())
		t.Run(name, func(t *testing.T) {
			if seen[e.Kind()] {
				t.Fatalf("kind %s stands twice", e.Kind())
			}
			seen[e.Kind()] = true
			body, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			var golden struct {
				Lane    Lane            `json:"lane"`
				Subject string          `json:"subject"`
				Body    json.RawMessage `json:"body"`
			}
			file := filepath.Join("testdata", "events", name)
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("every kind and version has a golden file: %v", err)
			}
			if err := json.Unmarshal(raw, &golden); err != nil {
				t.Fatal(err)
			}
			var want, got bytes.Buffer
			if err := json.Compact(&want, golden.Body); err != nil {
				t.Fatal(err)
			}
			got.Write(body)
			if diff := cmp.Diff(want.String(), got.String()); diff != "" {
				t.Errorf("body differs from %s (-want +got):\n%s", file, diff)
			}
			if e.Lane() != golden.Lane || e.Subject() != golden.Subject {
				t.Errorf("lane and subject are %q, %q; want %q, %q", e.Lane(), e.Subject(), golden.Lane, golden.Subject)
			}
			back, err := DecodeEvent(e.Kind(), e.Version(), body)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(e, back, cmpopts.EquateComparable(gs1.EPC{})); diff != "" {
				t.Errorf("read back (-written +read):\n%s", diff)
			}
		})
	}
	files, err := filepath.Glob("testdata/events/*.json")
	if err != nil || len(files) != len(seen) {
		t.Errorf("%d golden files for %d kinds (%v)", len(files), len(seen), err)
	}
}

func TestDecodeEventRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, c := range []struct {
		kind    Kind
		version int
		body    string
	}{
		{"visit.opened", 2, `{}`},
		{"visit.teleported", 1, `{}`},
		{KindVisitOpened, 1, `{"visit":`},
		{KindGarmentArrived, 1, `{"epc":"30zz"}`},
		{KindVisitOpened, 1, ``},
	} {
		if e, err := DecodeEvent(c.kind, c.version, []byte(c.body)); err == nil {
			t.Errorf("%s v%d %q decoded as %#v", c.kind, c.version, c.body, e)
		}
	}
}

func TestFactsNameNoAssociate(t *testing.T) {
	at := Moment{Boot: "b"}
	v, _ := OpenVisit("v1", "2", at)
	r, _, err := NewRequest("r1", v, "00614141007349", "", false, at)
	if err != nil {
		t.Fatal(err)
	}
	r, accepted, err := r.Accept("elif-17", "Elif", at)
	if err != nil {
		t.Fatal(err)
	}
	_, delivered, err := r.Deliver(at)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []Event{accepted, delivered} {
		body, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(body, []byte("lif")) {
			t.Errorf("%s says who it was: %s", e.Kind(), body)
		}
	}
}

func TestWhatATillReportedWritesItself(t *testing.T) {
	for _, e := range []TillReported{
		{Till: "k1", Event: "e1", Type: "sale.completed", Seq: 17, Body: json.RawMessage(`{"ticket_no":"42"}`)},
		{Till: "käse \"1\"", Event: "a\\b", Type: "x\n<&>", Seq: -1, Body: json.RawMessage(`null`)},
	} {
		want, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.AppendJSON([]byte("before ")); string(got) != "before "+string(want) {
			t.Errorf("%s\nencoding/json: %s", got, want)
		}
	}
}
