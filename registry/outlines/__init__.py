"""Outlines of contents for documentation pages, made by the node without a script or a request."""

from collections.abc import Callable
from importlib import import_module

from registry.outlines.model import Field, Operation, Outline, Section

__all__ = ["Field", "Operation", "Outline", "Section", "make_outline"]

#: Larger contents take seconds to read.
_MAX_BYTES = 2_000_000
_MODULES = {
    "AVRO": "avro",
    "JSON": "json_schema",
    "PROTOBUF": "protobuf",
    "KCONNECT": "kafka_connect",
    "OPENAPI": "openapi",
    "ASYNCAPI": "asyncapi",
    "GRAPHQL": "graphql",
    "XSD": "xsd",
    "WSDL": "wsdl",
}
#: What readers raise where content is not what its type promises.
_READ_ERRORS = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)


def make_outline(type_name: str, content: bytes) -> Outline | None:
    """Return the outline; None if unreadable, too large, or of a type without an outline.

    Never raises, for any bytes.
    """
    module = _MODULES.get(type_name)
    if module is None or len(content) > _MAX_BYTES:
        return None
    # Each reader is imported when it is first needed.
    read: Callable[[bytes], Outline | None] = import_module(f"{__name__}.{module}").read
    try:
        return read(content)
    except _READ_ERRORS:
        return None
