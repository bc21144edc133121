"""The list of artifacts: search, filters, order and place stand in the address."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from dashboard.artifacts.filters import chips_of, narrowed, sought_of
from dashboard.artifacts.search_marks import elsewhere, excerpt, marked
from dashboard.frame.converters import artifact_key, group_name
from dashboard.frame.pages import page, render_page, snapshot_of
from dashboard.frame.paging import Place, place_of
from journal.search.criteria import ArtifactQuery, SortOrder
from journal.search.hits import ArtifactHit
from journal.search.search import SearchResult, find_artifacts
from journal.search.text import Term
from registry.artifact_types import ARTIFACT_TYPES
from registry.errors import NotFound
from registry.models import State
from registry.queries import VersionMeta, group_names, version_meta_by_global_id

_SIZE = 30
#: So many groups are offered to choose from.
_GROUPS = 50
_SORTS = {
    "": "Best match, or by name",
    SortOrder.NAME.value: "Name, A to Z",
    SortOrder.NAME_DOWN.value: "Name, Z to A",
    SortOrder.NEWEST.value: "Newest first",
    SortOrder.OLDEST.value: "Oldest first",
    SortOrder.MODIFIED.value: "Recently modified",
}


@dataclass(frozen=True, slots=True)
class _Row:
    """An artifact with the hits of the search marked; `key` names it in a form."""

    it: ArtifactHit
    key: str
    title: SafeString
    group: SafeString
    artifact_id: SafeString
    description: SafeString
    labels: list[tuple[SafeString, str]]
    elsewhere: SafeString


@require_safe
@page("Error loading artifacts.")
def show(request: HttpRequest) -> HttpResponse:
    query = request.GET
    sought, place = sought_of(query), place_of(query, _SIZE)
    sort = query.get("sort", "") if query.get("sort") in _SORTS else ""
    found = _found(sought, sort, place)
    if not found.items and found.count:
        place = Place(place.pages(found.count), _SIZE)
        found = _found(sought, sort, place)
    names = [group_name(each) for each in group_names(_GROUPS + 1)]
    context = {
        "rows": [_row(each, found.terms, query) for each in found.items],
        "sought": sought,
        "found": found,
        "chips": chips_of(query, sought),
        "groups": names[:_GROUPS],
        "has_more_groups": len(names) > _GROUPS,
        "types": [known.name for known in ARTIFACT_TYPES],
        "states": [(each, each.lower()) for each in State.values],
        "sort": sort,
        "sorts": _SORTS.items(),
        "labels": [each for each in query.getlist("labels") if each.strip()],
        "properties": [each for each in query.getlist("property") if each.strip()],
        "since": query.get("since", ""),
        "is_filtered": sought != ArtifactQuery(),
        "is_behind": bool(found.unsearched) and snapshot_of(request) is None,
        "by_global_id": _by_global_id(sought.text.strip()),
        **place.context(found.count),
    }
    return render_page(request, "artifacts", context)


def _found(sought: ArtifactQuery, sort: str, place: Place) -> SearchResult:
    order = SortOrder(sort) if sort else SortOrder.RELEVANCE
    return find_artifacts(sought, order, offset=place.offset, limit=place.size)


def _row(row: ArtifactHit, terms: tuple[Term, ...], query: QueryDict) -> _Row:
    group = group_name(row.group_id)
    return _Row(
        it=row,
        key=artifact_key(row.group_id, row.artifact_id),
        title=marked(row.name or row.artifact_id, terms),
        group=marked(group, terms),
        artifact_id=marked(row.artifact_id, terms),
        description=excerpt(row.description or "", terms),
        labels=[(marked(each, terms), narrowed(query, "labels", each)) for each in row.labels],
        elsewhere=elsewhere(row, terms) if terms else SafeString(),
    )


def _by_global_id(text: str) -> VersionMeta | None:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    try:
        return version_meta_by_global_id(int(text))
    except NotFound:
        return None
