"""What all API views have in common."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.caller import Caller
from access.middleware import get_caller
from access.ownership import require_artifact_owner, require_group_owner
from access.policy import Level
from api.etags import conditional
from api.http import AnyAccept

_READS = frozenset({"GET", "HEAD"})


class Resource(APIView):
    """One thing with an address; its methods raise what api.problems knows.

    `reading` is what GET and HEAD need, `writing` what all else needs, but for what `levels` names.
    """

    content_negotiation_class = AnyAccept
    metadata_class = None
    reading = Level.READ
    writing = Level.WRITE
    levels: ClassVar[Mapping[str, Level]] = {}

    @classmethod
    def level(cls, method: str) -> Level:
        usual = cls.reading if method in _READS else cls.writing
        return Level.NONE if method == "OPTIONS" else cls.levels.get(method, usual)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises AccessDenied, IdentityUnavailable."""
        super().initial(request, *args, **kwargs)
        asks, level = get_caller(request._request), self._needed(request)
        asks.require(level)
        if level is Level.WRITE:
            self.require_ownership(asks, kwargs)

    def _needed(self, request: Request) -> Level:
        """What stood on the journal before, as a snapshot has it, is for administrators alone."""
        level = self.level(request.method or "")
        is_of_snapshot = getattr(request, "snapshot", None) is not None
        return Level.ADMIN if is_of_snapshot and level is not Level.NONE else level

    def require_ownership(self, asks: Caller, named: Mapping[str, Any]) -> None:
        """Of the artifact, or else of the group, that the address names; raises AccessDenied."""
        if "artifact_id" in named:
            require_artifact_owner(asks, named["group_id"], named["artifact_id"])
        elif "group_id" in named:
            require_group_owner(asks, named["group_id"])

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        return cast(Response, conditional(request._request, answer))
