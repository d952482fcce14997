// Package template reads what readers and gateways publish in a form their user has made up: a [Mapping] says where in a message
// the tags are and what their fields are called. It knows JSON of any shape, and the text that users of Keonn's AdvanNet send:
//
//	MAC|epc:rssi@port/mux1/mux2|epc:rssi@port/mux1/mux2|...
//
// [Compile] checks a Mapping once, with a clear word about everything that is wrong with it. The [Template] it makes walks over
// messages without building a tree of them.
package template
