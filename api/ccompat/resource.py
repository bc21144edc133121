"""What all views of Confluent's API have in common."""

from collections.abc import Callable
from typing import Any

from rest_framework.response import Response

from api.ccompat.problems import answer_ccompat_problem
from api.resource import Resource


class CcompatResource(Resource):
    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response]:
        return answer_ccompat_problem
