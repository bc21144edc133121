"""Whole numbers in addresses, parameters, fields and settings: one parser for all of them."""

#: The greatest id, offset and time: they are 64-bit numbers with a sign.
MAX_LONG = 2**63 - 1
_MAX_DIGITS = len(str(MAX_LONG))
#: Partitions are 32-bit numbers with a sign.
MAX_PARTITION = 2**31 - 1


def parse_whole_number(text: str, maximum: int = MAX_LONG) -> int | None:
    """Return the number of ASCII digits, leading zeros allowed; None for any other text."""
    if not (text.isascii() and text.isdecimal()):
        return None
    digits = text.lstrip("0")
    # int() is slow with thousands of digits, and refuses more than 4,300.
    if len(digits) > _MAX_DIGITS:
        return None
    number = int(digits or "0")
    return number if number <= maximum else None


def parse_signed_number(text: str) -> int | None:
    """Return the number of a text as `parse_whole_number`, with a minus sign before it allowed."""
    number = parse_whole_number(text.removeprefix("-"))
    return -number if number is not None and text.startswith("-") else number
