// Package printer speaks ESC/POS, the language of receipt printers: what a slip is in bytes, what a printer says of its paper and its
// cover, and a [Printer] that owns the line and never prints anything twice.
//
// What printers agree on is small, so a [Model] says what one can do and by which numbers. The commands are those of Epson's "ESC/POS
// Application Programming Guide": ESC @, ESC t, ESC E, GS !, ESC a, ESC d, ESC p, GS V, GS k, GS ( k, GS v 0, GS r and DLE EOT. The
// number behind ESC t means another code page with each vendor; where a printer has no code page with Turkish letters, or a line has a
// letter its page has not, the line is sent as a picture.
//
// On a serial line a printer says with XOFF that its buffer is full and with XON that it goes on; nobody else listens for them, so
// the Printer does.
package printer
