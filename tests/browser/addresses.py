"""Every page that is served, by the name of its address, with examples on a stocked node."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern

from access.policy import Level
from dashboard.snapshot_urls import urlpatterns as of_snapshots
from dashboard.urls import urlpatterns as of_the_node
from tests.access.operations import node_pages
from tests.browser.stocked import LOST_HASH, Stocked

_ORDER = "ui/artifacts/shop/order/versions"

#: Examples of addresses; a page whose address has an id needs one.
EXAMPLES: dict[str, list[str]] = {
    "artifacts": ["ui/artifacts", "ui/artifacts?q=order", "ui/artifacts?q=nothing-at-all"],
    "version": [
        f"{_ORDER}/latest",
        f"{_ORDER}/1",
        "ui/artifacts/openapi/petstore/versions/latest",
        "ui/artifacts/shop/gone/versions/1",
    ],
    "version-documentation": [
        f"{_ORDER}/latest/documentation",
        "ui/artifacts/openapi/petstore/versions/1/documentation",
    ],
    "version-references": [
        f"{_ORDER}/3/references",
        "ui/artifacts/shop/customer/versions/1/references",
    ],
    "version-rules": [
        f"{_ORDER}/latest/rules",
        f"{_ORDER}/latest/rules?rule=COMPATIBILITY&level=FULL_TRANSITIVE",
    ],
    "version-comments": [f"{_ORDER}/3/comments"],
    "version-history": [f"{_ORDER}/latest/history"],
    "version-compare": [f"{_ORDER}/3/compare?with=1", f"{_ORDER}/1/compare"],
    "version-use": [f"{_ORDER}/latest/use"],
    "journal": ["ui/journal", "ui/journal?q=order+type:Artifact+foo:bar&view=records"],
    "record": ["ui/journal/0/3", "ui/journal/0/3?with=0:1"],
    "admin-roles": ["ui/admin/roles", "ui/admin/roles?revoke=otto"],
    "admin-settings": ["ui/admin/settings", "ui/admin/settings?q=expiry"],
    "admin-rules": ["ui/admin/rules", "ui/admin/rules?rule=COMPATIBILITY&level=FULL"],
    "upload": ["ui/upload", "ui/upload?as=version&group=shop&id=order"],
    "bulk-upload-plan": ["ui/several/{bulk-upload-plan}"],
    "delete-version": [f"{_ORDER}/2/delete"],
    "edit-version": [f"{_ORDER}/2/edit"],
    "delete-artifact": ["ui/artifacts/shop/order/delete"],
    "import-job": ["ui/import/{import-job}"],
    "snapshot-job": ["ui/snapshots/work/{snapshot-job}"],
    "snapshot-load": ["ui/snapshots/{snapshot}/load", "ui/snapshots/{snapshot}/load?topic=another"],
    "snapshot-discard": ["ui/snapshots/{snapshot}/discard"],
    "acknowledge": ["ui/health/acknowledge?code=J04"],
    "simulation": ["ui/health/foresee"],
    "simulation-result": ["ui/health/foresee/{simulation-result}"],
    "repair-advance": ["ui/health/mend/move", "ui/health/mend/move?sequence=contentId&to=9000"],
    "repair-content": [f"ui/health/mend/content/{LOST_HASH}"],
    "new-journal-job": ["ui/health/mend/journal/{new-journal-job}"],
    "repair-result": ["ui/health/mend/{repair-result}"],
}
#: An artifact of the incident's journal and one of its records, for the pages of a snapshot.
_SNAPSHOT_IDS = {
    "group_id": "default",
    "artifact_id": "81cecced-1d6b-4738-b186-0a87897651ba",
    "version": "1",
    "partition": "0",
    "offset": "3",
}

#: Pages that only their owner sees; here the administrator owns them.
OWNED = frozenset({"bulk-upload-plan"})

#: Addresses without a page of their own: redirects, files and targets of forms.
NOT_SHOWN = frozenset({
    *("start", "admin", "login-issuer", "login-return", "logout"),
    "journal-export-file",
    *("set-rule", "add-comment", "delete-comment"),
    *("upload-preview", "bulk-upload-start", "bulk-upload-discard"),
    *("bulk-action", "bulk-download", "journal-export-file"),
    *(
        "import-start",
        "import-cancel",
        "snapshot-point-in-time",
        "snapshot-around",
        "snapshot-comparison",
    ),
    *("snapshot-file", "snapshot-cancel", "simulation-cancel"),
    *("new-journal-write", "new-journal-cancel"),
})


@dataclass(frozen=True)
class PageAddress:
    """A page that is shown, and the `level` that it requires.

    A repeated one shows the template of another with other contents.
    """

    name: str
    path: str
    level: Level
    is_repeated: bool = False


def node_patterns() -> list[URLPattern]:
    return [*of_the_node, *node_pages]


def without_example() -> set[str]:
    """Return the names of addresses that no test covers."""
    named = {str(pattern.name) for pattern in node_patterns() if "<" in str(pattern.pattern)}
    return named - EXAMPLES.keys() - NOT_SHOWN


def page_addresses(stocked: Stocked) -> list[PageAddress]:
    return [*_of_node(stocked), *_of_snapshot(stocked)]


def _of_node(stocked: Stocked) -> Iterator[PageAddress]:
    for pattern in node_patterns():
        if pattern.name in NOT_SHOWN:
            continue
        for count, example in enumerate(EXAMPLES.get(str(pattern.name), [str(pattern.pattern)])):
            path = re.sub(r"\{([\w-]+)\}", lambda match: stocked.ids[match[1]], example)
            yield PageAddress(
                str(pattern.name), f"/{path}", vars(pattern.callback)["level"], count > 0
            )


def _of_snapshot(stocked: Stocked) -> Iterator[PageAddress]:
    """The registry as it was after twelve records, where administrators alone may look."""
    for pattern in of_snapshots:
        path = re.sub(
            r"<(?:\w+:)?(\w+)>", lambda match: _SNAPSHOT_IDS[match[1]], str(pattern.pattern)
        )
        if pattern.name != "start":
            address = f"/at/{stocked.ids['snapshot']}/{path}"
            yield PageAddress(
                f"{pattern.name} of a snapshot",
                address,
                Level.ADMIN,
                is_repeated=pattern.name != "health",
            )
