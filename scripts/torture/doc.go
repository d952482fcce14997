// Package torture kills a running shop again and again and then counts: nothing a client saw may be gone, nothing may be twice. Its
// tests take minutes and run under the build tag torture, by make torture.
package torture
