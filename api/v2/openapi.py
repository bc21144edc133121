"""The OpenAPI document of Registry API v2: `openapi.yaml`, with this node's own parts."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from api.release import RELEASE

_FILE = Path(__file__).with_name("openapi.yaml")


def document() -> dict[str, Any]:
    """Return OpenAPI 3.0.3; calls share parts of it, so it must not be changed."""
    common = _load()
    methods = sorted(settings.ANNALS_ACCESS.methods)
    schemes = common["components"]["securitySchemes"]
    return {
        **common,
        "info": {**common["info"], "version": RELEASE.version},
        "servers": [{"url": f"{settings.ANNALS_PREFIX}/apis/registry/v2"}],
        "security": [{method.value: []} for method in methods],
        "components": {
            **common["components"],
            "securitySchemes": {method.value: schemes[method.value] for method in methods},
        },
    }


@cache
def _load() -> dict[str, Any]:
    common: dict[str, Any] = yaml.load(_FILE.read_bytes(), yaml.CSafeLoader)
    return common
