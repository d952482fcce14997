-- What a shopper is about to buy. Where several may not have one thing at once a unique index says so, even to a fault of ours.
CREATE TABLE basket (
    id         TEXT PRIMARY KEY,
    kiosk      TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    ended      INTEGER NOT NULL,
    currency   TEXT    NOT NULL,
    coupons    BLOB    NOT NULL, -- JSON
    number     INTEGER NOT NULL,
    code       TEXT    NOT NULL, -- what people ask for it by; empty for none
    reason     TEXT    NOT NULL,
    till       TEXT    NOT NULL,
    settlement TEXT    NOT NULL,
    opened     TEXT    NOT NULL, -- moment
    changed    TEXT    NOT NULL, -- moment
    version    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX basket_at ON basket (kiosk) WHERE state IN ('open', 'frozen');
CREATE UNIQUE INDEX basket_code ON basket (code) WHERE code <> '';
CREATE INDEX basket_live ON basket (opened) WHERE ended = 0;

-- Lines of baskets that have not ended: what is here is held. Those of one basket lie together.
CREATE TABLE basket_line (
    basket   TEXT    NOT NULL,
    place    INTEGER NOT NULL, -- in the basket, from 0
    gtin     TEXT    NOT NULL,
    epc      BLOB,             -- NULL: known by its bar code, or only wished for
    quantity INTEGER NOT NULL, -- 0 when only wished for
    body     BLOB    NOT NULL, -- JSON
    PRIMARY KEY (basket, place)
) WITHOUT ROWID;
CREATE UNIQUE INDEX basket_line_epc ON basket_line (epc) WHERE epc IS NOT NULL;

-- Attempts to have money moved. A basket, and a sale that comes back, has one open at most.
CREATE TABLE settlement (
    id      TEXT PRIMARY KEY,
    open    INTEGER NOT NULL,
    basket  TEXT    NOT NULL,
    sale    TEXT    NOT NULL, -- that is given back for; else empty
    body    BLOB    NOT NULL, -- JSON of the rest
    started TEXT    NOT NULL, -- moment
    changed TEXT    NOT NULL  -- moment
) WITHOUT ROWID;
CREATE INDEX settlement_open ON settlement (started) WHERE open = 1;
CREATE UNIQUE INDEX settlement_one ON settlement (basket, sale) WHERE open = 1 AND (basket <> '' OR sale <> '');
CREATE INDEX settlement_basket ON settlement (basket);
CREATE INDEX settlement_sale ON settlement (sale) WHERE sale <> '';

-- Sales are for good, and name no tag.
CREATE TABLE sale (
    id     TEXT PRIMARY KEY,
    number INTEGER NOT NULL, -- 0 for one with a number of the till's
    basket TEXT    NOT NULL,
    at     TEXT    NOT NULL, -- wall time
    body   BLOB    NOT NULL  -- JSON
) WITHOUT ROWID;
CREATE UNIQUE INDEX sale_number ON sale (number) WHERE number > 0;
CREATE UNIQUE INDEX sale_basket ON sale (basket) WHERE basket <> '';
CREATE INDEX sale_at ON sale (at);

-- What came back of a sale. "return" is a word of SQL's.
CREATE TABLE sale_return (
    id   TEXT PRIMARY KEY,
    sale TEXT NOT NULL,
    at   TEXT NOT NULL, -- wall time
    body BLOB NOT NULL  -- JSON
) WITHOUT ROWID;
CREATE INDEX sale_return_sale ON sale_return (sale);

-- The last number given of each series on a day; the day is empty for a series that never begins anew.
CREATE TABLE number_series (
    series TEXT    NOT NULL,
    day    TEXT    NOT NULL,
    last   INTEGER NOT NULL,
    PRIMARY KEY (series, day)
) WITHOUT ROWID;

-- Garments that were paid for and that the shop's security is to let go of. The tag is here until that is answered.
CREATE TABLE tag_release (
    id      TEXT PRIMARY KEY,
    sale    TEXT    NOT NULL,
    gtin    TEXT    NOT NULL,
    epc     BLOB    NOT NULL, -- empty once answered
    state   TEXT    NOT NULL,
    device  TEXT    NOT NULL, -- empty until asked
    tries   INTEGER NOT NULL,
    changed TEXT    NOT NULL, -- moment
    detail  TEXT    NOT NULL
) WITHOUT ROWID;
CREATE INDEX tag_release_sale ON tag_release (sale);

-- Offers of the feed.
CREATE TABLE offer (
    id      TEXT PRIMARY KEY,
    body    BLOB    NOT NULL, -- JSON
    version INTEGER NOT NULL
) WITHOUT ROWID;

-- How far each till has counted its events, and which of them have come in.
CREATE TABLE till (
    id   TEXT PRIMARY KEY,
    last INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE till_event (
    till TEXT    NOT NULL,
    id   TEXT    NOT NULL,
    seq  INTEGER NOT NULL,
    at   TEXT    NOT NULL, -- wall time
    PRIMARY KEY (till, id)
) WITHOUT ROWID;
CREATE INDEX till_event_seq ON till_event (till, seq);
CREATE INDEX till_event_at ON till_event (at);

-- What a till said that nobody understood.
CREATE TABLE dead_letter (
    number INTEGER PRIMARY KEY,
    till   TEXT NOT NULL, -- empty when the topic named none we know
    topic  TEXT NOT NULL,
    reason TEXT NOT NULL,
    body   BLOB NOT NULL,
    at     TEXT NOT NULL -- moment
);
