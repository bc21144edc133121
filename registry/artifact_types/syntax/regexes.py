"""Regular expressions of schemas: whether they are any, and bounded searches for them."""

import re
from functools import lru_cache

import jsonschema_rs

#: Steps back that one search may take.
_BACKTRACKING = 10_000
_CLASS_AND_HYPHEN = re.compile(r"(\\[dDsSwW])-")
_REGEX = jsonschema_rs.validator_for({"format": "regex"}, validate_formats=True, offline=True)


def is_regex(pattern: str) -> bool:
    return bool(_REGEX.is_valid(_spelled(pattern)))


def matches(pattern: str, text: str) -> bool:
    """Whether it is found in the text; False for what is no regex, or takes too long."""
    try:
        return bool(_searching(pattern).is_valid(text))
    except ValueError:
        return False


@lru_cache(maxsize=256)
def _searching(pattern: str) -> jsonschema_rs.Validator:
    """Raises ValueError."""
    options = jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACKING)
    return jsonschema_rs.validator_for(
        {"pattern": _spelled(pattern)}, pattern_options=options, offline=True
    )


def _spelled(pattern: str) -> str:
    """As ECMAScript reads it, where `-` after a class of signs stands for itself."""
    return _CLASS_AND_HYPHEN.sub(r"\1\\-", pattern)
