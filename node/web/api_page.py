"""The page of Registry API v2, made from its OpenAPI document."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from api.v2.openapi import document
from dashboard.frame.pages import render_page
from dashboard.frame.permissions import public

_SCHEMA_NAME = re.compile(r"schemas/(\w+)")


@public
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    openapi = document()
    parts: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in openapi["tags"]}
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {})
            parts[operation["tags"][0]].append({
                "method": method.upper(),
                "path": path,
                "id": operation["operationId"],
                "summary": operation["summary"],
                "parameters": operation["parameters"],
                "takes": _describe(body),
                "answers": [
                    (status, response["description"], _describe(response.get("content", {})))
                    for status, response in operation["responses"].items()
                ],
            })
    base = f"{settings.ANNALS_PREFIX}/apis/registry/v2"
    context = {"parts": parts.items(), "base": base, "count": sum(map(len, parts.values()))}
    return render_page(request, "api", context)


def _describe(content: dict[str, Any]) -> str:
    """Return the name of the schema, or its media types; a content may be of any type."""
    if len(content) > 2:
        return "a content"
    match = _SCHEMA_NAME.search(str(content))
    return match[1] if match else ", ".join(content)
