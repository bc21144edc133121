"""The pages' own files, compressed once at the start and kept in memory for who takes that."""

import gzip
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseMiddleware

#: Below that a file fits a packet, and an image may be compressed already.
_LEAST = 1024
_TYPES = (".css", ".js", ".svg")


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise compresses only into its files' folder, which need not be writable."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self._compressed: dict[str, bytes] = {}
        for url, static_file in self.files.items():
            if url.endswith(_TYPES):
                with open(static_file.alternatives[0][1], "rb") as file:
                    content = file.read()
                if len(content) >= _LEAST:
                    self._compressed[url] = gzip.compress(content, 9, mtime=0)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        static_file = self.files.get(request.path_info)
        compressed = self._compressed.get(request.path_info)
        if compressed is None or static_file is None:
            answer: HttpResponseBase = super().__call__(request)
            return answer
        is_plain = "gzip" not in request.headers.get("Accept-Encoding", "")
        if (
            is_plain
            or request.method not in {"GET", "HEAD"}
            or static_file.is_not_modified(request.META)
        ):
            answer = self.serve(static_file, request)
        else:
            answer = HttpResponse(compressed if request.method == "GET" else b"")
            for name, value in static_file.alternatives[0][2]:
                answer[name] = value
            answer["Content-Encoding"] = "gzip"
            answer["Content-Length"] = str(len(compressed))
        patch_vary_headers(answer, ["Accept-Encoding"])
        return answer
