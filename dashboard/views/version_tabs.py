"""The tabs of a version that only read: documentation, references, history, comparison, use."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.artifact_frame import Frame, artifact_page, frame_of
from dashboard.journal_filters import number
from dashboard.pages import page
from dashboard.side_by_side import side_by_side
from dashboard.snippets import snippets
from journal.blame import history
from journal.ruling import compared
from registry import queries
from registry.outlines import outline

_PAGE = 50


@require_safe
@page("Error loading documentation.")
def documentation(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    frame = frame_of(group_id, artifact_id, version)
    shown = outline(frame.meta.type, _content(frame))
    return artifact_page(request, frame, "version-documentation", {"outline": shown})


@require_safe
@page("Error loading references.")
def references(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    frame = frame_of(group_id, artifact_id, version)
    meta = frame.meta
    missing = queries.resolve_references(meta.references).missing
    context = {
        "outbound": [(each, each in missing) for each in meta.references],
        "inbound": queries.inbound_references(group_id, artifact_id, meta.version),
    }
    return artifact_page(request, frame, "version-references", context)


@require_safe
@page("Error loading history.")
def past(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    """Newest first; `before` in the address continues below a row's id."""
    frame = frame_of(group_id, artifact_id, version)
    found = history(group_id, artifact_id, number(request.GET, "before"), _PAGE + 1)
    people = {each.global_id: each.created_by for each in frame.versions.items}
    context = {
        "rows": [(row, people.get(row.global_id or -1, "")) for row in found[:_PAGE]],
        "older": found[_PAGE - 1].id if len(found) > _PAGE else None,
    }
    return artifact_page(request, frame, "version-history", context)


@require_safe
@page("Error comparing versions.")
def comparison(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    """`with` in the address is the other version, the one before this unless it is named."""
    frame = frame_of(group_id, artifact_id, version)
    names = [each.version for each in frame.versions.items]
    other = request.GET.get("with") or _before(names, frame.meta.version)
    if other is None:
        return artifact_page(request, frame, "version-compare", {"other": None})
    before = queries.version_meta_of_any_state(group_id, artifact_id, other)
    old, new = sorted((before, frame.meta), key=lambda each: each.global_id)
    texts = [
        queries.content_of_version(group_id, artifact_id, each.version).content
        for each in (old, new)
    ]
    context = {
        "other": other,
        "old": old,
        "new": new,
        "sides": side_by_side(texts[0], texts[1]),
        "difference": compared(old, new, (texts[0], texts[1])),
    }
    return artifact_page(request, frame, "version-compare", context)


def _before(names: list[str], version: str) -> str | None:
    at = names.index(version) if version in names else 0
    return names[at - 1] if at else next(iter(names[1:]), None)


@require_safe
@page("Error loading artifact.")
def use(request: HttpRequest, group_id: str | None, artifact_id: str, version: str) -> HttpResponse:
    frame = frame_of(group_id, artifact_id, version)
    base = request.build_absolute_uri("/").rstrip("/") + request.META.get("SCRIPT_NAME", "")
    return artifact_page(request, frame, "version-use", {"snippets": snippets(base, frame.meta)})


def _content(frame: Frame) -> bytes:
    meta = frame.meta
    return queries.content_of_version(meta.group_id, meta.artifact_id, meta.version).content
