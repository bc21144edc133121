"""What documentation pages show of a content: drawn by the node, without a script or a request."""

from collections.abc import Callable
from importlib import import_module

from registry.outlines.model import Field, Operation, Outline, Section

__all__ = ["Field", "Operation", "Outline", "Section", "make_outline"]

#: Larger contents take seconds to read.
_MOST_BYTES = 2_000_000
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
#: What readers stumble over where content is not what its type promises.
_STUMBLES = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)


def make_outline(type_name: str, content: bytes) -> Outline | None:
    """None for what can't be read, is too large, or is of a type that has nothing to tell.

    Never raises, whatever the bytes are.
    """
    module = _MODULES.get(type_name)
    if module is None or len(content) > _MOST_BYTES:
        return None
    # Each reader loads what it needs when it is first asked.
    read: Callable[[bytes], Outline | None] = import_module(f"{__name__}.{module}").read
    try:
        return read(content)
    except _STUMBLES:
        return None
