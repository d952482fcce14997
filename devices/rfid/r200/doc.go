// Package r200 speaks the serial protocol of MagicRF's UHF reader modules (R200, M100, QM100 and the boards made of them:
// YRM100, JRD-4035, the Raspberry Pi HATs).
//
// A frame is
//
//	BB | type | command | length, 2 bytes | parameters | checksum | 7E
//
// with the checksum the low byte of the sum from type to the last parameter. Nothing is escaped: 7E and BB occur inside, so a
// frame ends where its length says and nowhere else. Other firmware frames the same with AA and DD. The layout is that of the
// M100/QM100 firmware manual and the R200 user protocol 2.3.3.
//
// [Decoder] and [Command] are pure. [Reader] drives one module over a port somebody else has opened.
package r200
