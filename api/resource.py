"""What all API views have in common."""

from typing import Any, cast

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.conditional import conditional
from api.http import AnyAccept


class Resource(APIView):
    """One thing with an address; its methods raise what api.problems knows."""

    content_negotiation_class = AnyAccept
    metadata_class = None

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        return cast(Response, conditional(request._request, answer))
