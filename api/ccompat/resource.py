"""The base class of the views of Confluent's API."""

from collections.abc import Callable, Mapping
from typing import Any

from rest_framework.response import Response

from access.caller import Caller
from access.ownership import require_artifact_owner
from api.ccompat.problems import handle_ccompat_exception
from api.resource import Resource


class CcompatResource(Resource):
    def require_ownership(self, caller: Caller, path: Mapping[str, Any]) -> None:
        """Check the owner of the subject, an artifact of the default group; raises AccessDenied."""
        if "subject" in path:
            require_artifact_owner(caller, None, path["subject"])

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response]:
        return handle_ccompat_exception
