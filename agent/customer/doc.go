// Package customer is what the shop knows of people who asked to be known: so far the radio tags they carry with them, and which
// garments are theirs.
//
// # Radio tags
//
// Nobody is heard who did not ask. A radio tag passes the privacy filter of a gateway only while it is out: a loan tag between being
// handed out and being taken back, a basket's tag, the id of a phone whose owner opted in. Each time a tag goes out it is known by
// another id, drawn at random, so that two people who carried the same tag can not be told to have done so.
//
// What a tag sends is kept nowhere. A tag is enrolled under a pseudonym, the HMAC of its identity under a key that only this store
// has and that changes from time to time. A pseudonym can not be made anew without the identity, so it is moved to the new key when
// the tag is next heard, which is within seconds for all that lie in the shop. The key before the newest goes as soon as no tag is
// enrolled under it, and at the next change in any case: a tag that nobody has heard for a whole life of a key has lapsed, and must be
// enrolled again. Sealing the identities instead would have spared that, and kept a list of them.
//
// # Garments that were sold
//
// A sold garment belongs to who wears it and is invisible to the shop's readers until it is returned. It is kept as a keyed hash of
// its tag, and that key does not change: a hash that can not be made again would make every garment ever sold visible.
package customer
