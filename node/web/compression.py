"""Compression of large responses except archives and images, which are compressed already."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

#: A smaller response fits a packet or two, and decompressing it would only cost time.
_MIN_BYTES = 2048
_COMPRESSED_TYPES = ("application/zip", "image/")


class CompressionMiddleware(GZipMiddleware):
    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Compress a response unless it is streamed, small or of a compressed type."""
        is_compressed = response.get("Content-Type", "").startswith(_COMPRESSED_TYPES)
        if is_compressed or not isinstance(response, HttpResponse):
            return response
        if len(response.content) < _MIN_BYTES:
            return response
        return super().process_response(request, response)
