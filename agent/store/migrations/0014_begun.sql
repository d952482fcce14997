-- Which settlement was begun before which, the clock on the wall can not tell; the journal can. Of those that are there already nothing
-- else tells.
CREATE TABLE before AS SELECT * FROM settlement;
DROP TABLE settlement;
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
INSERT INTO settlement (id, open, basket, sale, body, begun, started, changed)
    SELECT id, open, basket, sale, body, 0, started, changed FROM before;
DROP TABLE before;
