"""The paths below /apis/annals/v1."""

from django.urls import path

from api.annals.digest import Digest, DigestRows
from api.annals.findings import Findings
from api.annals.node import Node
from api.annals.verdicts import Verdicts

urlpatterns = [
    path("findings", Findings.as_view()),
    path("node", Node.as_view()),
    path("digest", Digest.as_view()),
    path("digest/rows", DigestRows.as_view()),
    path("verdicts", Verdicts.as_view()),
]
