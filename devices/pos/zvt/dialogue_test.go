package zvt_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/showroom"
	"showroom/devices/link"
	"showroom/devices/pos/zvt"
)

// TestDialogues plays the part of the cash register in each dialogue that has one, against the terminal's bytes.
func TestDialogues(t *testing.T) {
	want := map[string]struct {
		outcome showroom.Outcome
		code    string
		fails   bool
	}{
		"eod-abort-64":             {showroom.Declined, "64", false},
		"payment-ok-serial":        {showroom.Approved, "00", false},
		"payment-ok-tcp":           {showroom.Approved, "00", false},
		"payment-corrupt-flow-tcp": {showroom.Unknown, "", true},
	}
	for _, q := range sequences(t) {
		w, ok := want[q.ID]
		if !ok {
			continue
		}
		delete(want, q.ID)
		t.Run(q.ID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, err := play(t, q)
				if (err != nil) != w.fails || got.Outcome != w.outcome || got.Code != w.code {
					t.Errorf("%s: %+v, %v", q.Outcome, got, err)
				}
			})
		})
	}
	if len(want) > 0 {
		t.Errorf("no dialogues %v", want)
	}
}

func play(t *testing.T, q sequence) (showroom.Result, error) {
	t.Helper()
	near, far := net.Pipe()
	line := zvt.NewLine(link.FromConn("near", near, time.Second), zvt.Transport(strings.TrimSuffix(q.Transport, "-chunks")), zvt.Timers{})
	played := make(chan struct{})
	go func() {
		defer close(played)
		act(t, far, q.Steps)
	}()
	got, err := zvt.Converse(context.Background(), line, command(t, q), payment(1000))
	if err != nil {
		go func() { _, _ = io.Copy(io.Discard, far) }() // whatever else is said, nobody hears it
	}
	<-played
	_ = near.Close()
	_ = far.Close()
	line.Close()
	return got, err
}

// command is the first message of the cash register.
func command(t *testing.T, q sequence) zvt.APDU {
	t.Helper()
	p := unhex(t, q.Steps[0][1])
	if q.Transport == "serial" {
		var d zvt.Decoder
		d.Feed(p)
		a, event := d.Next()
		if event != zvt.Frame {
			t.Fatalf("%x is no frame", p)
		}
		return a
	}
	a, err := zvt.ParseAPDU(p)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// act says what the terminal says, and holds the cash register to its part.
func act(t *testing.T, far net.Conn, steps [][2]string) {
	for i, step := range steps {
		p := unhex(t, step[1])
		if strings.HasPrefix(step[0], "pt") {
			if _, err := far.Write(p); err != nil {
				t.Errorf("step %d: %v", i, err)
				return
			}
			continue
		}
		got := make([]byte, len(p))
		if _, err := io.ReadFull(far, got); err != nil || !bytes.Equal(got, p) {
			t.Errorf("step %d: the cash register says %x, %v, want %x", i, got, err, p)
			return
		}
	}
}

// TestDamagedFrameIsSentAgain plays the dialogue of the damaged frame from both sides.
func TestDamagedFrameIsSentAgain(t *testing.T) {
	var q sequence
	for _, q = range sequences(t) {
		if q.ID == "serial-nak-then-repeat" {
			break
		}
	}
	sound := q.Steps[2][1]
	t.Run("cash register", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			steps := append([][2]string{}, q.Steps...)
			steps[0][1] = sound // the line damages it behind us
			steps = append(steps, [2]string{"pt_frame", "1002060f001003c633"}, [2]string{"ecr_link", "06"}, [2]string{"ecr_frame", "10028000001003f51f"}, [2]string{"pt_link", "06"})
			if _, err := play(t, sequence{Transport: "serial", Steps: steps}); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("terminal", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			near, far := net.Pipe()
			line := zvt.NewLine(link.FromConn("near", near, time.Second), zvt.Serial, zvt.Timers{})
			played := make(chan struct{})
			go func() {
				defer close(played)
				steps := sequences(t)
				for _, q := range steps {
					if q.ID != "serial-nak-then-repeat" {
						continue
					}
					for i := range q.Steps { // we are the terminal here
						q.Steps[i][0] = map[bool]string{true: "us", false: "pt"}[strings.HasPrefix(q.Steps[i][0], "pt")]
					}
					act(t, far, q.Steps)
				}
			}()
			a, err := line.Receive(t.Context(), time.Minute, nil)
			if err != nil || a.Code != zvt.CodeAuthorization {
				t.Errorf("received %v, %v", a, err)
			}
			if err := line.Send(t.Context(), zvt.Accept()); err != nil {
				t.Error(err)
			}
			<-played
			_, _ = near.Close(), far.Close()
			line.Close()
		})
	})
}

// TestReceiptsOfRealTerminals takes the recorded lines and blocks, in whatever pieces they came.
func TestReceiptsOfRealTerminals(t *testing.T) {
	for id, want := range map[string]struct {
		messages, customer, merchant, admin int
		has                                 string
	}{
		"portalum-recv_ProcessData_FragmentedDataPackets1_Successful":     {1, 38, 0, 0, "Karte: MASTERCARD"},
		"portalum-recv_ProcessData_FullDataPacket_Successful":             {1, 0, 44, 0, "Überprüfung"},
		"portalum-ProcessData_LineReceivedCardCompleteWithTlv_Successful": {67, 31, 34, 0, "** HÄNDLERBELEG **"},
		"portalum-ProcessData_LineReceived1_Successful":                   {42, 40, 0, 0, "** KASSENSCHNITT **"},
		"portalum-ProcessData_CorruptLinesReceivedFragment_Successful":    {0, 0, 0, 0, ""}, // its end never comes
	} {
		for _, q := range sequences(t) {
			if q.ID != id {
				continue
			}
			var s zvt.Stream
			var all []zvt.APDU
			for i, step := range q.Steps {
				s.Feed(unhex(t, step[1]))
				for a, ok := s.Next(); ok; a, ok = s.Next() {
					if q.Transport == "tcp-chunks" && i < len(q.Steps)-1 {
						t.Errorf("%s: a message before its last piece", id)
					}
					all = append(all, a)
				}
			}
			customer, merchant, admin := zvt.Lines(all, zvt.Latin1)
			text := strings.Join(append(append(append([]string{}, customer...), merchant...), admin...), "\n")
			if len(all) != want.messages || (s.Waiting() != 0) != (want.messages == 0) || s.Stats().Skipped != 0 || !strings.Contains(text, want.has) {
				t.Errorf("%s: %d messages, want %d; %+v; %q not in\n%s", id, len(all), want.messages, s.Stats(), want.has, text)
			}
			if got := [3]int{len(customer), len(merchant), len(admin)}; got != [3]int{want.customer, want.merchant, want.admin} {
				t.Errorf("%s: lines %v", id, got)
			}
		}
	}
}

// TestReceiptsReachTheSession has a terminal send its recorded receipts in the middle of an end of day, in the pieces in which they came.
func TestReceiptsReachTheSession(t *testing.T) {
	for id, want := range map[string]struct{ messages, lines int }{
		"portalum-recv_ProcessData_FragmentedDataPackets1_Successful":     {1, 38},
		"portalum-recv_ProcessData_FullDataPacket_Successful":             {1, 44},
		"portalum-ProcessData_LineReceivedCardCompleteWithTlv_Successful": {67, 65},
		"portalum-ProcessData_LineReceived1_Successful":                   {42, 40},
	} {
		synctest.Test(t, func(t *testing.T) {
			pieces := [][]byte{unhex(t, "800000")}
			for _, q := range sequences(t) {
				if q.ID == id {
					for _, step := range q.Steps {
						pieces = append(pieces, unhex(t, step[1]))
					}
				}
			}
			p := &peer{
				answers: map[zvt.Code][]zvt.APDU{zvt.CodeRegistration: done(), zvt.CodeStatusEnquiry: done()},
				bytes:   map[zvt.Code][][]byte{zvt.CodeEndOfDay: append(pieces, unhex(t, "060f00"))},
			}
			with(t, p, zvt.Options{Quirks: []zvt.Quirk{zvt.TextLatin1}}, func(driver *zvt.Terminal) {
				<-time.After(time.Second)
				before := p.answered()
				r, err := driver.EndOfDay(t.Context(), deaf)
				<-time.After(time.Second)
				if got := p.answered() - before; err != nil || len(r.Lines) != want.lines || got != want.messages+1 {
					t.Errorf("%s: %d lines, want %d, %d answers to %d messages and the end (%v)", id, len(r.Lines), want.lines, got, want.messages, err)
				}
			})
		})
	}
}

// TestSerialLine: what the line may do to frames and acknowledgements, and what becomes of it.
func TestSerialLine(t *testing.T) {
	const accept, status = "10028000001003f51f", "1002040f022700100383fe"
	for name, c := range map[string]struct {
		steps [][2]string
		want  error
	}{
		"silence":             {[][2]string{{"us", accept}, {"us", accept}, {"us", accept}}, zvt.ErrSilence},
		"damaged three times": {[][2]string{{"us", accept}, {"pt", "15"}, {"us", accept}, {"pt", "15"}, {"us", accept}, {"pt", "15"}}, zvt.ErrUntaken},
		"silence, then taken": {[][2]string{{"us", accept}, {"us", accept}, {"pt", "06"}}, nil},
		"noise, then taken":   {[][2]string{{"us", accept}, {"pt", "ffee06"}}, nil},
		"the next message":    {[][2]string{{"us", accept}, {"pt", status}, {"us", "06"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				near, far := net.Pipe()
				line := zvt.NewLine(link.FromConn("near", near, time.Second), zvt.Serial, zvt.Timers{})
				played := make(chan struct{})
				go func() {
					defer close(played)
					act(t, far, c.steps)
				}()
				if err := line.Send(t.Context(), zvt.Accept()); !errors.Is(err, c.want) {
					t.Errorf("got %v, want %v", err, c.want)
				}
				<-played
				_, _ = near.Close(), far.Close()
				line.Close()
			})
		})
	}
}

func TestDuplicatesAndPauses(t *testing.T) {
	const status, end = "1002040f022700100383fe", "1002060f001003c633"
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		line := zvt.NewLine(link.FromConn("near", near, time.Second), zvt.Serial, zvt.Timers{})
		played := make(chan struct{})
		go func() {
			defer close(played)
			act(t, far, [][2]string{
				{"pt", status}, {"us", "06"}, {"pt", status}, {"us", "06"}, // its acknowledgement was lost
				{"pt", status[:12]}, {"us", "15"}, // and then it stops in the middle
				{"pt", end}, {"us", "06"},
			})
			<-time.After(20 * time.Second)
			act(t, far, [][2]string{{"pt", end}, {"us", "06"}}) // too late to be the same
		}()
		for _, want := range []zvt.Code{zvt.CodeStatus, zvt.CodeCompletion, zvt.CodeCompletion} {
			if a, err := line.Receive(t.Context(), time.Minute, nil); err != nil || a.Code != want {
				t.Errorf("received %v, %v, want %v", a.Code, err, want)
			}
		}
		<-played
		if f := line.Frames(); f.Good != 4 || f.Bad != 1 {
			t.Errorf("counted %+v", f)
		}
		_, _ = near.Close(), far.Close()
		line.Close()
	})
}

// TestSameWordsAgainAreNoDuplicate: an answer that says what the last one said comes in one piece with the acknowledgement of what
// was said between them.
func TestSameWordsAgainAreNoDuplicate(t *testing.T) {
	const accept, status = "10028000001003f51f", "1002040f022700100383fe"
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		line := zvt.NewLine(link.FromConn("near", near, time.Second), zvt.Serial, zvt.Timers{})
		played := make(chan struct{})
		go func() {
			defer close(played)
			act(t, far, [][2]string{{"us", status}, {"pt", "06" + accept}, {"us", "06"}, {"us", status}, {"pt", "06" + accept}, {"us", "06"}})
		}()
		for range 2 {
			if err := line.Send(t.Context(), zvt.APDU{Code: zvt.CodeStatus, Data: []byte{0x27, 0}}); err != nil {
				t.Error(err)
			}
			if a, err := line.Receive(t.Context(), time.Second, nil); err != nil || a.Code != zvt.CodeOK {
				t.Errorf("received %v, %v", a, err)
			}
		}
		<-played
		_, _ = near.Close(), far.Close()
		line.Close()
	})
}

// TestPatience: an intermediate status may ask for minutes of patience; none is no haste.
func TestPatience(t *testing.T) {
	const authorization, accept = "06010a040000000010004909" + "78", "800000"
	for name, c := range map[string]struct {
		progress string
		pause    time.Duration
		want     showroom.Outcome
	}{
		"says nothing of time": {"04ff010a", 170 * time.Second, showroom.Approved},
		"no minutes":           {"04ff020a00", 170 * time.Second, showroom.Approved},
		"nonsense":             {"04ff020aff", 170 * time.Second, showroom.Approved},
		"five minutes":         {"04ff020a05", 290 * time.Second, showroom.Approved},
		"one minute, and late": {"04ff020a01", 70 * time.Second, showroom.Unknown},
		"later than usual":     {"04ff010a", 190 * time.Second, showroom.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				near, far := net.Pipe()
				line := zvt.NewLine(link.FromConn("near", near, time.Second), zvt.TCP, zvt.Timers{})
				played := make(chan struct{})
				go func() {
					defer close(played)
					act(t, far, [][2]string{{"us", authorization}, {"pt", accept}, {"pt", c.progress}, {"us", accept}})
					<-time.After(c.pause)
					if c.want == showroom.Approved {
						act(t, far, [][2]string{{"pt", "040f022700"}, {"us", accept}, {"pt", "060f00"}, {"us", accept}})
					}
				}()
				got, err := zvt.Converse(t.Context(), line, zvt.Authorization(euro(1000)), payment(1000))
				if got.Outcome != c.want || (err != nil) != (c.want == showroom.Unknown) {
					t.Errorf("got %+v, %v", got, err)
				}
				<-played
				_, _ = near.Close(), far.Close()
				line.Close()
			})
		})
	}
}
