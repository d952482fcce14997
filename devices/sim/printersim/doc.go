// Package printersim is a simulated receipt printer. It understands the part of ESC/POS that receipts need, draws what it prints dot by
// dot with the code page it was told to use, cuts the paper into pictures, and can be out of paper, nearly so, open, slow or cut off.
//
// It knows nothing of the driver it tests: its code pages and their numbers come from the vendors' tables, and a byte that its page does
// not have is drawn as a box.
package printersim
