package staff

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"showroom/agent/lang"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Cookies of the page. Both are for /staff only and never leave the site.
const (
	CookieSession  = "showroom_staff"
	CookieLanguage = "showroom_staff_language"
)

const tokenBytes = 32

// tokenHash is what the store keeps of a token.
type tokenHash [sha256.Size]byte

// hashToken binds a token to the PIN it was got with: whoever changes a PIN signs its owner out everywhere.
func hashToken(token []byte, pinHash string) tokenHash {
	return sha256.Sum256(append(slices.Clone(token), pinHash...))
}

// visitor finds out who asks. Nobody is CodeUnauthorized.
func (p *Page) visitor(r *http.Request) (visitor, error) {
	nobody := showroom.Errorf(showroom.CodeUnauthorized, "Please sign in.")
	cookie, err := r.Cookie(CookieSession)
	if err != nil {
		return visitor{}, nobody
	}
	id, token, ok := parseSession(cookie.Value)
	person, known := p.people[id]
	if !ok || !known {
		return visitor{}, nobody
	}
	who := visitor{Person: person, token: hashToken(token, person.PINHash)}
	var session store.StaffSession
	err = p.db.View(r.Context(), func(v *store.View) (err error) {
		session, err = v.StaffSession(who.token)
		return err
	})
	switch {
	case showroom.ErrorCode(err) == showroom.CodeNotFound:
		return visitor{}, nobody
	case err != nil:
		return visitor{}, err
	case session.Staff != person.ID || !p.opt.Now().Wall.Before(session.Expires):
		return visitor{}, nobody
	}
	return who, nil
}

func formatSession(id showroom.StaffID, token []byte) string {
	b64 := base64.RawURLEncoding.EncodeToString
	return b64([]byte(id)) + "." + b64(token)
}

func parseSession(s string) (showroom.StaffID, []byte, bool) {
	left, right, found := strings.Cut(s, ".")
	id, idErr := base64.RawURLEncoding.DecodeString(left)
	token, tokenErr := base64.RawURLEncoding.DecodeString(right)
	return showroom.StaffID(id), token, found && idErr == nil && tokenErr == nil && len(token) == tokenBytes
}

// begin signs a person in on this device. A session this device had before ends.
func (p *Page) begin(w http.ResponseWriter, r *http.Request, who Person) error {
	token := make([]byte, tokenBytes)
	rand.Read(token) // never fails
	earlier, earlierErr := p.visitor(r)
	session := store.StaffSession{TokenHash: hashToken(token, who.PINHash), Staff: who.ID, Expires: p.opt.Now().Wall.Add(p.opt.Session)}
	err := p.db.Update(r.Context(), func(tx *store.Tx) error {
		if earlierErr == nil {
			if err := tx.DeleteStaffSession(earlier.token); err != nil {
				return err
			}
		}
		return tx.PutStaffSession(session)
	})
	if err != nil {
		return err
	}
	http.SetCookie(w, cookie(r, CookieSession, formatSession(who.ID, token), p.opt.Session))
	return nil
}

func cookie(r *http.Request, name, value string, lasts time.Duration) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: pathHome, MaxAge: int(lasts / time.Second), HttpOnly: true,
		Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode}
}

type signInPage struct {
	frame
	People []Person // to pick from
	Who    *Person  // who has been picked and now enters the PIN
}

func (p *Page) getSignIn(w http.ResponseWriter, r *http.Request) {
	p.showSignIn(w, r, http.StatusOK, showroom.StaffID(r.FormValue("as")), nil)
}

func (p *Page) showSignIn(w http.ResponseWriter, r *http.Request, status int, picked showroom.StaffID, n *notice) {
	texts := p.texts(r)
	page := signInPage{frame: p.frame(r, visitor{}, texts.T("staff.signin.title"))}
	page.Notice = n
	if who, known := p.people[picked]; known {
		page.Who = &who
	} else {
		page.People = slices.Clone(p.opt.People)
		names := lang.NewCollator(texts.Tag())
		slices.SortStableFunc(page.People, func(a, b Person) int { return names.Compare(a.Name, b.Name) })
	}
	p.show(w, r, status, "signin", page)
}

func (p *Page) postSignIn(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		p.fail(w, r, visitor{}, showroom.Errorf(showroom.CodeInvalid, "The form can not be read."))
		return
	}
	texts := p.texts(r)
	id := showroom.StaffID(r.PostForm.Get("as"))
	who, known := p.people[id]
	if !known {
		p.showSignIn(w, r, http.StatusUnauthorized, "", alert(texts.T("staff.signin.wrong")))
		return
	}
	right, err := p.door.try(r.Context(), who, r.PostForm.Get("pin"), p.opt.Now)
	if wait, ok := errors.AsType[*tooSoon](err); ok {
		p.opt.Log.Warn("Too many wrong PINs", "staff", id, "wait", wait.wait.Round(time.Second))
		p.showSignIn(w, r, http.StatusTooManyRequests, id, alert(p.waitText(texts, wait.wait)))
		return
	}
	if err == nil && right {
		err = p.begin(w, r, who)
	}
	switch {
	case err != nil:
		p.fail(w, r, visitor{}, err)
	case right:
		leaveFor(w, r, visitor{Person: who}.home())
	default:
		p.showSignIn(w, r, http.StatusUnauthorized, id, alert(texts.T("staff.signin.wrong")))
	}
}

// waitText says how long, rounded up: nobody should be told to try a second early.
func (p *Page) waitText(texts *lang.Texts, wait time.Duration) string {
	if wait > time.Minute {
		return texts.N("staff.signin.wait_minutes", int((wait+time.Minute-1)/time.Minute))
	}
	return texts.N("staff.signin.wait_seconds", int((wait+time.Second-1)/time.Second))
}

func (p *Page) postSignOut(w http.ResponseWriter, r *http.Request) {
	if who, err := p.visitor(r); err == nil {
		if err := p.db.Update(r.Context(), func(tx *store.Tx) error { return tx.DeleteStaffSession(who.token) }); err != nil {
			p.fail(w, r, who, err)
			return
		}
	}
	gone := cookie(r, CookieSession, "", 0)
	gone.MaxAge = -1
	http.SetCookie(w, gone)
	leaveFor(w, r, pathSignIn)
}

func (p *Page) postLanguage(w http.ResponseWriter, r *http.Request) {
	const year = 365 * 24 * time.Hour
	tag, ok := lang.Parse(r.PostFormValue("language"))
	if !ok || !slices.Contains(p.languages, tag) {
		p.fail(w, r, visitor{}, showroom.Errorf(showroom.CodeInvalid, "This language is not spoken here."))
		return
	}
	http.SetCookie(w, cookie(r, CookieLanguage, string(tag), year))
	back := r.PostFormValue("back")
	if !slices.Contains([]string{pathQueue, pathRooms, pathTags, pathEnrol, pathCapture, pathDevices, pathSignIn}, back) {
		back = pathHome
	}
	leaveFor(w, r, back)
}

// texts are in the language of this device.
func (p *Page) texts(r *http.Request) *lang.Texts {
	if c, err := r.Cookie(CookieLanguage); err == nil {
		if tag, ok := lang.Parse(c.Value); ok && slices.Contains(p.languages, tag) {
			return lang.For(tag)
		}
	}
	return lang.For(p.languages[0])
}
