-- Words with an accent are found as they are written too.
INSERT OR IGNORE INTO search_due SELECT DISTINCT product FROM item;
