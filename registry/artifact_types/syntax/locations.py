"""Compares the spellings of locations: paths and addresses."""

import posixpath
import re
from urllib.parse import unquote

_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://[^/?#]*", re.IGNORECASE)
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def plain_location(location: str) -> str:
    """Return the normalized form of a location (RFC 3986, section 6.2).

    Scheme and host are in lower case, without the scheme's own port; the path has no percent
    signs, and no steps `.` and `..` as far as they lead to something.
    """
    origin, path = "", location
    if match := _ORIGIN.match(location):
        origin = match[0].lower().removesuffix(_DEFAULT_PORTS.get(match[1].lower(), ""))
        path = location[match.end() :] or "/"
    path, mark, query = path.partition("?")
    return f"{origin}{posixpath.normpath(unquote(path))}{mark}{query}"
