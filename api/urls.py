"""Where the APIs are; below /apis the path is matched as it was sent, not as it was decoded."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, path, re_path, resolve
from django.views.decorators.csrf import csrf_exempt

from api.health import Live, Ready
from api.http import raw_path
from api.problems import BadRequest, NoSuchPath
from api.resource import Resource

_REGISTRY_V2 = "/apis/registry/v2"


class _Refused(Resource):
    """Answers every method with what was wrong with the address."""

    error: Exception = NoSuchPath()

    def initial(self, request: object, *args: object, **kwargs: object) -> None:
        raise self.error


@csrf_exempt
def apis(request: HttpRequest) -> HttpResponseBase:
    whole = raw_path(request)
    try:
        if not whole.startswith(f"{_REGISTRY_V2}/"):
            raise NoSuchPath(f"Nothing is served at {whole}.")
        match = resolve(whole.removeprefix(_REGISTRY_V2).rstrip("/"), "api.v2.urls")
    except Resolver404:
        return _refuse(request, NoSuchPath(f"Nothing is served at {whole}."))
    except (BadRequest, NoSuchPath) as error:
        return _refuse(request, error)
    answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return answer


def _refuse(request: HttpRequest, error: Exception) -> HttpResponseBase:
    return _Refused.as_view(error=error)(request)


urlpatterns = [
    path("health/live", Live.as_view()),
    path("health/ready", Ready.as_view()),
    re_path(r"^apis/", apis),
]
