-- What the scanner of a kiosk was last shown, as long as the kiosk shows it. The text of the code is nowhere.
CREATE TABLE kiosk_scan (
    kiosk TEXT PRIMARY KEY,
    id    TEXT NOT NULL, -- another one for each showing
    kind  TEXT NOT NULL,
    gtin  TEXT NOT NULL, -- of an item; else empty
    visit TEXT NOT NULL, -- empty for nobody
    at    TEXT NOT NULL  -- moment
) WITHOUT ROWID;
