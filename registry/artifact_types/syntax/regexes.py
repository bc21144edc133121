"""Validates regular expressions of schemas, and searches with bounded effort."""

import re
from functools import lru_cache

import jsonschema_rs

#: Steps back that one search may take.
_MAX_BACKTRACKING = 10_000
_CLASS_AND_HYPHEN = re.compile(r"(\\[dDsSwW])-")
_REGEX = jsonschema_rs.validator_for({"format": "regex"}, validate_formats=True, offline=True)


def is_regex(pattern: str) -> bool:
    return bool(_REGEX.is_valid(_to_ecma(pattern)))


def matches(pattern: str, text: str) -> bool:
    """Search the text for the pattern; False for an invalid pattern, or after too many steps."""
    try:
        return bool(_pattern_validator(pattern).is_valid(text))
    except ValueError:
        return False


@lru_cache(maxsize=256)
def _pattern_validator(pattern: str) -> jsonschema_rs.Validator:
    """Compile the pattern; raises ValueError."""
    options = jsonschema_rs.FancyRegexOptions(backtrack_limit=_MAX_BACKTRACKING)
    return jsonschema_rs.validator_for(
        {"pattern": _to_ecma(pattern)}, pattern_options=options, offline=True
    )


def _to_ecma(pattern: str) -> str:
    """Escape `-` after a character class, since ECMAScript reads it literally."""
    return _CLASS_AND_HYPHEN.sub(r"\1\\-", pattern)
