// Package scan reads bar code scanners that speak over a serial line.
//
// A scanner sends the text of a code and an end: CR, LF, both, ETX behind an STX, or nothing but a pause. In front of the text may
// stand the symbology identifier of ISO/IEC 15424 ("AIM prefix"), ]E0 for an EAN-13 and so on; it is worth switching on, because
// without it eight digits may be a UPC-E or an EAN-8, and digits in a QR code may be anything. FNC1 inside a GS1 symbol arrives as
// the character GS, 1D.
//
// [Decoder] cuts bytes into lines, [Rules] say what a line means; both are pure. [Scanner] runs one device over a port somebody
// else has opened.
package scan
