// Package view is what a kiosk, in a fitting room or where people pay, knows and decides, without a window and without a network.
//
// State is a value. Reduce takes a State and one Msg (a tap, an answer, the passing of time) and returns the next State and the
// Commands that somebody else has to carry out. The pages (Idle, Room, Garment, Leave) are what a State looks like in words: a
// screen draws them and adds nothing.
//
// The agent's state is the truth. A tap is shown at once as pending and never as done: only a StateLoaded, or the agent's answer
// to the command, says that it happened. When the visit of the shopper ends, everything the shopper chose here is forgotten.
package view
