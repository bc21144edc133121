"""Static files of the pages, compressed once at the start and kept in memory."""

import gzip
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseMiddleware

#: A smaller file fits a packet.
_MIN_BYTES = 1024
_TYPES = (".css", ".js", ".svg")


# WhiteNoise has no annotations.
class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Compresses in memory; WhiteNoise only compresses into the files' folder, maybe read-only."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self._compressed: dict[str, bytes] = {}
        for url, static_file in self.files.items():
            if url.endswith(_TYPES):
                with open(static_file.alternatives[0][1], "rb") as file:
                    content = file.read()
                if len(content) >= _MIN_BYTES:
                    self._compressed[url] = gzip.compress(content, 9, mtime=0)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        static_file = self.files.get(request.path_info)
        compressed = self._compressed.get(request.path_info)
        if compressed is None or static_file is None:
            response: HttpResponseBase = super().__call__(request)
            return response
        is_plain = "gzip" not in request.headers.get("Accept-Encoding", "")
        if (
            is_plain
            or request.method not in {"GET", "HEAD"}
            or static_file.is_not_modified(request.META)
        ):
            response = self.serve(static_file, request)
        else:
            response = HttpResponse(compressed if request.method == "GET" else b"")
            for name, value in static_file.alternatives[0][2]:
                response[name] = value
            response["Content-Encoding"] = "gzip"
            response["Content-Length"] = str(len(compressed))
        patch_vary_headers(response, ["Accept-Encoding"])
        return response
