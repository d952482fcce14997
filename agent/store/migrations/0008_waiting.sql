-- A settlement may wait for its device (open = 2): it is found, and is alone for its sale, as an open one is.
CREATE INDEX settlement_waiting ON settlement (started) WHERE open = 2;
CREATE UNIQUE INDEX settlement_waits ON settlement (sale) WHERE open = 2 AND sale <> '';
