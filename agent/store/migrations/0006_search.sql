-- What items are found by. The lower the number, the sooner an item is found: of every product one comes first, then of every
-- product that has more a second one, and so on. The number is the place among its product's times 2^32, plus the product's own.
CREATE TABLE search (
    number INTEGER PRIMARY KEY,
    gtin   TEXT NOT NULL UNIQUE,
    words  TEXT NOT NULL, -- folded
    shown  TEXT NOT NULL  -- of product and item, so that neither need be read: see shown.go
);

-- The items that have a word which begins so: for each 8192 numbers those of them that do.
CREATE TABLE search_block (
    prefix  TEXT    NOT NULL,
    block   INTEGER NOT NULL,
    members BLOB    NOT NULL, -- see members.go
    PRIMARY KEY (prefix, block)
) WITHOUT ROWID;

-- Products whose items are to be indexed before anything else, because the program could not do it when they came.
CREATE TABLE search_due (
    product TEXT PRIMARY KEY
) WITHOUT ROWID;
INSERT INTO search_due SELECT DISTINCT product FROM item;

-- What the shop has sold since the figure was made is no longer there.
CREATE TEMP TABLE counted AS SELECT * FROM stock;
DROP TABLE stock;
CREATE TABLE stock (
    gtin      TEXT PRIMARY KEY,
    quantity  INTEGER NOT NULL, -- by the feed
    corrected INTEGER,          -- by somebody who looked, until the feed says something newer
    sold      INTEGER NOT NULL, -- since the later of the two
    version   INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO stock (gtin, quantity, corrected, sold, version) SELECT gtin, quantity, corrected, 0, version FROM counted;
DROP TABLE counted;

-- Pictures have a size and a use, so that the least useful can make room.
CREATE TEMP TABLE named AS SELECT * FROM picture;
DROP TABLE picture;
CREATE TABLE picture (
    sha256 TEXT PRIMARY KEY, -- hex
    state  TEXT    NOT NULL, -- missing, present, or gone to make room
    main   INTEGER NOT NULL, -- a product or an item shows it first
    bytes  INTEGER NOT NULL, -- 0 for one that never came, was given up or never was measured
    needed TEXT    NOT NULL  -- wall time it was last looked at, roughly; empty for never
) WITHOUT ROWID;
CREATE INDEX picture_missing ON picture (main DESC, needed DESC, sha256) WHERE state = 'missing';
INSERT INTO picture (sha256, state, main, bytes, needed) SELECT sha256, iif(present, 'present', 'missing'), 1, 0, '' FROM named;
DROP TABLE named;
