-- Pieces that came back and whose tags are not the shop's again yet. No tag is named.
CREATE TABLE take_back (
    id    TEXT PRIMARY KEY,
    sale  TEXT NOT NULL,
    gtin  TEXT NOT NULL,
    since TEXT NOT NULL -- moment
) WITHOUT ROWID;
