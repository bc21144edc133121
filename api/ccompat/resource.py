"""The base class of the views of Confluent's API."""

from collections.abc import Callable
from typing import Any

from rest_framework.response import Response

from api.ccompat.problems import handle_ccompat_exception
from api.resource import Resource


class CcompatResource(Resource):
    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response]:
        return handle_ccompat_exception
