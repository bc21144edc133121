"""What all views of Confluent's API have in common."""

from collections.abc import Callable, Mapping
from typing import Any

from rest_framework.response import Response

from access.caller import Caller
from access.ownership import require_artifact_owner
from api.ccompat.problems import answer_ccompat_problem
from api.resource import Resource


class CcompatResource(Resource):
    def require_ownership(self, asks: Caller, named: Mapping[str, Any]) -> None:
        """Of the subject, an artifact of the default group; raises AccessDenied."""
        if "subject" in named:
            require_artifact_owner(asks, None, named["subject"])

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response]:
        return answer_ccompat_problem
