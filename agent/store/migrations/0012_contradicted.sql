-- A settlement stays to be seen (open = 3) that its device contradicts.
CREATE INDEX settlement_contradicted ON settlement (started) WHERE open = 3;
