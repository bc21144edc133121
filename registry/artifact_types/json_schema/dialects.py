"""Defines the dialects of JSON Schema, named by `$schema`."""

from enum import Enum
from functools import lru_cache

import jsonschema_rs

from registry.artifact_types.syntax.metaschemas import build_validator


class Dialect(Enum):
    """A dialect, from the oldest to the newest; the value is the address of its metaschema."""

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
        """Check if a `$ref` hides the keywords beside it."""
        return self in {Dialect.DRAFT_4, Dialect.DRAFT_6, Dialect.DRAFT_7}

    @property
    def contains_evaluates(self) -> bool | None:
        """Check if items matching `contains` are evaluated; None if validators disagree."""
        if self is Dialect.DRAFT_2019_09:
            # Not by the specification, and yet by some validators.
            return None
        return self is Dialect.DRAFT_2020_12

    def comes_before(self, keyword: str) -> bool:
        """Check if the keyword is of a later dialect; validators ignore it in this one."""
        first = _FIRST_DIALECTS.get(keyword, Dialect.DRAFT_4)
        return _ORDER.index(self) < _ORDER.index(first)

    def knows(self, keyword: str) -> bool:
        """Check if all validators apply the keyword; True for one of no dialect."""
        last = _LAST_DIALECTS.get(keyword, Dialect.DRAFT_2020_12)
        return not self.comes_before(keyword) and _ORDER.index(self) <= _ORDER.index(last)


_ORDER = list(Dialect)
_FIRST_DIALECTS = {
    **dict.fromkeys(("const", "contains", "propertyNames"), Dialect.DRAFT_6),
    **dict.fromkeys(("if", "then", "else", "contentEncoding", "contentMediaType"), Dialect.DRAFT_7),
    **dict.fromkeys(
        (
            "$recursiveRef",
            "dependentRequired",
            "dependentSchemas",
            "maxContains",
            "minContains",
            "unevaluatedItems",
            "unevaluatedProperties",
        ),
        Dialect.DRAFT_2019_09,
    ),
    **dict.fromkeys(("$dynamicRef", "prefixItems"), Dialect.DRAFT_2020_12),
}
# Some validators go on applying these.
_LAST_DIALECTS = {
    "dependencies": Dialect.DRAFT_7,
    "additionalItems": Dialect.DRAFT_2019_09,
    "$recursiveRef": Dialect.DRAFT_2019_09,
}

#: Objects in one schema, of which each costs a comparison some time.
MAX_OBJECTS = 60_000

#: For schemas that name none, as in Apicurio and Confluent.
DEFAULT = Dialect.DRAFT_7

#: In older drafts the address of the newest draft, whichever that was.
_NEWEST = "json-schema.org/schema"

_BY_ADDRESS = {
    **{dialect.value.partition("://")[2]: dialect for dialect in Dialect},
    _NEWEST: Dialect.DRAFT_2020_12,
}


def detect_dialect(schema: object) -> Dialect | None:
    """Return the dialect named by a schema, else the default; None for an unknown one."""
    name = schema.get("$schema") if isinstance(schema, dict) else None
    if name is None:
        return DEFAULT
    return _BY_ADDRESS.get(str(name).partition("://")[2].removesuffix("#"))


@lru_cache
def load_metaschema(dialect: Dialect) -> jsonschema_rs.Validator:
    return build_validator({"$schema": dialect.value, "$ref": dialect.value})
