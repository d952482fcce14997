-- Sales and settlements are looked up by what devices call them.
CREATE INDEX sale_invoice ON sale (json_extract(CAST(body AS TEXT), '$.fiscal.invoice'));
CREATE INDEX settlement_device ON settlement (json_extract(CAST(body AS TEXT), '$.device'), begun, started);
CREATE INDEX settlement_receipt ON settlement (json_extract(CAST(body AS TEXT), '$.device'),
    coalesce(json_extract(CAST(body AS TEXT), '$.result.reference.receipt'), ''), begun, started);
