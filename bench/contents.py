"""The artifacts of the bench: small, distinct Avro records with searchable names."""

_NAMES = ("order", "invoice", "customer", "payment", "shipment", "refund", "product", "address")
_SCHEMA = (
    '{"type":"record","name":"@","namespace":"bench","fields":['
    '{"name":"id","type":"long"},{"name":"note","type":["null","string"],"default":null},'
    '{"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}}]}'
)


def name(number: int) -> str:
    return f"{_NAMES[number % len(_NAMES)]}-{number}"


def schema(number: int) -> bytes:
    return _SCHEMA.replace("@", name(number).replace("-", "_")).encode()
