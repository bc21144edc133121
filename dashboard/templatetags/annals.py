"""Times, sizes, icons and addresses for templates."""

import time
from collections import Counter
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
from dashboard.versions.prose import render_prose
from journal.health.findings import SEVERITIES, Finding
from journal.models import LedgerRow, Outcome
from journal.projection.remarks import decode_remarks, to_words
from journal.wire.messages import MessageType
from registry.times import to_datetime

register = template.Library()

_STEPS = ((60, 1, "second"), (3600, 60, "minute"), (86400, 3600, "hour"), (2592000, 86400, "day"))

#: The bytes of a key or value that are shown on one line.
_MAX_BYTES = 2000

_OUTCOME_ICONS: dict[int, str] = {
    Outcome.APPLIED: "good",
    Outcome.NO_EFFECT: "none",
    Outcome.REJECTED: "bad",
    Outcome.UNDECODABLE: "bad",
}
_SEVERITY_ICONS = {"error": "bad", "warning": "warn", "info": "none"}

register.filter("group_name", group_name)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return a decorative icon; the words beside it must have the same meaning."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def base_path() -> str:
    """Return the prefix of this node's own addresses, also on the pages of a snapshot."""
    return str(settings.ANNALS_PREFIX)


@register.simple_tag(takes_context=True)
def toasts(context: template.Context) -> tuple[Toast, ...]:
    return pending_toasts(context["request"])


@register.simple_tag
def relative_time(milliseconds: int) -> SafeString:
    """Render an age, titled with the full time; a script converts the title to local time."""
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>',
        iso_time(milliseconds),
        full_time(milliseconds),
        ago(milliseconds, time.time()),
    )


@register.simple_tag
def timestamp(milliseconds: int) -> SafeString:
    """Render the full time; a script converts it to local time."""
    return format_html(
        '<time datetime="{}">{}</time>', iso_time(milliseconds), full_time(milliseconds)
    )


@register.filter
def full_time(milliseconds: int) -> str:
    time = to_datetime(milliseconds).replace(tzinfo=None)
    return f"{time.isoformat(' ', 'milliseconds')} UTC"


@register.filter
def time_of_day(milliseconds: int) -> str:
    return to_datetime(milliseconds).time().isoformat("milliseconds")


def ago(milliseconds: int, now: float) -> str:
    """Return an age in words, the date of a time beyond a month or to come; `now` is in seconds."""
    seconds = int(now - milliseconds / 1000)
    # Clocks differ by some seconds.
    if -60 < seconds < 5:
        return "just now"
    for limit, unit, name in _STEPS:
        if 0 <= seconds < limit:
            count = seconds // unit
            return f"{count} {name}{'' if count == 1 else 's'} ago"
    return to_datetime(milliseconds).date().isoformat()


@register.filter
def thousands(number: int) -> str:
    return f"{number:,}"


@register.filter
def size(count: int) -> str:
    """Return a rounded size: 999 bytes, 4.2 KB."""
    if count < 1000:
        return f"{count} byte{'' if count == 1 else 's'}"
    return f"{count / 1000:,.1f} KB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


@register.filter
def rest_path(artifact: object, version: str = "") -> str:
    """Return the path in the REST API of an object with group_id and artifact_id."""
    group = quote(group_name(getattr(artifact, "group_id", None)), safe="")
    artifact_id = quote(str(getattr(artifact, "artifact_id", "")), safe="")
    path = f"{get_script_prefix()}apis/registry/v2/groups/{group}/artifacts/{artifact_id}"
    return f"{path}/versions/{quote(version, safe='')}" if version else path


@register.simple_tag
def artifact_address(row: LedgerRow) -> str:
    """Return the address of a record's artifact."""
    group = None if row.group_id in {None, "default"} else row.group_id
    return reverse("version", args=(group, row.artifact_id, row.version or "latest"))


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, name: str, value: object) -> str:
    """Return the page's own query string with one field set, or removed for None."""
    query: QueryDict = context["request"].GET.copy()
    query.pop(name, None)
    if value is not None:
        query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def clock_difference(writer: int, record: int) -> str:
    """Compare a time of the writer's clock with the record's own time, both in ms."""
    difference = abs(record - writer)
    words = f"{difference} ms" if difference < 1000 else f"{difference / 1000:,.1f} s"
    return f"{words} {'before' if writer <= record else 'after'} the record's time"


@register.simple_tag(takes_context=True)
def add_filter(context: template.Context, name: str, value: str) -> str:
    """Return the list's own query string with one more filter."""
    return with_filter(context["request"].GET, name, value)


@register.simple_tag(takes_context=True)
def with_position(context: template.Context, name: str = "", row_id: int = 0) -> str:
    """Return the page's own query string at another position, by default the newest row."""
    query = without_position(context["request"].GET)
    if name:
        query[name] = str(row_id)
    return f"?{query.urlencode()}"


@register.filter
def iso_time(milliseconds: int) -> str:
    return to_datetime(milliseconds).isoformat(timespec="milliseconds")


@register.filter
def prose(text: str, type_name: str | None) -> SafeString:
    """Render a description in a content of the type."""
    return render_prose(text, type_name)


@register.filter
def type_label(number: int | None) -> str:
    """Return Apicurio's name of a record's type."""
    known = {kind.value: kind.label for kind in MessageType}
    return known.get(-1 if number is None else number, "unknown")


@register.filter
def allocated_id(row: LedgerRow) -> int | None:
    """Return the id allocated by a sequence record or an import."""
    return None if row.type == MessageType.COMMENT else row.result


@register.filter
def remark_words(stored: str) -> str:
    """Return the words of a ledger row's remarks."""
    return to_words(decode_remarks(stored))


@register.simple_tag
def outcome_icon(outcome: int) -> SafeString:
    return icon(_OUTCOME_ICONS.get(outcome, "warn"))


@register.simple_tag
def severity_icon(severity: str) -> SafeString:
    return icon(_SEVERITY_ICONS.get(severity, "warn"))


@register.filter
def acknowledged(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.acknowledgment is not None]


@register.filter
def unacknowledged(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.acknowledgment is None]


@register.filter
def severity_counts(findings: list[Finding]) -> list[tuple[str, str]]:
    """Count findings by severity, in words, the gravest first."""
    counts = Counter(finding.severity for finding in findings)
    words = {"error": "error", "warning": "warning", "info": "note"}
    return [
        (severity, f"{counts[severity]} {words[severity]}{'s' if counts[severity] > 1 else ''}")
        for severity in SEVERITIES
        if counts[severity]
    ]


@register.filter
def record_text(part: bytes) -> str:
    """Decode the beginning of a key or value, with escapes for unprintable characters."""
    text = part[:_MAX_BYTES].decode("utf-8", "backslashreplace")
    plain = "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in text)
    return plain if len(part) <= _MAX_BYTES else f"{plain}…"


@register.filter
def remedy_blocks(remedy: str) -> list[tuple[bool, str]]:
    """Split a remedy into (is a command, text); its commands are indented."""
    return [
        (is_command, "\n".join(line.removeprefix("  ") for line in lines))
        for is_command, lines in groupby(remedy.splitlines(), lambda line: line.startswith("  "))
    ]
