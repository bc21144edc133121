"""The list of artifacts, with its search, filters, order and page in the address."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from dashboard.artifacts.filters import filter_chips, parse_filters, with_filter
from dashboard.artifacts.search_marks import content_match, highlight_terms, snippet
from dashboard.frame.converters import artifact_key, group_name
from dashboard.frame.pages import current_snapshot, render_page, with_error_page
from dashboard.frame.paging import Page, parse_page
from journal.search.criteria import ArtifactQuery, SortOrder
from journal.search.hits import ArtifactHit
from journal.search.search import find_artifacts
from journal.search.text import Term
from registry.artifact_types import ARTIFACT_TYPES
from registry.errors import NotFound
from registry.models import State
from registry.queries import VersionMeta, group_names, version_meta_by_global_id
from registry.whole_numbers import parse_whole_number

_SIZE = 30
#: The number of groups that the menu offers.
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
    """An artifact with the search terms marked; `key` is its value in a form."""

    artifact: ArtifactHit
    key: str
    title: SafeString
    group: SafeString
    artifact_id: SafeString
    description: SafeString
    labels: list[tuple[SafeString, str]]
    content_match: SafeString


@require_safe
@with_error_page("Error loading artifacts.")
def show(request: HttpRequest) -> HttpResponse:
    query = request.GET
    filters, page = parse_filters(query), parse_page(query, _SIZE)
    sort = query.get("sort", "") if query.get("sort") in _SORTS else ""
    order = SortOrder(sort) if sort else SortOrder.RELEVANCE
    result = find_artifacts(filters, order, offset=page.offset, limit=_SIZE)
    if not result.items and result.count:
        # The list shrank since its pages were counted.
        page = Page(page.count_pages(result.count), _SIZE)
        result = find_artifacts(filters, order, offset=page.offset, limit=_SIZE)
    names = [group_name(group_id) for group_id in group_names(_GROUPS + 1)]
    context = {
        "rows": [_row(hit, result.terms, query) for hit in result.items],
        "filters": filters,
        "result": result,
        "chips": filter_chips(query, filters),
        "groups": names[:_GROUPS],
        "has_more_groups": len(names) > _GROUPS,
        "types": [known.name for known in ARTIFACT_TYPES],
        "states": [(state, state.lower()) for state in State.values],
        "sort": sort,
        "sorts": _SORTS.items(),
        "labels": [label for label in query.getlist("labels") if label.strip()],
        "properties": [text for text in query.getlist("property") if text.strip()],
        "since": query.get("since", ""),
        "is_filtered": filters != ArtifactQuery(),
        "is_behind": bool(result.unsearched) and current_snapshot(request) is None,
        "by_global_id": _find_by_global_id(filters.text.strip()),
        **page.context(result.count),
    }
    return render_page(request, "artifacts", context)


def _row(hit: ArtifactHit, terms: tuple[Term, ...], query: QueryDict) -> _Row:
    return _Row(
        artifact=hit,
        key=artifact_key(hit.group_id, hit.artifact_id),
        title=highlight_terms(hit.name or hit.artifact_id, terms),
        group=highlight_terms(group_name(hit.group_id), terms),
        artifact_id=highlight_terms(hit.artifact_id, terms),
        description=snippet(hit.description or "", terms),
        labels=[
            (highlight_terms(label, terms), with_filter(query, "labels", label))
            for label in hit.labels
        ],
        content_match=content_match(hit, terms) if terms else SafeString(),
    )


def _find_by_global_id(text: str) -> VersionMeta | None:
    number = parse_whole_number(text)
    if number is None:
        return None
    try:
        return version_meta_by_global_id(number)
    except NotFound:
        return None
