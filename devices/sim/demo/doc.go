// Package demo keeps the catalogue of the demo shop: catalogue.csv, one line for each size of each garment, the pictures it names, and
// offers.json, offers of most kinds. They are files as a shop's head office would send them, read by the import command of the
// central service; there is no code.
//
// The sizes of White Plimsolls are stocked so that every answer to a request can be shown: 42 is the last piece, 44 is sold out.
// Where names and pictures come from is said in pictures/SOURCES.md. GTINs are invented; no tag or bar code of a real shop has them.
package demo
