// Package zebra reads what Zebra's fixed readers (FX7500, FX9600, FXR90, ATR7000) publish through their IoT Connector, and the
// handheld sleds RFD40 and RFD90: JSON over MQTT. Field names are those of Zebra's IoT Connector documentation.
//
// A message holds one object, several with nothing between them ("}{"), or an array of them. Which fields are there is a matter
// of the reader's settings: signal strength, antenna and the reader's own name may all be missing.
//
// [Payload] is pure: it walks over a message without building a tree of it. [New] makes the driver that turns the messages of
// a subscription into tag reads and tells a silent reader from an empty room by its heartbeats.
package zebra
