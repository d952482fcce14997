// Package thingmagic speaks the serial protocol of ThingMagic's UHF reader modules (M6E Nano, M7E Hecto, M6e), the lower half of
// what its maker calls the Mercury API.
//
// The host says and the module answers
//
//	FF | length | opcode | data | CRC, 2 bytes
//	FF | length | opcode | status, 2 bytes | data | CRC, 2 bytes
//
// where length is that of the data alone: a frame does not tell who has said it. The CRC goes from length to the last data and is
// of the module's own kind. Nothing is escaped, and FF is common inside. The layout is that of SparkFun's description of these
// modules (SparkFun_Simultaneous_RFID_Tag_Reader_Library).
//
// [Decoder] and [Command] are pure. [Reader] drives one module over a port somebody else has opened.
//
// A hot module, or one with a bad antenna, goes on reading and misses tags. That is devices.Fault with its reason, while the reads
// keep flowing: what is read is there, and what is not read may be there too, so arrivals count and departures wait.
package thingmagic
