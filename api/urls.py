"""Where the APIs are; below /apis the path is matched as it was sent, not as it was decoded."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, ResolverMatch, path, re_path, resolve
from django.views.decorators.csrf import csrf_exempt

from access.policy import Level
from api.health import Live, Ready
from api.http import raw_path
from api.metrics import metrics
from api.problems import BadRequest, NoSuchPath
from api.resource import Resource

#: What the paths of an API begin with, and where they are told.
_APIS = {
    "/apis/registry/v2": "api.v2.urls",
    "/apis/ccompat/v6": "api.ccompat.v6",
    "/apis/ccompat/v7": "api.ccompat.v7",
    "/apis/annals/v1": "api.annals.urls",
}


class _Refused(Resource):
    """Answers every method with what was wrong with the address."""

    error: Exception = NoSuchPath()
    reading = writing = Level.NONE

    def initial(self, request: object, *args: object, **kwargs: object) -> None:
        raise self.error


@csrf_exempt
def apis(request: HttpRequest) -> HttpResponseBase:
    whole = raw_path(request)
    try:
        match = _match(whole)
    except Resolver404:
        return _refuse(request, NoSuchPath(f"Nothing is served at {whole}."))
    except (BadRequest, NoSuchPath) as error:
        return _refuse(request, error)
    answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return answer


def _match(whole: str) -> ResolverMatch:
    """Raises Resolver404, BadRequest, NoSuchPath."""
    for prefix, paths in _APIS.items():
        if whole.startswith(f"{prefix}/"):
            return resolve(whole.removeprefix(prefix).rstrip("/"), paths)
    raise NoSuchPath(f"Nothing is served at {whole}.")


def _refuse(request: HttpRequest, error: Exception) -> HttpResponseBase:
    return _Refused.as_view(error=error)(request)


urlpatterns = [
    path("health/live", Live.as_view()),
    path("health/ready", Ready.as_view()),
    path("metrics", metrics),
    re_path(r"^apis/", apis),
]
