"""The list of artifacts: search, order and place stand in the address."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_safe

from dashboard.converters import group_name
from dashboard.pages import page, render_page
from dashboard.paging import Place, place_of
from registry.artifact_types import ARTIFACT_TYPES
from registry.errors import NotFound
from registry.queries import (
    ArtifactFilter,
    ArtifactSummary,
    Order,
    OrderBy,
    Page,
    VersionMeta,
    groups,
    search_artifacts,
    version_meta_by_global_id,
)

_SIZE = 30
_SORTS = {
    "name": ("Name, A to Z", OrderBy.NAME, Order.ASC),
    "-name": ("Name, Z to A", OrderBy.NAME, Order.DESC),
    "newest": ("Newest first", OrderBy.CREATED_ON, Order.DESC),
    "oldest": ("Oldest first", OrderBy.CREATED_ON, Order.ASC),
}


@require_safe
@page("Error loading artifacts.")
def show(request: HttpRequest) -> HttpResponse:
    query = request.GET
    where, sort = _filter(query), query.get("sort", "name")
    place = place_of(query, _SIZE)
    found = _search(where, sort, place)
    if not found.items and found.count:
        place = Place(place.pages(found.count), _SIZE)
        found = _search(where, sort, place)
    context = {
        "rows": found.items,
        "text": query.get("q", ""),
        "group": where.group,
        "groups": [group_name(each.group_id) for each in groups()],
        "type": where.type,
        "types": [known.name for known in ARTIFACT_TYPES],
        "sort": sort,
        "sorts": [(name, label) for name, (label, *_) in _SORTS.items()],
        "is_filtered": where != ArtifactFilter(),
        "by_global_id": _by_global_id(query.get("q", "").strip()),
        **place.context(found.count),
    }
    return render_page(request, "artifacts", context)


def _filter(query: QueryDict) -> ArtifactFilter:
    return ArtifactFilter(
        text=query.get("q", "").strip(),
        group=query.get("group", ""),
        type=query.get("type", ""),
    )


def _search(where: ArtifactFilter, sort: str, place: Place) -> Page[ArtifactSummary]:
    _, order_by, order = _SORTS.get(sort, _SORTS["name"])
    return search_artifacts(
        where, order_by=order_by, order=order, offset=place.offset, limit=place.size
    )


def _by_global_id(text: str) -> VersionMeta | None:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    try:
        return version_meta_by_global_id(int(text))
    except NotFound:
        return None
