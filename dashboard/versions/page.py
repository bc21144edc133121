"""Shared parts of all pages of one version: the artifact, its versions, and the tabs."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from access.writers import get_writer
from dashboard.frame.converters import group_name
from dashboard.frame.pages import render_page
from registry import queries
from registry.errors import NotTheOwner
from registry.queries import Page, VersionMeta

#: The word in an address for the newest version, whatever its state.
LATEST = "latest"
#: The number of versions that a page lists.
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
class VersionPage:
    """The version of a page, with the newest versions of the artifact, oldest first.

    `version` is a version's name or LATEST, as in the address.
    """

    meta: VersionMeta
    version: str
    versions: Page[VersionMeta]

    @property
    def url_args(self) -> tuple[str | None, str, str]:
        """Return the arguments of this version's addresses."""
        return self.meta.group_id, self.meta.artifact_id, self.version


def load_version_page(group_id: str | None, artifact_id: str, version: str) -> VersionPage:
    """Return the page of a version; raises ArtifactNotFound or VersionNotFound."""
    name = None if version == LATEST else version
    meta = queries.version_meta_of_any_state(group_id, artifact_id, name)
    versions = queries.versions(group_id, artifact_id, limit=_LISTED)
    if versions.count > _LISTED:
        offset = versions.count - _LISTED
        versions = queries.versions(group_id, artifact_id, offset=offset, limit=_LISTED)
    return VersionPage(meta, version, versions)


def render_tab(
    request: HttpRequest,
    page: VersionPage,
    tab: str,
    context: dict[str, Any],
    *,
    template: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a tab, the URL name of the page; by default its template has the same name."""
    meta = page.meta
    query = {"as": "version", "group": group_name(meta.group_id), "id": meta.artifact_id}
    try:
        get_writer(request).require_artifact(meta.group_id, meta.artifact_id)
        not_owner = ""
    except NotTheOwner as error:
        not_owner = str(error)
    shared = {
        "meta": meta,
        "address_version": page.version,
        "versions": page.versions.items[::-1],
        "version_count": page.versions.count,
        "is_latest": page.version == LATEST,
        "tab": tab,
        "tabs": [(title, reverse(name, args=page.url_args), name == tab) for name, title in _TABS],
        "others": [
            (listed, reverse(tab, args=(*page.url_args[:2], listed.version)))
            for listed in page.versions.items[::-1]
        ],
        "not_owner": not_owner,
        "upload_address": f"{settings.ANNALS_PREFIX}/ui/upload?{urlencode(query)}",
    }
    return render_page(
        request, template or tab.replace("-", "_"), {**shared, **context}, status=status
    )
