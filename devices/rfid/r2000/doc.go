// Package r2000 speaks the serial protocol of the readers with four or eight antenna ports that are built on Impinj's R2000 and E710
// chips (Invelion, Rodinbell, YR901 and their many relatives).
//
// A frame is
//
//	A0 | length | address | command | data | check
//
// with length what is behind it, and a check that makes the sum of all bytes zero. Nothing is escaped, and an answer looks like
// what it answers. The readers keep the tags' own CRC to themselves, so tags are held to the length in their PC word, and of frames
// that are damaged in two bytes or more one in 255 passes: one frame that nobody sent in twenty thousand when a byte in a hundred is
// wrong. [Decoder] says why sound frames are not lost with them. The layout is that of pyImpinj and of public write-ups.
//
// A reader does one round of inventory with one antenna and then waits: [Reader] sends it round its antennas. [Decoder] and
// [Command] are pure. The port is opened by somebody else.
package r2000
