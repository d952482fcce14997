-- Keys that must not change: what is hashed under one of them can not be hashed again.
CREATE TABLE secret (
    name TEXT PRIMARY KEY,
    key  BLOB NOT NULL
) WITHOUT ROWID;

-- The keys of the pseudonyms of radio tags: the newest, and the one before it as long as a tag is enrolled under it.
CREATE TABLE radio_key (
    number INTEGER PRIMARY KEY,
    key    BLOB NOT NULL,
    since  TEXT NOT NULL -- moment
);

-- The shop's radio tags, and ids whose owners opted in. None is here by its address.
CREATE TABLE radio_tag (
    id        TEXT PRIMARY KEY,
    kind      TEXT    NOT NULL,
    label     TEXT    NOT NULL UNIQUE,
    radio     TEXT    NOT NULL, -- what it is known by while it is out, another each time; empty while it is put away
    key       INTEGER NOT NULL, -- number of the key of the pseudonym; 0 once that has gone
    pseudonym BLOB    NOT NULL, -- HMAC-SHA-256 of its identity; empty once its key has gone
    since     TEXT    NOT NULL  -- moment it went out or was put away
) WITHOUT ROWID;
CREATE UNIQUE INDEX radio_tag_pseudonym ON radio_tag (pseudonym) WHERE pseudonym <> x'';
CREATE UNIQUE INDEX radio_tag_radio ON radio_tag (radio) WHERE radio <> '';

-- In which zone the tags are that are out. A tag in no zone has no row.
CREATE TABLE radio_zone (
    radio TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    since TEXT NOT NULL -- moment
) WITHOUT ROWID;

-- Garments that belong to those who bought them, as the beginnings of HMACs of their tags.
CREATE TABLE sold_tag (
    hash  BLOB PRIMARY KEY,
    since TEXT NOT NULL -- wall time
) WITHOUT ROWID;

-- Tags that hang where they hang and count as furniture.
CREATE TABLE static_tag (
    epc   BLOB PRIMARY KEY,
    place TEXT NOT NULL,
    since TEXT NOT NULL -- moment
) WITHOUT ROWID;

-- What each device watches, and since when.
CREATE TABLE device_place (
    device TEXT PRIMARY KEY,
    kind   TEXT NOT NULL,
    places TEXT NOT NULL, -- sorted, separated by line feeds
    since  TEXT NOT NULL  -- moment
) WITHOUT ROWID;

-- Rooms where staff hang garments for sale and nobody tries them on.
CREATE TABLE restock (
    room  TEXT PRIMARY KEY,
    since TEXT NOT NULL, -- moment
    until TEXT NOT NULL  -- moment
) WITHOUT ROWID;
