"""Checks of names typed by administrators."""

_MAX_LENGTH = 255


def name_fault(name: str, if_missing: str) -> str:
    """Return the fault of a name, `if_missing` for an empty one; empty if the name is valid."""
    if not name:
        return if_missing
    if not name.isprintable():
        return "A name has no control characters."
    too_long = len(name) > _MAX_LENGTH
    return f"A name has at most {_MAX_LENGTH} characters." if too_long else ""
