// Package zvt speaks ZVT, the protocol between cash registers and payment terminals in Germany, Austria and Switzerland: PA00P015
// (messages, revision 13.08) and PA00P016 (serial line, edition 3).
//
// A message (APDU) is
//
//	class | instruction | length | data
//
// with a length of one byte, or FF and two bytes, low byte first. Over TCP it travels bare; over a serial line it is framed,
//
//	10 02 | APDU, each 10 twice | 10 03 | CRC-16/KERMIT of APDU and 03, low byte first
//
// and answered with 06 (taken) or 15 (damaged).
//
// [Decoder], [Stream] and [Decode] are pure. Whatever leaves them has its card numbers covered: nobody behind the codec sees one.
// [Line] carries messages over a serial line or TCP, for either side. [Terminal] is the cash register's side: it owns the line,
// keeps the terminal registered, and moves money without ever asking twice.
package zvt
