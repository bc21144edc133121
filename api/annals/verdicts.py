"""Everything that the rules say of a content: refusals, remarks, and rules that do nothing."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.problems import BadRequest
from api.resource import Resource
from api.v2.new_versions import new_artifact, next_version
from api.v2.parameters import text
from journal import commands
from registry import queries
from registry.rules import Cause, Verdict


class Verdicts(Resource):
    def post(self, request: Request) -> Response:
        """On the content as the next version of `artifact` in `group`, or as its first one."""
        group_id = text(request, "group")
        artifact_id = text(request, "artifact")
        if not artifact_id:
            raise BadRequest("The parameter artifact names the artifact; it need not exist.")
        group = None if group_id in ("", "default") else group_id
        is_new = not queries.artifact_exists(group, artifact_id)
        judged = (new_artifact if is_new else next_version)(request, group, artifact_id)
        return Response({
            "isNew": is_new,
            "rules": [_told(each) for each in commands.evaluate_rules(judged)],
        })


def _told(verdict: Verdict) -> dict[str, Any]:
    return {
        "type": verdict.rule,
        "level": verdict.level,
        "refuses": bool(verdict.causes),
        "doesNothing": verdict.does_nothing,
        "summary": verdict.summary,
        "causes": [_cause(each) for each in verdict.causes],
        "remarks": [_cause(each) for each in verdict.remarks],
    }


def _cause(cause: Cause) -> dict[str, str]:
    return {"description": cause.description, "context": cause.context}
