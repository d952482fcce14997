// Package profileapi is the contract between a shop and the central service: paths, bodies and problems, the CloudEvents batch
// codec, and a client. Both ends convert to their own types at their own edge.
//
// # Up
//
// POST /v1/ingest carries one batch of one lane of one journal: a CloudEvents 1.0 JSON array, compressed with zstd. The query
// names the epoch and lane and the lane sequence numbers the batch covers, from and to, both inclusive. An event's id is
// epoch/lane/lane_seq, so it needs no other attribute to say where it stands. The frames may use the raw dictionary of this
// package, named by its id; frames without one are as welcome. The centre answers 200 with [IngestResult] only when the batch is
// durable. A batch that does not begin where the lane ends is refused whole with 409 and [Problem.ExpectedSeq]; the shop cuts it
// again. Numbers may be missing inside a batch only where the shop had to evict rows.
//
// # Down
//
// GET /v1/changes waits for changes after an opaque cursor and answers them in the order they happened. A cursor of another life
// of the feed or of another store's filter is refused with 409 and [TypeResync]; the shop then reads GET /v1/snapshot/{bucket} for
// every bucket and follows from the cursor of the first page it got.
//
// # Rules for both
//
// Every request but /healthz carries "Authorization: Bearer TOKEN". Refusals are RFC 9457 problems. Unknown fields and unknown
// event types are kept and passed on, never refused. Times are RFC 3339 in UTC, amounts are minor units.
package profileapi
