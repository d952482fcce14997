// Package okc settles at a Turkish fiscal device (Yeni Nesil Ödeme Kaydedici Cihaz): basket and tender go in, payment and slip come out
// as one act.
//
// [Device] is what every such device can be asked, whatever its maker's protocol. [Settler] moves money with one and keeps the rules of
// money. [Line] is a Device at the end of a wire of our own, and [Terminal] is both together.
//
// # Why a wire of our own
//
// The protocol between a till and these devices, GMP-3, is not public: makers give it out with their own libraries, for Windows and
// under licence. What is described here is therefore not GMP-3. It is how this program speaks to an adapter that stands beside the
// device and has the maker's library, and to the simulated device. An adapter for a maker's cloud would implement Device instead.
//
// # The wire
//
// Serial (8N1) or TCP; the till opens. A frame is one line of ASCII and UTF-8, at most 256 KiB:
//
//	OKC1 SSSSSSSS CCCCCCCC {...}\n
//
// S is a sequence number and C the CRC-32 (IEEE) of the eight digits of S followed by the body, both in eight lower-case hexadecimal
// digits; the body is one JSON object without a line end. The till numbers its requests from 1 anew on every connection, and an answer
// bears the number of its request. Amounts are whole minor units. A frame that is damaged is dropped by either side: nobody answers it.
//
//	till says {"ask": ...}          device answers {"say": ...}
//	parameters                      parameters {"parameters": Parameters}
//	status                          status {"status": Status}
//	submit {"basket": Basket}       accepted, then any number of progress {"progress": {"code", "text"}}, then document
//	                                {"document": Document}; or refused {"refusal": {"reason", "code", "text"}}: nothing was begun
//	stop {"id": ID}                 nothing: the submit's document says what became of it. It does nothing once money has moved
//	cancel {"id": ID}               document, of what was undone if it was not closed; refused if it was
//	last {"id": ID}                 document, or nothing {"since": time}: the device has never heard the id, and remembers all of them
//	                                since then. What it forgets, it forgets the oldest first
//
// The device keeps four promises. A basket whose id it knows is not begun again: it answers the document there is. An id it has been
// asked about in vain is spent: a basket under it that is still on its way is refused. It serves one connection at a time, a new one
// ends the old, and what came over an old one is begun no more. While it is busy with a basket it says so at least every ten seconds.
// What it has begun it ends, whether somebody listens or not.
package okc
