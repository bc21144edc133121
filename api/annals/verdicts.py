"""All verdicts of the rules on a content: causes, remarks, and rules without effect."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.problems import BadRequest
from api.resource import Resource
from api.v2.new_versions import parse_upload
from api.v2.parameters import query_text
from journal import commands
from registry import queries
from registry.rules import Cause


class Verdicts(Resource):
    def post(self, request: Request) -> Response:
        """Check the content as the next version of `artifact` in `group`, or as the first one."""
        group = query_text(request, "group")
        artifact_id = query_text(request, "artifact")
        if not artifact_id:
            raise BadRequest("The parameter artifact names the artifact; it need not exist.")
        group_id = None if group in ("", "default") else group
        is_new = not queries.artifact_exists(group_id, artifact_id)
        upload = parse_upload(request)
        version = (upload.first_version if is_new else upload.next_version)(group_id, artifact_id)
        return Response({
            "isNew": is_new,
            "rules": [
                {
                    "type": verdict.rule,
                    "level": verdict.level,
                    "refuses": bool(verdict.causes),
                    "doesNothing": verdict.does_nothing,
                    "summary": verdict.summary,
                    "causes": [_cause(cause) for cause in verdict.causes],
                    "remarks": [_cause(remark) for remark in verdict.remarks],
                }
                for verdict in commands.rule_verdicts(version)
            ],
        })


def _cause(cause: Cause) -> dict[str, str]:
    return {"description": cause.description, "context": cause.context}
