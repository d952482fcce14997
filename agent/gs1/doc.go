// Package gs1 reads and writes the identifiers of GS1: GTINs with their check
// digits, and the EPCs of RFID tags in the binary forms of the EPC Tag Data
// Standard (TDS).
//
// Only parsed values travel through the program: an [EPC] or a [GTIN] was made
// by a parsing function of this package, so nobody has to check it again.
// Everything here is pure, allocates little and never panics on foreign bytes;
// all functions are safe for concurrent use.
//
// Layouts are those of TDS 1.13: headers table 14-1, SGTIN partitions table
// 14-2, coding of serials 14.5.1, URN escapes table A-1; SGTIN+ is TDS 2.0,
// 14.6.1.
package gs1
