// Package torture kills a running shop again and again and then counts: nothing a client saw may be gone, nothing may be twice. Its
// tests take minutes and run under the build tag torture, by make torture.
//
// Money has two of them. The real agent takes and gives back money at simulated devices, and is killed, while they are cut off, hang,
// answer late or run out of paper: -money times at each kind of device with timers that go -money-scale times faster, and -money-real
// times with those of real life. What it has written down must equal the devices' own ledgers; what no device can say must be on the
// staff page, and is decided there.
//
// Sales of staffed tills have one: four tills speak without a pause over Mosquitto and over the agent's own broker, and the agent is
// killed -till-kills times in between. What a till has had an acknowledgement for is in the journal, once.
package torture
