-- Events of tills are forgotten in the order they came; an index over the time would cost more than all else here.
CREATE TABLE before AS SELECT till, id, seq, at FROM till_event;
DROP TABLE till_event;
CREATE TABLE till_event (
    number INTEGER PRIMARY KEY, -- in the order they came
    till   TEXT    NOT NULL,
    id     BLOB    NOT NULL, -- a UUID as its 16 bytes, anything else as it is written
    seq    INTEGER NOT NULL,
    at     TEXT    NOT NULL -- wall time
);
CREATE UNIQUE INDEX till_event_id ON till_event (till, id);
CREATE INDEX till_event_seq ON till_event (till, seq);
INSERT OR IGNORE INTO till_event (till, id, seq, at) -- a UUID in capital letters is the same by now
    SELECT till, CASE WHEN length(id) = 36 THEN coalesce(unhex(replace(id, '-', '')), CAST(id AS BLOB)) ELSE CAST(id AS BLOB) END, seq, at
    FROM before ORDER BY at, seq;
DROP TABLE before;
