// Package gs1 reads and writes the identifiers of GS1: GTINs with their check
// digits, the EPCs of RFID tags in the binary forms of the EPC Tag Data Standard
// (TDS), the element strings of bar codes and Digital Link URIs.
//
// Only parsed values travel through the program: an [EPC] or a [GTIN] was made
// by a parsing function of this package, so nobody has to check it again.
// Everything here is pure, allocates little and never panics on foreign bytes;
// all functions are safe for concurrent use.
//
// Layouts are those of TDS 1.13: headers table 14-1, partitions tables 14-2 and
// following, coding of serials 14.5.1, URN escapes table A-1; SGTIN+ is TDS 2.0,
// 14.6.1. Application identifiers are those of the GS1 General Specifications,
// links those of GS1 Digital Link: URI Syntax.
package gs1
