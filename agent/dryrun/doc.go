// Package dryrun judges the agent's rules before a shop has to: a scenario of devices/sim is played in simulated time through the
// real presence engine and the real fitting-room rules over a real store, and what they decide is compared with what really
// happened.
//
// Readings go the way they go in the agent: tags of other companies are dropped first, the engine decides, fitting writes down
// what it decided and opens and ends visits, all at the simulated instant. A reader without its cable is reported after the time
// that its kind stays silent before the agent notices. One seed and one scenario give one report.
//
// What is counted, and what each figure means, is told by [Figures].
package dryrun
