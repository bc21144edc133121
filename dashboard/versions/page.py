"""What all pages of one version share: whose it is, which versions there are, and the tabs."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from access.caller import AccessDenied
from access.middleware import get_caller
from access.ownership import require_artifact_owner
from dashboard.frame.converters import group_name
from dashboard.frame.pages import render_page
from registry import queries
from registry.queries import Page, VersionMeta

#: The version of an address that is whichever is the latest, whatever its state.
LATEST = "latest"
#: Versions that a page lists.
_LISTED = 200
#: Names of addresses, with the words on the tabs.
_TABS = (
    ("version", "Overview"),
    ("version-documentation", "Documentation"),
    ("version-references", "References"),
    ("version-rules", "Rules"),
    ("version-comments", "Comments"),
    ("version-history", "History"),
    ("version-compare", "Compare"),
    ("version-use", "Use"),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """`version` is as the address has it: a version, or the word for the latest."""

    meta: VersionMeta
    version: str
    #: The newest ones, oldest first.
    versions: Page[VersionMeta]

    @property
    def place(self) -> tuple[str | None, str, str]:
        """What the addresses of this version are made of."""
        return self.meta.group_id, self.meta.artifact_id, self.version


def frame_of(group_id: str | None, artifact_id: str, version: str) -> Frame:
    """Raises ArtifactNotFound, VersionNotFound."""
    wanted = None if version == LATEST else version
    meta = queries.version_meta_of_any_state(group_id, artifact_id, wanted)
    return Frame(meta, version, _newest_versions(group_id, artifact_id))


def _newest_versions(group_id: str | None, artifact_id: str) -> Page[VersionMeta]:
    versions = queries.versions(group_id, artifact_id, limit=_LISTED)
    if versions.count <= _LISTED:
        return versions
    offset = versions.count - _LISTED
    return queries.versions(group_id, artifact_id, offset=offset, limit=_LISTED)


def artifact_page(
    request: HttpRequest,
    frame: Frame,
    tab: str,
    context: dict[str, Any],
    *,
    template: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """`tab` is the name of its address; its template is called alike unless another is named."""
    shared = {
        "meta": frame.meta,
        "place_version": frame.version,
        "versions": frame.versions.items[::-1],
        "version_count": frame.versions.count,
        "is_latest": frame.version == LATEST,
        "tab": tab,
        "tabs": [(title, reverse(name, args=frame.place), name == tab) for name, title in _TABS],
        "others": [
            (each, reverse(tab, args=(*frame.place[:2], each.version)))
            for each in frame.versions.items[::-1]
        ],
        "not_owner": _why_not_owner(request, frame),
        "upload_href": _upload_address(frame.meta),
    }
    return render_page(
        request, template or tab.replace("-", "_"), {**shared, **context}, status=status
    )


def _upload_address(meta: VersionMeta) -> str:
    query = {"as": "version", "group": group_name(meta.group_id), "id": meta.artifact_id}
    return f"{settings.ANNALS_PREFIX}/ui/upload?{urlencode(query)}"


def _why_not_owner(request: HttpRequest, frame: Frame) -> str:
    """Why roles alone are not enough to change this artifact; empty when they are."""
    try:
        require_artifact_owner(get_caller(request), frame.meta.group_id, frame.meta.artifact_id)
    except AccessDenied as error:
        return str(error)
    return ""
