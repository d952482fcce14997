package staff

import (
	"encoding/base64"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/argon2"

	"showroom/agent/showroom"
)

// cheap is a person whose PIN is checked in no time.
func cheap() Person {
	salt := []byte("8 bytes.")
	b64 := base64.RawStdEncoding.EncodeToString
	return Person{ID: "elif", PINHash: "$argon2id$v=19$m=8,t=1,p=1$" + b64(salt) + "$" + b64(argon2.IDKey([]byte("4711"), salt, 1, 8, 1, 32))}
}

func TestOnePINIsCheckedAtATimeAndOnlyAFewWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDoor()
		now := func() showroom.Moment { return showroom.Moment{} }
		d.turn <- struct{}{} // somebody is being checked
		var waiting sync.WaitGroup
		for range queueLength {
			waiting.Go(func() {
				if right, err := d.try(t.Context(), cheap(), "4711", now); !right || err != nil {
					t.Errorf("who has waited is told %v, %v", right, err)
				}
			})
		}
		synctest.Wait()
		_, err := d.try(t.Context(), cheap(), "4711", now)
		if soon, ok := errors.AsType[*tooSoon](err); !ok || soon.wait <= 0 {
			t.Errorf("at a crowded door: %v", err)
		}
		<-d.turn
		waiting.Wait()
		if right, err := d.try(t.Context(), cheap(), "4711", now); !right || err != nil {
			t.Errorf("at an empty door: %v, %v", right, err)
		}
	})
}

func TestGuessesThatWaitedTogetherCountOneByOne(t *testing.T) {
	d := newDoor()
	now := func() showroom.Moment { return showroom.Moment{Mono: time.Hour} }
	d.turn <- struct{}{}
	var guesses sync.WaitGroup
	var mu sync.Mutex
	refused := 0
	for range queueLength {
		guesses.Go(func() {
			_, err := d.try(t.Context(), cheap(), "0000", now)
			if _, ok := errors.AsType[*tooSoon](err); ok {
				mu.Lock()
				defer mu.Unlock()
				refused++
			}
		})
	}
	<-d.turn
	guesses.Wait()
	if want := queueLength - d.withOne.free - 1; refused != want {
		t.Errorf("of %d guesses at once %d were not checked, want %d", queueLength, refused, want)
	}
}

func TestPatienceEndsAndReturns(t *testing.T) {
	d := newDoor()
	at := time.Hour
	longest := time.Duration(0)
	for range 40 {
		d.missed("elif", at)
		wait := d.waits("elif", at)
		if wait < longest {
			t.Errorf("after %v the wait is %v", longest, wait)
		}
		longest = wait
		at += wait
	}
	if longest != d.withOne.limit {
		t.Errorf("the longest wait is %v, want %v", longest, d.withOne.limit)
	}
	at += d.withOne.forget + time.Second
	d.missed("elif", at)
	if wait := d.waits("elif", at); wait != 0 {
		t.Errorf("after a long quiet one wrong PIN costs %v", wait)
	}
}

func TestGuessingAtEverybodySlowsEverybody(t *testing.T) {
	d := newDoor()
	at := time.Hour
	for i := range d.withAll.free + 1 {
		d.missed(showroom.StaffID(rune('a'+i)), at)
	}
	if wait := d.waits("cagri", at); wait != d.withAll.first {
		t.Errorf("somebody who never erred waits %v, want %v", wait, d.withAll.first)
	}
}
