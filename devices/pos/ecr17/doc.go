// Package ecr17 frames what an Italian payment terminal and a cash register say to each other over a serial line or TCP (ECR17).
//
// A message is STX, text, ETX and one byte of checksum (LRC): 7F xor the bytes of the text, into which a terminal's firmware may
// fold STX, ETX or both; [Mode] says which. Either side answers a message with ACK or NAK, followed by ETX and a checksum nobody
// needs: the first byte decides. While a payment runs the terminal tells how far it is in 20 characters between SOH and EOT.
//
// This is the framing alone. The fields of the messages are not laid out here, so there is no payment over ECR17: a message is its
// text. Sources: the public unit tests of padosoft/rust-ecr17-protocol, which testdata names, and their author's README.
package ecr17
