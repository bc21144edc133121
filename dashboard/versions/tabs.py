"""The read-only tabs of a version: documentation, references, history, compare, use."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.frame.pages import with_error_page
from dashboard.journal.filters import query_number
from dashboard.versions.client_command import LANGUAGES, parse_client_options
from dashboard.versions.documentation import cached_outline, documentation_part
from dashboard.versions.layouts import available_layouts, default_layout, lay_out
from dashboard.versions.page import load_version_page, render_tab
from dashboard.versions.reference_graph import VersionKey, reference_graph
from dashboard.versions.snippets import client_snippets, version_url
from journal.ledger.history import artifact_history
from journal.models import LedgerRow, Outcome
from registry import queries
from registry.admission.changes import compare_versions
from registry.checking import side_by_side
from registry.errors import NotFound
from registry.references import Reference

_PAGE_SIZE = 50
_LAYOUTS = ("stored", "json")


@dataclass(frozen=True, slots=True)
class _HistoryEntry:
    """A record of the artifact: `person` stored `version`, after the version `before`.

    Values are empty if the journal lacks them, or if that version no longer exists.
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
    """Show the documentation; `part` is a part of a long one, from 1."""
    page = load_version_page(group_id, artifact_id, version)
    content = queries.content_of_version(group_id, artifact_id, page.meta.version).content
    outline = cached_outline(page.meta.type, content)
    number = query_number(request.GET, "part") or 1
    context = {"doc": None if outline is None else documentation_part(outline, number)}
    return render_tab(request, page, "version-documentation", context)


@require_safe
@with_error_page("Error loading references.")
def references(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    page = load_version_page(group_id, artifact_id, version)
    meta = page.meta
    missing = queries.resolve_references(meta.references).missing

    def inbound(key: VersionKey) -> Iterable[Reference]:
        return queries.inbound_references(*key)

    def outbound(key: VersionKey) -> Iterable[Reference]:
        try:
            return queries.version_meta_of_any_state(*key).references
        except NotFound:
            return ()

    key = (group_id, artifact_id, meta.version)
    context = {
        "graph": reference_graph(key, inbound, outbound, missing),
        "outbound": [(reference, reference in missing) for reference in meta.references],
        "inbound": queries.inbound_references(*key),
    }
    return render_tab(request, page, "version-references", context)


@require_safe
@with_error_page("Error loading history.")
def history(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    """List the artifact's records, newest first; `before` continues below a row's id."""
    page = load_version_page(group_id, artifact_id, version)
    before = query_number(request.GET, "before")
    rows = artifact_history(group_id, artifact_id, before, _PAGE_SIZE + 1)
    # The journal names a stored version by its global id alone.
    by_global_id = {meta.global_id: meta for meta in page.versions.items}
    names = [meta.version for meta in page.versions.items]
    entries = []
    for row in rows[:_PAGE_SIZE]:
        meta = by_global_id.get(row.global_id) if row.global_id is not None else None
        name, person, previous = row.version or (meta.version if meta else ""), "", None
        if meta is not None and row.outcome == Outcome.APPLIED:
            person, previous = meta.created_by, _neighbor(names, meta.version)
        if previous is not None and names.index(previous) > names.index(name):
            previous = None
        entries.append(_HistoryEntry(row, person, name if name in names else "", previous))
    older = rows[_PAGE_SIZE - 1].id if len(rows) > _PAGE_SIZE else None
    context = {"entries": entries, "older": older}
    return render_tab(request, page, "version-history", context)


@require_safe
@with_error_page("Error comparing versions.")
def compare(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    """Compare with the version `with`, by default the previous one.

    `layout` is stored or json; by default documents on one line are laid out.
    """
    page = load_version_page(group_id, artifact_id, version)
    names = [meta.version for meta in page.versions.items]
    compared = request.GET.get("with") or _neighbor(names, page.meta.version)
    if compared is None:
        return render_tab(request, page, "version-compare", {"other": None})
    compared_meta = queries.version_meta_of_any_state(group_id, artifact_id, compared)
    old, new = sorted((compared_meta, page.meta), key=lambda meta: meta.global_id)
    texts = [
        queries.content_of_version(group_id, artifact_id, meta.version).content
        for meta in (old, new)
    ]
    layout = request.GET.get("layout") or max(map(default_layout, texts), key=_LAYOUTS.index)
    laid = [text for text in (lay_out(text, layout) for text in texts) if text is not None]
    has_layouts = all(available_layouts(text) for text in texts)
    context = {
        "other": compared,
        "old": old,
        "new": new,
        "layouts": [("stored", "As stored"), ("json", "Laid out")] if has_layouts else [],
        "layout": layout if len(laid) == 2 else "stored",
        "sides": side_by_side(*(laid if len(laid) == 2 else texts)),
        "difference": compare_versions(old, new, (texts[0], texts[1])),
    }
    return render_tab(request, page, "version-compare", context)


def _neighbor(names: list[str], version: str) -> str | None:
    """Return the previous version, or for the first one the next."""
    index = names.index(version) if version in names else 0
    return names[index - 1] if index else next(iter(names[1:]), None)


@require_safe
@with_error_page("Error loading artifact.")
def client_code(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    """Show snippets for clients; the form for a generated client fills the address."""
    page = load_version_page(group_id, artifact_id, version)
    base = request.build_absolute_uri("/").rstrip("/") + request.META.get("SCRIPT_NAME", "")
    context: dict[str, object] = {"snippets": client_snippets(base, page.meta)}
    if page.meta.type == "OPENAPI":
        options = parse_client_options(request.GET)
        command = options.command(version_url(base, page.meta))
        context |= {"client": options, "command": command, "languages": LANGUAGES}
    return render_tab(request, page, "version-use", context)
