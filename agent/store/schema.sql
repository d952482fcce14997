-- The journal. seq is its own order; (epoch, lane, lane_seq) is the order the central service knows. There is no unique index
-- on the latter on purpose: see milestone. The store appends by one writer, which counts.
CREATE TABLE journal (
    seq         INTEGER PRIMARY KEY,
    epoch       TEXT    NOT NULL,
    lane        TEXT    NOT NULL,
    lane_seq    INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    subject     TEXT    NOT NULL,
    body        BLOB    NOT NULL, -- JSON; empty once forgotten
    body_sha256 BLOB    NOT NULL, -- of the body as it was written
    at          TEXT    NOT NULL, -- wall time, UTC, fixed width
    boot        TEXT    NOT NULL,
    mono        INTEGER NOT NULL, -- nanoseconds since that boot
    clock       TEXT    NOT NULL  -- quality of the wall time
);
-- The lanes that are thinned out by age. Facts do not pay for these indexes.
CREATE INDEX journal_local ON journal (at) WHERE lane = 'local';
CREATE INDEX journal_observations ON journal (seq) WHERE lane = 'observations';

-- After journal row seq the lane had come as far as lane_seq. One per lane with every 64th journal row.
CREATE TABLE milestone (
    epoch    TEXT    NOT NULL,
    lane     TEXT    NOT NULL,
    lane_seq INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (epoch, lane, lane_seq)
) WITHOUT ROWID;

-- The lives of this journal, the last one is the present.
CREATE TABLE epoch (
    number  INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    machine TEXT NOT NULL,
    reason  TEXT NOT NULL,
    began   TEXT NOT NULL -- moment
);

-- How far the central service has acknowledged a lane.
CREATE TABLE acked (
    epoch    TEXT    NOT NULL,
    lane     TEXT    NOT NULL,
    lane_seq INTEGER NOT NULL,
    PRIMARY KEY (epoch, lane)
) WITHOUT ROWID;

-- Places in other people's streams, and in our own.
CREATE TABLE cursor (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- What clients wanted done and what they were answered, for when they ask again.
CREATE TABLE command (
    id      TEXT PRIMARY KEY,
    request BLOB NOT NULL, -- SHA-256 of its JSON
    result  BLOB NOT NULL, -- JSON
    at      TEXT NOT NULL  -- wall time
) WITHOUT ROWID;

CREATE TABLE visit (
    id           TEXT PRIMARY KEY,
    room         TEXT    NOT NULL,
    opened       TEXT    NOT NULL, -- moment
    last_active  TEXT    NOT NULL, -- moment
    ended        TEXT    NOT NULL, -- moment, empty while open
    end_reason   TEXT    NOT NULL, -- empty while open
    journal_from INTEGER NOT NULL  -- no journal row about the visit has a lower seq
) WITHOUT ROWID;
CREATE UNIQUE INDEX visit_open ON visit (room) WHERE end_reason = '';

-- Garments in rooms. A few hundred at most, so that a scan costs less than what an index would add to every change.
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

-- Garments that hung in a room until a moment ago. Kept for minutes.
CREATE TABLE trail (
    epc         BLOB PRIMARY KEY,
    room        TEXT    NOT NULL,
    left_at     TEXT    NOT NULL, -- moment
    left_behind INTEGER NOT NULL,
    piled       INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE request (
    id        TEXT PRIMARY KEY,
    visit     TEXT    NOT NULL,
    room      TEXT    NOT NULL,
    want      TEXT    NOT NULL,
    for_item  TEXT    NOT NULL,
    state     TEXT    NOT NULL,
    closed    INTEGER NOT NULL,
    by_staff  TEXT    NOT NULL, -- empty unless open and taken
    by_name   TEXT    NOT NULL,
    made      TEXT    NOT NULL, -- moment
    changed   TEXT    NOT NULL, -- moment
    escalated INTEGER NOT NULL,
    version   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX request_open ON request (want) WHERE closed = 0;
CREATE INDEX request_visit ON request (visit);

CREATE TABLE staff_call (
    id       TEXT PRIMARY KEY,
    visit    TEXT NOT NULL,
    room     TEXT NOT NULL,
    made     TEXT NOT NULL, -- moment
    answered TEXT NOT NULL  -- moment, empty while somebody waits
) WITHOUT ROWID;
CREATE INDEX staff_call_open ON staff_call (made) WHERE answered = '';

-- The catalogue is filled by the feed and by nothing else; version is the feed's.
CREATE TABLE product (
    id      TEXT PRIMARY KEY,
    body    BLOB    NOT NULL, -- JSON
    version INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE item (
    gtin    TEXT PRIMARY KEY,
    product TEXT    NOT NULL, -- may arrive before its product
    body    BLOB    NOT NULL, -- JSON
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX item_product ON item (product);

CREATE TABLE price (
    gtin         TEXT    NOT NULL,
    valid_from   TEXT    NOT NULL, -- wall time; year 1 for always
    valid_to     TEXT,             -- wall time, first moment it is no longer valid
    minor        INTEGER NOT NULL,
    currency     TEXT    NOT NULL,
    lowest_prior INTEGER,          -- minor
    vat_rate     INTEGER NOT NULL, -- basis points
    version      INTEGER NOT NULL, -- the same for all rows of an item
    PRIMARY KEY (gtin, valid_from)
) WITHOUT ROWID;

CREATE TABLE stock (
    gtin      TEXT PRIMARY KEY,
    quantity  INTEGER NOT NULL, -- by the feed
    corrected INTEGER,          -- by somebody who looked, until the feed says something newer
    sold      INTEGER NOT NULL, -- since the later of the two
    version   INTEGER NOT NULL
) WITHOUT ROWID;

-- Pictures named by products and items. The files are in the folder pictures.
CREATE TABLE picture (
    sha256 TEXT PRIMARY KEY, -- hex
    state  TEXT    NOT NULL, -- missing, present, or gone to make room
    main   INTEGER NOT NULL, -- a product or an item shows it first
    bytes  INTEGER NOT NULL, -- 0 for one that never came, was given up or never was measured
    needed TEXT    NOT NULL  -- wall time it was last looked at, roughly; empty for never
) WITHOUT ROWID;
CREATE INDEX picture_missing ON picture (main DESC, needed DESC, sha256) WHERE state = 'missing';

-- What items are found by. The lower the number, the sooner an item is found: of every product one comes first, then of every
-- product that has more a second one, and so on. The number is the place among its product's times 2^32, plus the product's own. Words
-- with an accent are there as they are written, too: see spelling.go.
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

-- Products whose items are to be indexed, before anything else where nothing finds them, because the program could not do it when they
-- came.
CREATE TABLE search_due (
    product TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE kiosk_session (
    kiosk    TEXT PRIMARY KEY,
    language TEXT NOT NULL,
    visit    TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE staff_session (
    token_hash BLOB PRIMARY KEY,
    staff      TEXT NOT NULL,
    expires    TEXT NOT NULL -- wall time
) WITHOUT ROWID;

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

-- What the scanner of a kiosk was last shown, as long as the kiosk shows it. The text of the code is nowhere.
CREATE TABLE kiosk_scan (
    kiosk TEXT PRIMARY KEY,
    id    TEXT NOT NULL, -- another one for each showing
    kind  TEXT NOT NULL,
    gtin  TEXT NOT NULL, -- of an item; else empty
    visit TEXT NOT NULL, -- empty for nobody
    at    TEXT NOT NULL  -- moment
) WITHOUT ROWID;

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
    begun   INTEGER NOT NULL, -- the journal row that tells of it first; 0: of before there was this column
    started TEXT    NOT NULL, -- moment
    changed TEXT    NOT NULL  -- moment
) WITHOUT ROWID;
CREATE INDEX settlement_open ON settlement (begun) WHERE open = 1;
CREATE UNIQUE INDEX settlement_one ON settlement (basket, sale) WHERE open = 1 AND (basket <> '' OR sale <> '');
CREATE INDEX settlement_waiting ON settlement (begun) WHERE open = 2;
CREATE UNIQUE INDEX settlement_waits ON settlement (sale) WHERE open = 2 AND sale <> '';
CREATE INDEX settlement_contradicted ON settlement (begun) WHERE open = 3;
CREATE INDEX settlement_basket ON settlement (basket);
CREATE INDEX settlement_sale ON settlement (sale) WHERE sale <> '';
CREATE INDEX settlement_device ON settlement (json_extract(CAST(body AS TEXT), '$.device'), begun, started);
CREATE INDEX settlement_receipt ON settlement (json_extract(CAST(body AS TEXT), '$.device'),
    coalesce(json_extract(CAST(body AS TEXT), '$.result.reference.receipt'), ''), begun, started);

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
CREATE INDEX sale_token ON sale (json_extract(CAST(body AS TEXT), '$.token'));
CREATE INDEX sale_invoice ON sale (json_extract(CAST(body AS TEXT), '$.fiscal.invoice'));

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
    number INTEGER PRIMARY KEY, -- in the order they came
    till   TEXT    NOT NULL,
    id     BLOB    NOT NULL, -- a UUID as its 16 bytes, anything else as it is written
    seq    INTEGER NOT NULL,
    at     TEXT    NOT NULL -- wall time
);
CREATE UNIQUE INDEX till_event_id ON till_event (till, id);
CREATE INDEX till_event_seq ON till_event (till, seq);

-- What a till said that nobody understood.
CREATE TABLE dead_letter (
    number INTEGER PRIMARY KEY,
    till   TEXT NOT NULL, -- empty when the topic named none we know
    topic  TEXT NOT NULL,
    reason TEXT NOT NULL,
    body   BLOB NOT NULL,
    at     TEXT NOT NULL -- moment
);

-- What a checkout kiosk remembers beside its basket.
CREATE TABLE desk (
    kiosk TEXT PRIMARY KEY,
    body  BLOB NOT NULL -- JSON
) WITHOUT ROWID;

-- Pieces that came back and whose tags are not the shop's again yet. No tag is named.
CREATE TABLE take_back (
    id    TEXT PRIMARY KEY,
    sale  TEXT NOT NULL,
    gtin  TEXT NOT NULL,
    since TEXT NOT NULL -- moment
) WITHOUT ROWID;

-- What was written by a clock that nobody vouched for, until somebody does.
CREATE TABLE undated (
    relation TEXT NOT NULL,
    id       TEXT NOT NULL,
    quality  TEXT NOT NULL, -- of the clock it was written by
    PRIMARY KEY (relation, id)
) WITHOUT ROWID;
