package okcsim_test

import (
	"net"
	"testing"
	"testing/synctest"
	"time"

	"encoding/json"

	"showroom/agent/showroom"
	"showroom/devices/pos/okc"
	"showroom/devices/sim/okcsim"
)

// till is the other end of a wire, without any driver.
type till struct {
	t    *testing.T
	conn net.Conn
	dec  okc.Decoder
	seq  uint32
}

func connect(t *testing.T, d *okcsim.Device) *till {
	near, far := net.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- d.Attend(t.Context(), far) }()
	t.Cleanup(func() { _ = near.Close(); <-ended })
	return &till{t: t, conn: near}
}

// ask sends a request and is the first answer to it that is not a progress or a mere acceptance.
func (l *till) ask(r okc.Request) okc.Answer {
	l.t.Helper()
	l.send(r)
	buf := make([]byte, 4096)
	for {
		for f, ok := l.dec.Next(); ok; f, ok = l.dec.Next() {
			a, err := okc.ParseAnswer(f.Body)
			if err != nil {
				l.t.Fatal(err)
			}
			if f.Seq == l.seq && a.Say != okc.SayProgress && a.Say != okc.SayAccepted {
				return a
			}
		}
		n, err := l.conn.Read(buf)
		if err != nil {
			l.t.Fatalf("%s: %v", r.Ask, err)
		}
		l.dec.Feed(buf[:n])
	}
}

func (l *till) send(r okc.Request) {
	l.t.Helper()
	l.seq++
	body, err := json.Marshal(r)
	if err != nil {
		l.t.Fatal(err)
	}
	if _, err := l.conn.Write(okc.AppendFrame(nil, l.seq, body)); err != nil {
		l.t.Fatal(err)
	}
}

func basket(id showroom.SettlementID) okc.Basket {
	return okc.Basket{
		ID: id, Act: okc.Sale, Currency: "TRY", Total: 24_000,
		Lines:   []okc.Item{{Name: "Gömlek", Quantity: 2, Unit: 12_500, Reduced: 1_000, Due: 24_000, Section: 1, Group: 1, BasisPoints: 2000}},
		VAT:     []okc.Tax{{Group: 1, BasisPoints: 2000, Gross: 24_000, Tax: 4_000}},
		Tenders: []okc.Tender{{Kind: showroom.TenderCard, Amount: 24_000}},
	}
}

// TestRefusesWhatDoesNotAddUp: the device reckons for itself.
func TestRefusesWhatDoesNotAddUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := okcsim.New(okcsim.Options{})
		l := connect(t, d)
		for name, spoil := range map[string]func(*okc.Basket){
			"quantity": func(b *okc.Basket) { b.Lines[0].Quantity = 3 },
			"none":     func(b *okc.Basket) { b.Lines[0].Quantity = 0 },
			"due":      func(b *okc.Basket) { b.Lines[0].Due-- },
			"section":  func(b *okc.Basket) { b.Lines[0].Section = 2 },
			"rate":     func(b *okc.Basket) { b.Lines[0].BasisPoints = 1800 },
			"gross":    func(b *okc.Basket) { b.VAT[0].Gross-- },
			"tax":      func(b *okc.Basket) { b.VAT[0].Tax = -1 },
			"no tax":   func(b *okc.Basket) { b.VAT = nil },
			"total":    func(b *okc.Basket) { b.Total++ },
			"tender":   func(b *okc.Basket) { b.Tenders[0].Amount-- },
			"currency": func(b *okc.Basket) { b.Currency = "EUR" },
			"info":     func(b *okc.Basket) { b.Info = true },
			"void":     func(b *okc.Basket) { b.Act = okc.Void },
		} {
			b := basket("s1")
			spoil(&b)
			if a := l.ask(okc.Request{Ask: okc.AskSubmit, Basket: &b}); a.Say != okc.SayRefused || a.Refusal.Reason == "" || a.Refusal.Text == "" {
				t.Errorf("with another %s: %+v", name, a)
			}
		}
		if n := len(d.Ledger()); n != 0 {
			t.Errorf("%d documents", n)
		}
		b := basket("s1")
		if a := l.ask(okc.Request{Ask: okc.AskSubmit, Basket: &b}); a.Say != okc.SayDocument || a.Document.State != okc.Closed || d.Till() != 24_000 {
			t.Errorf("a sound basket: %+v", a)
		}
	})
}

// TestNewConnectionEndsTheOld: what still comes over the old one is begun no more.
func TestNewConnectionEndsTheOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := okcsim.New(okcsim.Options{})
		old := connect(t, d)
		old.ask(okc.Request{Ask: okc.AskStatus})
		fresh := connect(t, d)
		fresh.ask(okc.Request{Ask: okc.AskStatus})
		synctest.Wait()
		b := basket("s1")
		body, _ := json.Marshal(okc.Request{Ask: okc.AskSubmit, Basket: &b})
		if _, err := old.conn.Write(okc.AppendFrame(nil, 9, body)); err == nil {
			t.Error("the old line still takes requests")
		}
		<-time.After(time.Minute)
		if n := len(d.Ledger()); n != 0 {
			t.Errorf("%d documents", n)
		}
	})
}

// TestGoesOnWithoutAnybody: what the device has begun it ends, whether somebody listens or not, and a hang is a standstill.
func TestGoesOnWithoutAnybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := okcsim.New(okcsim.Options{})
		d.Script(okcsim.Fault{Trouble: okcsim.Hang, At: okcsim.Approved, For: time.Hour})
		l := connect(t, d)
		b := basket("s1")
		l.send(okc.Request{Ask: okc.AskSubmit, Basket: &b})
		synctest.Wait()
		_ = l.conn.Close()
		<-time.After(time.Minute)
		if e, _ := d.Of("s1"); e.State != okc.Open || e.Moved != 24_000 {
			t.Errorf("while it hangs: %+v", e)
		}
		<-time.After(time.Hour)
		if e, _ := d.Of("s1"); e.State != okc.Closed || e.Receipt != 1 {
			t.Errorf("afterwards: %+v", e)
		}
	})
}

// TestWaitsForPeople: a device waits for a card, and for paper that comes later, for as long as that takes.
func TestWaitsForPeople(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := okcsim.New(okcsim.Options{})
		d.Script(okcsim.Fault{Trouble: okcsim.PaperLater})
		d.Hesitate()
		l := connect(t, d)
		b := basket("s1")
		l.send(okc.Request{Ask: okc.AskSubmit, Basket: &b})
		synctest.Wait()
		_ = l.conn.Close()
		<-time.After(time.Hour)
		if e, _ := d.Of("s1"); e.State != okc.Open || e.Moved != 0 {
			t.Errorf("while nobody shows a card: %+v", e)
		}
		d.ShowCard()
		<-time.After(time.Hour)
		if e, _ := d.Of("s1"); e.State != okc.Open || e.Moved != 24_000 {
			t.Errorf("while there is no paper: %+v", e)
		}
		d.PutPaper()
		<-time.After(time.Minute)
		if e, _ := d.Of("s1"); e.State != okc.Closed || d.Till() != 24_000 {
			t.Errorf("afterwards: %+v", e)
		}
	})
}
