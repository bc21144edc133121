"""The dialects of JSON Schema, told by `$schema`."""

from enum import Enum
from functools import lru_cache

import jsonschema_rs

from registry.artifact_types.syntax.metaschemas import validator


class Dialect(Enum):
    """By the address of its metaschema."""

    DRAFT_4 = "http://json-schema.org/draft-04/schema"
    DRAFT_6 = "http://json-schema.org/draft-06/schema"
    DRAFT_7 = "http://json-schema.org/draft-07/schema"
    DRAFT_2019_09 = "https://json-schema.org/draft/2019-09/schema"
    DRAFT_2020_12 = "https://json-schema.org/draft/2020-12/schema"

    @property
    def id_keyword(self) -> str:
        return "id" if self is Dialect.DRAFT_4 else "$id"

    @property
    def definitions_keyword(self) -> str:
        is_newer = self in {Dialect.DRAFT_2019_09, Dialect.DRAFT_2020_12}
        return "$defs" if is_newer else "definitions"

    @property
    def ref_stands_alone(self) -> bool:
        """Whether a `$ref` hides all beside it."""
        return self in {Dialect.DRAFT_4, Dialect.DRAFT_6, Dialect.DRAFT_7}


#: Objects in one schema, of which each costs a comparison some time.
MOST_OBJECTS = 60_000

#: For schemas that name none: what Apicurio and Confluent take, too.
DEFAULT = Dialect.DRAFT_7

#: Once the address of the newest draft, whichever that was.
_NEWEST = "json-schema.org/schema"

_BY_ADDRESS = {
    **{each.value.partition("://")[2]: each for each in Dialect},
    _NEWEST: Dialect.DRAFT_2020_12,
}


def dialect_of(schema: object) -> Dialect | None:
    """None for one that is not known here."""
    named = schema.get("$schema") if isinstance(schema, dict) else None
    if named is None:
        return DEFAULT
    address = str(named).partition("://")[2].removesuffix("#")
    return _BY_ADDRESS.get(address)


@lru_cache
def metaschema(dialect: Dialect) -> jsonschema_rs.Validator:
    return validator({"$schema": dialect.value, "$ref": dialect.value})
