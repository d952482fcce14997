-- A receipt is asked for by its token, by anybody in the shop's network.
CREATE INDEX sale_token ON sale (json_extract(CAST(body AS TEXT), '$.token'));
