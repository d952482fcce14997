-- What a checkout kiosk remembers beside its basket.
CREATE TABLE desk (
    kiosk TEXT PRIMARY KEY,
    body  BLOB NOT NULL -- JSON
) WITHOUT ROWID;
