"""Groups with a row of their own: with a description, and with or without artifacts."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.resource import Resource
from api.v2 import request_json, response_json
from api.v2.ids import check_new_group
from api.v2.parameters import paging, query_choice
from journal import commands
from registry import queries
from registry.queries import Order, OrderBy


class Groups(Resource):
    def get(self, request: Request) -> Response:
        offset, limit = paging(request)
        page = queries.group_metas(
            order_by=query_choice(request, "orderby", OrderBy, OrderBy.NAME),
            order=query_choice(request, "order", Order, Order.ASC),
            offset=offset,
            limit=limit,
        )
        return Response(response_json.group_page(page))

    def post(self, request: Request) -> Response:
        new = request_json.parse_group(request)
        check_new_group(new.id)
        group = commands.create_group(self.writer, new.id, new.description, new.properties)
        return Response(response_json.group_meta(group))


class Group(Resource):
    def get(self, request: Request, group_id: str | None) -> Response:
        return Response(response_json.group_meta(queries.group_meta(group_id)))

    def delete(self, request: Request, group_id: str | None) -> Response:
        """Delete the group and its artifacts."""
        commands.delete_group(self.writer, group_id)
        return Response(status=204)
