// Package torture kills a running shop again and again and then counts: nothing a client saw may be gone, nothing may be twice. Its
// tests take minutes and run under the build tag torture, by make torture.
//
// Money has two of them. How long a terminal may say nothing is part of its protocol and not of the agent's configuration, so the real
// agent pays at real scale, -money-real times at each kind of device; -money times each an agent inside the test pays, whose clocks go
// -money-scale times faster. Both count from the devices' own ledgers.
package torture
