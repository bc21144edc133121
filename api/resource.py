"""The base class of all API views."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.middleware import get_caller
from access.policy import Level
from access.writers import get_writer
from api.etags import conditional_response
from api.http import PermissiveNegotiation
from journal.commands import Writer
from journal.database.preparation import require_complete_tables
from journal.journal import Journal, get_journal

_READS = frozenset({"GET", "HEAD"})


class Resource(APIView):
    """A resource of an API; its methods raise exceptions of the table in api.problems.

    GET and HEAD need `read_level`, other methods `write_level`, unless `levels` names another.
    """

    content_negotiation_class = PermissiveNegotiation
    metadata_class = None
    read_level = Level.READ
    write_level = Level.WRITE
    levels: ClassVar[Mapping[str, Level]] = {}

    @classmethod
    def level(cls, method: str) -> Level:
        default = cls.read_level if method in _READS else cls.write_level
        return Level.NONE if method == "OPTIONS" else cls.levels.get(method, default)

    @property
    def journal(self) -> Journal:
        return get_journal(self.request._request)

    @property
    def writer(self) -> Writer:
        return get_writer(self.request._request)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the caller's level; raises AccessDenied, IdentityUnavailable."""
        super().initial(request, *args, **kwargs)
        caller, level = get_caller(request._request), self.level(request.method or "")
        is_of_snapshot = getattr(request, "snapshot", None) is not None
        if is_of_snapshot and level is not Level.NONE:
            # A snapshot holds what was deleted, and role mappings of another time.
            level = Level.ADMIN
        caller.require(level)
        if level is not Level.NONE and not is_of_snapshot:
            # What is not there yet is not missing.
            require_complete_tables()

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        return cast(Response, conditional_response(request._request, response))
