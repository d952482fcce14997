// Package llrp speaks EPCglobal's Low Level Reader Protocol 1.0.1, which most fixed UHF readers offer on TCP port 5084: Impinj
// Speedway and R700, Zebra FX, Keonn and others. Message and parameter names, numbers and layouts are those of the standard.
//
// [Decoder] cuts a byte stream into messages, [Tags] walks over the tags of a report without building anything of it, and
// [Decode] makes a whole message of its body, for people who look for a fault. [Reader] drives one reader over one connection.
package llrp
