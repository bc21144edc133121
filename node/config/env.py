"""The environment as typed values; only `node.settings` reads it."""

import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

from registry.limits import NO_LIMIT
from registry.rules.levels import UnknownLevel, parse_levels

_TRUE = frozenset({"1", "true", "yes", "on"})
_CODE = re.compile(r"J\d\d")
_FALSE = frozenset({"0", "false", "no", "off", ""})


def env_str(name: str, default: str) -> str:
    return os.environ.get(name, default)


def env_bool(name: str, default: bool) -> bool:
    """Return on or off; raises ImproperlyConfigured for anything else."""
    text = os.environ.get(name)
    if text is None:
        return default
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={text!r} is neither on nor off")


def env_number(name: str, default: float, least: float = 0.001) -> float:
    """Return a number; raises ImproperlyConfigured unless it is `least` or more."""
    text = os.environ.get(name)
    if text is None:
        return default
    try:
        number = float(text)
    except ValueError:
        number = least - 1
    # Neither is a number that counts something, and NaN is not less than anything.
    if not least <= number < math.inf:
        raise ImproperlyConfigured(f"{name}={text!r} is not a number of {least:g} or more")
    return number


def env_limit(name: str) -> int:
    """Return a whole number, NO_LIMIT if unset; raises ImproperlyConfigured."""
    number = float(env_number(name, NO_LIMIT, least=NO_LIMIT))
    if not number.is_integer():
        raise ImproperlyConfigured(f"{name}={number:g} is no whole number")
    return int(number)


def env_choice(name: str, choices: tuple[str, ...], *, old_name: str | None = None) -> str:
    """Return one of `choices`, the first by default; raises ImproperlyConfigured.

    `old_name` is the former name of the variable, used if `name` is not set.
    """
    if old_name is not None and name not in os.environ and old_name in os.environ:
        name = old_name
    text = os.environ.get(name, choices[0])
    if text not in choices:
        raise ImproperlyConfigured(f"{name}={text!r} is none of {', '.join(choices)}")
    return text


def env_tokens(name: str) -> tuple[str, ...]:
    """Return a list separated by commas or blanks, in lower case."""
    return tuple(os.environ.get(name, "").lower().replace(",", " ").split())


def env_level(name: str, rule: str) -> str | None:
    """Return a rule's level, None if unset; raises ImproperlyConfigured."""
    level = os.environ.get(name) or None
    try:
        parse_levels(rule, level)
    except UnknownLevel as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error
    return level


def env_list(name: str, default: str) -> tuple[str, ...]:
    """Return a list separated by commas."""
    return tuple(filter(None, (item.strip() for item in env_str(name, default).split(","))))


def env_finding_codes(name: str, default: str) -> frozenset[str]:
    """Return a list of codes of findings; raises ImproperlyConfigured for anything else."""
    codes = frozenset(env_list(name, default))
    invalid = sorted(code for code in codes if not _CODE.fullmatch(code))
    if invalid:
        raise ImproperlyConfigured(f"{name}: {', '.join(invalid)} is no code such as J17")
    return codes


def env_urls(name: str) -> tuple[str, ...]:
    """Return a list of base URLs; raises ImproperlyConfigured for anything else."""
    urls = env_list(name, "")
    invalid = [url for url in urls if urlsplit(url).scheme not in {"http", "https"}]
    if invalid:
        raise ImproperlyConfigured(
            f"{name}: {invalid[0]!r} begins with neither http:// nor https://"
        )
    return urls


def env_public_url(name: str) -> SplitResult | None:
    """Return a URL without a slash at the end of its path; raises ImproperlyConfigured."""
    text = env_str(name, "").rstrip("/")
    if not text:
        return None
    url = urlsplit(text)
    if url.scheme not in {"http", "https"} or not url.hostname or url.query or url.fragment:
        raise ImproperlyConfigured(f"{name}={text!r} is no URL like https://host/path")
    return url


def env_secret(name: str) -> str | None:
    """Return the variable, or the content of the file named by NAME_FILE.

    Raises ImproperlyConfigured if the file cannot be read.
    """
    file = os.environ.get(f"{name}_FILE")
    if file is None:
        return os.environ.get(name)
    try:
        return Path(file).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE: {error}") from error


def kafka_properties(environ: Mapping[str, str]) -> dict[str, str]:
    """Turn KAFKA_SASL_USERNAME=… into librdkafka's `sasl.username`; NAME_FILE reads a file."""
    properties = {}
    for name, value in environ.items():
        if not name.startswith("KAFKA_"):
            continue
        if name.endswith("_FILE"):
            name = name.removesuffix("_FILE")
            value = env_secret(name) or ""
        properties[name.removeprefix("KAFKA_").lower().replace("_", ".")] = value
    return properties
