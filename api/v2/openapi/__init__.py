"""The OpenAPI document of Registry API v2 as this node serves it."""

from api.v2.openapi.document import document

__all__ = ["document"]
