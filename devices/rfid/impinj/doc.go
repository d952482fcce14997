// Package impinj reads what Impinj's R700 and R720 publish through their IoT device interface: JSON events over MQTT, the same as
// they stream over HTTP. Field names are those of Impinj's IoT device interface documentation.
//
// A message holds one event, several one per line, or an array of them. Every field of an event may be missing, as the reader's
// preset has it: the EPC comes as hex, as URL-safe base64, or as both.
//
// [Payload] is pure: it walks over a message without building a tree of it. [New] makes the driver of one reader.
package impinj
