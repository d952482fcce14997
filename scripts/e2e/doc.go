// Package e2e holds tests over several columns: the real programs of a shop on this machine, a kiosk without a display, the staff
// page in a real browser. They tell figures and never judge them; what they judge is what a person would see.
package e2e
