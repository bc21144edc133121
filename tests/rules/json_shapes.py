"""What a pair of JSON Schemas is."""

from dataclasses import dataclass
from typing import Any

#: No value: nothing breaks.
NOTHING: Any = object()


@dataclass(frozen=True)
class Pair:
    """`lost` is a value that `before` takes and `after` refuses, `gained` the other way round.

    NOTHING where there is none: then the one side takes all that the other does.
    """

    reason: str
    before: Any
    after: Any
    lost: Any
    gained: Any


def thing(properties: Any = None, **more: Any) -> Any:
    """An open object."""
    named = {} if properties is None else {"properties": properties}
    return {"type": "object", **named, **more}


def closed(properties: Any, **more: Any) -> Any:
    return thing(properties, additionalProperties=False, **more)
