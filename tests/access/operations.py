"""Every operation, page and socket that is served, with what it needs, as the addresses name it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.urls import URLPattern

from access.policy import Level
from api.urls import API_URLCONFS
from api.urls import urlpatterns as others
from dashboard.live.routing import websocket_urlpatterns
from dashboard.urls import urlpatterns as pages
from node.urls import urlpatterns as of_node

_VALUES = {
    "global_id": "1",
    "content_id": "1",
    "partition": "0",
    "offset": "0",
    "version": "1",
    "rule_type": "VALIDITY",
    "comment_id": "1",
}
_UUID = "00000000-0000-4000-8000-000000000000"
#: Those that need more than the dashboard knows.
node_pages = [each for each in of_node if isinstance(each, URLPattern)]
_METHODS = ("GET", "POST", "PUT", "DELETE")


@dataclass(frozen=True, order=True)
class Operation:
    """`template` has names in braces where something is named."""

    template: str
    method: str
    level: Level

    @property
    def path(self) -> str:
        """With some name for each in braces, of things that are not there."""

        def filled(match: re.Match[str]) -> str:
            is_uuid = match[1] in {"job_id", "repair_id", "upload_id"}
            return _UUID if is_uuid else _VALUES.get(match[1], "nothing")

        return re.sub(r"\{(\w+)\}", filled, self.template)


def of_apis() -> Iterator[Operation]:
    for prefix, module in API_URLCONFS.items():
        for pattern in import_module(module).urlpatterns:
            yield from _of_view(f"{prefix}/{_template(pattern)}", pattern.callback)
    for pattern in others:
        if hasattr(pattern.callback, "cls"):
            yield from _of_view(f"/{_template(pattern)}", pattern.callback)


def of_pages() -> Iterator[Operation]:
    return (
        Operation(f"/{_template(each)}", "page", vars(each.callback)["level"])
        for each in [*pages, *node_pages]
        if each.name != "start"
    )


def of_sockets() -> Iterator[Operation]:
    for each in websocket_urlpatterns:
        yield Operation(f"/{_template(each)}", "socket", each.callback.consumer_class.level)


def all_operations() -> list[Operation]:
    return sorted([*of_apis(), *of_pages(), *of_sockets()])


def _of_view(template: str, callback: Any) -> Iterator[Operation]:
    view = callback.cls
    served = callback.initkwargs.get("http_method_names", view.http_method_names)
    for method in _METHODS:
        if hasattr(view, method.lower()) and method.lower() in served:
            yield Operation(template, method, view.level(method))


def _template(pattern: Any) -> str:
    return re.sub(r"<(?:[\w-]+:)?(\w+)>", r"{\1}", str(pattern.pattern))
