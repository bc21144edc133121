"""The tabs of a version that only read: documentation, references, history, comparison, use."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.frame.pages import with_error_page
from dashboard.journal.filters import query_number
from dashboard.versions.client_command import LANGUAGES, client_of
from dashboard.versions.documentation import documentation as documentation_of
from dashboard.versions.documentation import outline_of
from dashboard.versions.layouts import laid_out, layouts_of, usual_layout
from dashboard.versions.page import Frame, artifact_page, frame_of
from dashboard.versions.reference_graph import Place, reference_graph
from dashboard.versions.snippets import content_address, snippets
from dashboard.versions.text_diff import side_by_side
from journal.ledger.history import artifact_history
from journal.models import LedgerRow, Outcome
from registry import queries
from registry.admission.changes import compare_versions
from registry.errors import NotFound
from registry.references import Reference

_PAGE = 50
_LAYOUTS = ("stored", "json")


@dataclass(frozen=True, slots=True)
class _Change:
    """A record of the artifact: `person` stored `version`; `before` is the version before that.

    Empty where the journal does not tell, and where that version is not there any more.
    """

    row: LedgerRow
    person: str
    version: str
    before: str | None


@require_safe
@with_error_page("Error loading documentation.")
def documentation(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    """`part` in the address is one of the parts of a long reference, from 1."""
    frame = frame_of(group_id, artifact_id, version)
    told = outline_of(frame.meta.type, _content(frame))
    part = query_number(request.GET, "part") or 1
    context = {"doc": None if told is None else documentation_of(told, part)}
    return artifact_page(request, frame, "version-documentation", context)


@require_safe
@with_error_page("Error loading references.")
def references(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    frame = frame_of(group_id, artifact_id, version)
    meta = frame.meta
    missing = queries.resolve_references(meta.references).missing
    place = (group_id, artifact_id, meta.version)
    context = {
        "graph": reference_graph(place, _needed_by, _needs, missing),
        "outbound": [(each, each in missing) for each in meta.references],
        "inbound": queries.inbound_references(group_id, artifact_id, meta.version),
    }
    return artifact_page(request, frame, "version-references", context)


def _needed_by(place: Place) -> Iterable[Reference]:
    return queries.inbound_references(*place)


def _needs(place: Place) -> Iterable[Reference]:
    try:
        return queries.version_meta_of_any_state(*place).references
    except NotFound:
        return ()


@require_safe
@with_error_page("Error loading history.")
def past(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    """Newest first; `before` in the address continues below a row's id."""
    frame = frame_of(group_id, artifact_id, version)
    found = artifact_history(group_id, artifact_id, query_number(request.GET, "before"), _PAGE + 1)
    context = {
        "rows": list(_told(frame, found[:_PAGE])),
        "older": found[_PAGE - 1].id if len(found) > _PAGE else None,
    }
    return artifact_page(request, frame, "version-history", context)


def _told(frame: Frame, rows: list[LedgerRow]) -> Iterator[_Change]:
    """The journal names a stored version by its global id alone."""
    stored = {each.global_id: each for each in frame.versions.items}
    names = [each.version for each in frame.versions.items]
    for row in rows:
        meta = stored.get(row.global_id) if row.global_id is not None else None
        is_there = meta is not None and row.outcome == Outcome.APPLIED
        before = _before(names, meta.version) if meta is not None and is_there else None
        version = row.version or (meta.version if meta else "")
        yield _Change(
            row,
            meta.created_by if meta is not None and is_there else "",
            version if version in names else "",
            before if before is not None and names.index(before) < names.index(version) else None,
        )


@require_safe
@with_error_page("Error comparing versions.")
def comparison(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    """`with` in the address is the other version, the one before this unless it is named.

    `layout` is stored or json; documents of one line are laid out unless it says otherwise.
    """
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
    layout = request.GET.get("layout") or max(map(usual_layout, texts), key=_LAYOUTS.index)
    laid = [laid_out(each, layout) for each in texts]
    shown = [text for text in laid if text is not None]
    context = {
        "other": other,
        "old": old,
        "new": new,
        "layouts": [("stored", "As stored"), ("json", "Laid out")] if _are_laid(texts) else [],
        "layout": layout if len(shown) == 2 else "stored",
        "sides": side_by_side(*(shown if len(shown) == 2 else texts)),
        "difference": compare_versions(old, new, (texts[0], texts[1])),
    }
    return artifact_page(request, frame, "version-compare", context)


def _are_laid(texts: list[bytes]) -> bool:
    return all(layouts_of(each) for each in texts)


def _before(names: list[str], version: str) -> str | None:
    at = names.index(version) if version in names else 0
    return names[at - 1] if at else next(iter(names[1:]), None)


@require_safe
@with_error_page("Error loading artifact.")
def use(request: HttpRequest, group_id: str | None, artifact_id: str, version: str) -> HttpResponse:
    """The fields of the form for a client's command, where there is one, stand in the address."""
    frame = frame_of(group_id, artifact_id, version)
    base = request.build_absolute_uri("/").rstrip("/") + request.META.get("SCRIPT_NAME", "")
    context: dict[str, object] = {"snippets": snippets(base, frame.meta)}
    if frame.meta.type == "OPENAPI":
        client = client_of(request.GET)
        command = client.command(content_address(base, frame.meta))
        context |= {"client": client, "command": command, "languages": LANGUAGES}
    return artifact_page(request, frame, "version-use", context)


def _content(frame: Frame) -> bytes:
    meta = frame.meta
    return queries.content_of_version(meta.group_id, meta.artifact_id, meta.version).content
