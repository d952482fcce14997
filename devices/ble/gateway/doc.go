// Package gateway reads what Bluetooth gateways publish over MQTT: OpenMQTTGateway and Theengs Gateway, ESPresense, Minew's G and
// MG series, and Ruuvi Gateway.
//
// A [Decoder] is pure: it turns a message into [Record] values, which still say whose radio it was. A [Listener] turns the messages
// of one gateway into sightings of enrolled tags behind a privacy filter, counts everybody else and forgets them, and tells a lost
// gateway, and one whose words mean nothing, from an empty shop. No Record leaves it.
package gateway
