"""Large answers are compressed for who takes that; archives are already."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

#: Below that an answer fits a packet or two, and its client would only be kept busy.
_LEAST = 2048
_NEVER = ("application/zip", "image/")


class GZipLarge(GZipMiddleware):
    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Streamed answers stay as they are: they are archives, or files that are kept ready."""
        if response.streaming or response.get("Content-Type", "").startswith(_NEVER):
            return response
        if len(response.content) < _LEAST:  # type: ignore[attr-defined]
            return response
        return super().process_response(request, response)
