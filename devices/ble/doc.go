// Package ble reads what Bluetooth Low Energy tags say, and keeps what passers-by carry out of the shop's memory.
//
// [Advertisement] takes the AD structures of an advertisement apart (Bluetooth Core Specification, Vol 3, Part C, 11 and the
// supplement to it) and finds the beacon formats in them: iBeacon, AltBeacon (AltBeacon/spec) and Eddystone (google/eddystone).
// [Resolver] knows the rotating identifiers of Eddystone-EID beacons again.
//
// [Filter] stands between what a gateway hears and everything else. Nobody is tracked who did not ask: an [Identity] becomes the
// neutral id it was enrolled under, or nothing. What belongs to a tag (Identity, [Address], [Pseudonym]) prints as "(withheld)"
// under every verb of fmt and in slog, so that a careless log line gives nobody away; Reveal is the way to see it. fmt cannot ask
// values in unexported fields, so a struct that keeps one there needs a Format method of its own.
package ble
