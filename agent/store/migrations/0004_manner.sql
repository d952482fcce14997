-- How a garment came says what it means. SQLite keeps the text of a table, so the table is made anew rather than altered.
CREATE TEMP TABLE hanging AS SELECT * FROM garment;
DROP TABLE garment;
CREATE TABLE garment (
    epc         BLOB PRIMARY KEY,
    gtin        TEXT    NOT NULL,
    room        TEXT    NOT NULL,
    visit       TEXT    NOT NULL,
    since       TEXT    NOT NULL, -- moment
    manner      TEXT    NOT NULL, -- how it came; empty for from the shop floor
    left_behind INTEGER NOT NULL,
    unconfirmed INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO garment (epc, gtin, room, visit, since, manner, left_behind, unconfirmed)
    SELECT epc, gtin, room, visit, since, '', left_behind, unconfirmed FROM hanging;
DROP TABLE hanging;

-- Garments that hung in a room until a moment ago. Kept for minutes.
CREATE TABLE trail (
    epc         BLOB PRIMARY KEY,
    room        TEXT    NOT NULL,
    left_at     TEXT    NOT NULL, -- moment
    left_behind INTEGER NOT NULL,
    piled       INTEGER NOT NULL
) WITHOUT ROWID;
