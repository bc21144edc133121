"""Times, sizes, icons and addresses as templates write them."""

import time
from collections import Counter
from datetime import UTC, datetime
from itertools import groupby
from urllib.parse import quote

from django import template
from django.conf import settings
from django.http import QueryDict
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.artifacts.filters import with_filter
from dashboard.frame.converters import group_name
from dashboard.frame.toasts import Toast, pending_toasts
from dashboard.journal.filters import without_position
from dashboard.versions.prose import prose as prose_of
from journal.health.findings import SEVERITIES, Finding
from journal.models import LedgerRow, Outcome
from journal.wire.messages import MessageType

register = template.Library()

_STEPS = ((60, 1, "second"), (3600, 60, "minute"), (86400, 3600, "hour"), (2592000, 86400, "day"))

#: Of a key or value, where it is shown as one line.
_SHOWN_BYTES = 2000

_OUTCOME_ICONS: dict[int, str] = {
    Outcome.APPLIED: "good",
    Outcome.NO_EFFECT: "none",
    Outcome.REFUSED: "bad",
    Outcome.UNDECODABLE: "bad",
}
_SEVERITY_ICONS = {"error": "bad", "warning": "warn", "info": "none"}

register.filter("group_name", group_name)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Decoration only: what it says stands beside it in words."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def home() -> str:
    """What all addresses of this node begin with, also where a snapshot is looked at."""
    return str(settings.ANNALS_PREFIX)


@register.simple_tag(takes_context=True)
def toasts(context: template.Context) -> tuple[Toast, ...]:
    return pending_toasts(context["request"])


@register.simple_tag
def moment(milliseconds: int) -> SafeString:
    """How long ago, with the full time as its title; a script tells both in the reader's zone."""
    when = _time(milliseconds)
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>',
        when.isoformat(timespec="milliseconds"),
        full_time(milliseconds),
        ago(milliseconds, time.time()),
    )


@register.simple_tag
def exact(milliseconds: int) -> SafeString:
    """The full time; a script tells it in the reader's zone."""
    return format_html(
        '<time datetime="{}">{}</time>', iso_time(milliseconds), full_time(milliseconds)
    )


@register.filter
def full_time(milliseconds: int) -> str:
    when = _time(milliseconds)
    return f"{when:%Y-%m-%d %H:%M:%S}.{milliseconds % 1000:03d} UTC"


@register.filter
def clock(milliseconds: int) -> str:
    return f"{_time(milliseconds):%H:%M:%S}.{milliseconds % 1000:03d}"


def ago(milliseconds: int, now: float) -> str:
    """Also beyond a month: then the date. `now` is in seconds."""
    seconds = int(now - milliseconds / 1000)
    if seconds < 5:
        return "just now"
    for limit, unit, name in _STEPS:
        if seconds < limit:
            count = seconds // unit
            return f"{count} {name}{'' if count == 1 else 's'} ago"
    return f"{_time(milliseconds):%Y-%m-%d}"


def _time(milliseconds: int) -> datetime:
    """A journal may say any number; the year 9999 is as far as a page goes."""
    bounded = min(max(milliseconds, 0), 253_402_300_799_999)
    return datetime.fromtimestamp(bounded / 1000, UTC)


@register.filter
def thousands(number: int) -> str:
    return f"{number:,}"


@register.filter
def size(count: int) -> str:
    """1,023 bytes, 4.2 KB: the exact number stands where it matters."""
    if count < 1000:
        return f"{count} byte{'' if count == 1 else 's'}"
    return f"{count / 1000:,.1f} KB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


@register.filter
def rest_path(artifact: object, version: str = "") -> str:
    """Where REST has this artifact; `artifact` has group_id and artifact_id."""
    group = quote(group_name(getattr(artifact, "group_id", None)), safe="")
    artifact_id = quote(str(getattr(artifact, "artifact_id", "")), safe="")
    path = f"{get_script_prefix()}apis/registry/v2/groups/{group}/artifacts/{artifact_id}"
    return f"{path}/versions/{quote(version, safe='')}" if version else path


@register.simple_tag
def artifact_address(row: LedgerRow) -> str:
    """The page of the artifact that a record is about."""
    group = None if row.group_id in {None, "default"} else row.group_id
    return reverse("version", args=(group, row.artifact_id, row.version or "latest"))


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, name: str, value: object) -> str:
    """The page's own query string with one field changed; None takes it away."""
    query: QueryDict = context["request"].GET.copy()
    query.pop(name, None)
    if value is not None:
        query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def clocks_apart(writer: int, record: int) -> str:
    """How far what a record's writer says is from the record's own time, both in ms."""
    apart = abs(record - writer)
    told = f"{apart} ms" if apart < 1000 else f"{apart / 1000:,.1f} s"
    return f"{told} {'before' if writer <= record else 'after'} the record's time"


@register.simple_tag(takes_context=True)
def narrow(context: template.Context, name: str, value: str) -> str:
    """The list's own query string with one thing more that must hold."""
    return with_filter(context["request"].GET, name, value)


@register.simple_tag(takes_context=True)
def with_place(context: template.Context, name: str = "", row_id: int = 0) -> str:
    """The page's own query string at another place of its list; the newest without a name."""
    query = without_position(context["request"].GET)
    if name:
        query[name] = str(row_id)
    return f"?{query.urlencode()}"


@register.filter
def iso_time(milliseconds: int) -> str:
    return _time(milliseconds).isoformat(timespec="milliseconds")


@register.filter
def prose(text: str, type_name: str | None) -> SafeString:
    """A description of a content of that type."""
    return prose_of(text, type_name)


@register.filter
def type_label(number: int | None) -> str:
    """A record's type as Apicurio names it."""
    known = {kind.value: kind.label for kind in MessageType}
    return known.get(-1 if number is None else number, "unknown")


@register.simple_tag
def outcome_icon(outcome: int) -> SafeString:
    return icon(_OUTCOME_ICONS.get(outcome, "warn"))


@register.simple_tag
def severity_icon(severity: str) -> SafeString:
    return icon(_SEVERITY_ICONS.get(severity, "warn"))


@register.filter
def acknowledged(findings: tuple[Finding, ...]) -> list[Finding]:
    return [each for each in findings if each.acknowledgment is not None]


@register.filter
def unacknowledged(findings: tuple[Finding, ...]) -> list[Finding]:
    return [each for each in findings if each.acknowledgment is None]


@register.filter
def counted(findings: list[Finding]) -> list[tuple[str, str]]:
    """How many there are of each severity, in words, the gravest first."""
    counts = Counter(each.severity for each in findings)
    words = {"error": "error", "warning": "warning", "info": "note"}
    return [
        (each, f"{counts[each]} {words[each]}{'s' if counts[each] > 1 else ''}")
        for each in SEVERITIES
        if counts[each]
    ]


@register.filter
def record_text(part: bytes) -> str:
    """A key or value as text, with escapes for what is none; a long one's beginning."""
    text = part[:_SHOWN_BYTES].decode("utf-8", "backslashreplace")
    plain = "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in text)
    return plain if len(part) <= _SHOWN_BYTES else f"{plain}…"


@register.filter
def steps(remedy: str) -> list[tuple[bool, str]]:
    """A remedy's lines as (is a command, text); commands are indented, and stand together."""
    return [
        (is_command, "\n".join(line.removeprefix("  ") for line in lines))
        for is_command, lines in groupby(remedy.splitlines(), lambda line: line.startswith("  "))
    ]
