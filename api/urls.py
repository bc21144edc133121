"""The addresses of the APIs; below /apis paths are matched before percent-decoding."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, ResolverMatch, path, re_path, resolve
from django.views.decorators.csrf import csrf_exempt

from access.policy import Level
from api.health import Live, Ready
from api.http import raw_path
from api.metrics import metrics
from api.problems import BadRequest, EndpointNotFound
from api.resource import Resource

#: URL configurations by the prefix of an API.
API_URLCONFS = {
    "/apis/registry/v2": "api.v2.urls",
    "/apis/ccompat/v6": "api.ccompat.v6",
    "/apis/ccompat/v7": "api.ccompat.v7",
    "/apis/annals/v1": "api.annals.urls",
}


class _InvalidAddress(Resource):
    """Responds to every method with the error of the address."""

    error: Exception = EndpointNotFound()
    read_level = write_level = Level.NONE

    def initial(self, request: object, *args: object, **kwargs: object) -> None:
        raise self.error


def resolve_api(sent_path: str) -> ResolverMatch:
    """Return the match of a path below /apis as it was sent.

    Raises EndpointNotFound, BadRequest for an invalid part of it.
    """
    prefix = next((prefix for prefix in API_URLCONFS if sent_path.startswith(f"{prefix}/")), None)
    try:
        if prefix is None:
            raise Resolver404
        return resolve(sent_path.removeprefix(prefix).rstrip("/"), API_URLCONFS[prefix])
    except Resolver404:
        raise EndpointNotFound(f"Nothing is served at {sent_path}.") from None


@csrf_exempt
def apis(request: HttpRequest) -> HttpResponseBase:
    try:
        match = resolve_api(raw_path(request))
    except (BadRequest, EndpointNotFound) as invalid:
        return _InvalidAddress.as_view(error=invalid)(request)
    response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return response


urlpatterns = [
    path("health/live", Live.as_view()),
    path("health/ready", Ready.as_view()),
    path("metrics", metrics),
    re_path(r"^apis/", apis),
]
