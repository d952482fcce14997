-- What was written by a clock that nobody vouched for, until somebody does.
CREATE TABLE undated (
    relation TEXT NOT NULL,
    id       TEXT NOT NULL,
    quality  TEXT NOT NULL, -- of the clock it was written by
    PRIMARY KEY (relation, id)
) WITHOUT ROWID;
