// Package rfid holds what RFID readers that publish over a message broker have in common, whatever they publish: walking over a
// message of JSON without building a tree of it ([Objects], [Scanner]) and the life of a driver on a subscription ([Reader]).
//
// For those on a serial line it judges whether there is more noise on it than sense ([Noise]).
//
// What a message means is for the packages below, one for each kind of reader.
package rfid
