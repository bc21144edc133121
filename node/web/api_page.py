"""The page that tells Registry API v2, made of its OpenAPI document."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from api.v2.openapi import document
from dashboard.frame.pages import render_page
from dashboard.frame.permissions import public

_NAME = re.compile(r"schemas/(\w+)")


@public
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    told = document()
    parts: dict[str, list[dict[str, Any]]] = {each["name"]: [] for each in told["tags"]}
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            part = parts[operation["tags"][0]]
            part.append(_operation(method.upper(), path, operation))
    base = f"{settings.ANNALS_PREFIX}/apis/registry/v2"
    context = {"parts": parts.items(), "base": base, "count": sum(map(len, parts.values()))}
    return render_page(request, "api", context)


def _operation(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    return {
        "method": method,
        "path": path,
        "id": operation["operationId"],
        "summary": operation["summary"],
        "parameters": operation["parameters"],
        "takes": _named(body),
        "answers": [
            (status, each["description"], _named(each.get("content", {})))
            for status, each in operation["responses"].items()
        ],
    }


def _named(content: dict[str, Any]) -> str:
    """The name of the schema, or that it is a content of some type."""
    found = _NAME.search(str(content))
    if len(content) > 2:
        return "a content"
    return found[1] if found else ", ".join(content)
