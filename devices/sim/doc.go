// Package sim is a shop that is not there: garments are carried into fitting rooms and out again, and readers hear them as well
// and as badly as radio does.
//
// The core is pure. A [Scenario] is parsed from text, a [Shop] made of it answers [Shop.Step] with what its readers read at an
// instant and [Shop.Do] with what really happened, the truth a presence engine is measured by. One seed gives one story.
//
// The wires make hardware of it: [SerialWire] is a module or a scanner on a pseudo terminal, [LLRPWire] a fixed reader on TCP,
// [BrokerWire] a reader or a Bluetooth gateway at an MQTT broker. Each obeys and refuses as the real one does and has its
// [Trouble] when it is told to. [Air] is what the gateways hear. [Simulator] plays a scenario over them, in real time, and does
// what it is told through a socket.
package sim
