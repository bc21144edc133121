"""The paths of Registry API v2 that this node serves, below /apis/registry/v2."""

from django.urls import path, register_converter

from api.v2.artifacts import Artifact, ArtifactMeta, Artifacts, ArtifactState
from api.v2.contents import ByContentHash, ByContentId, ByGlobalId
from api.v2.ids import GroupConverter, IdConverter, NumberConverter
from api.v2.listing import Search
from api.v2.system import SystemInfo
from api.v2.versions import Version, VersionMeta, Versions, VersionState

register_converter(IdConverter, "v2-id")
register_converter(GroupConverter, "v2-group")
register_converter(NumberConverter, "v2-number")

_ARTIFACTS = "groups/<v2-group:group_id>/artifacts"
_ARTIFACT = f"{_ARTIFACTS}/<v2-id:artifact_id>"
_VERSION = f"{_ARTIFACT}/versions/<v2-id:version>"

urlpatterns = [
    path(_ARTIFACTS, Artifacts.as_view()),
    path(_ARTIFACT, Artifact.as_view()),
    path(f"{_ARTIFACT}/meta", ArtifactMeta.as_view()),
    path(f"{_ARTIFACT}/state", ArtifactState.as_view()),
    path(f"{_ARTIFACT}/versions", Versions.as_view()),
    path(_VERSION, Version.as_view()),
    path(f"{_VERSION}/meta", VersionMeta.as_view()),
    path(f"{_VERSION}/state", VersionState.as_view()),
    path("ids/globalIds/<v2-number:global_id>", ByGlobalId.as_view()),
    path("ids/contentIds/<v2-number:content_id>", ByContentId.as_view()),
    path("ids/contentHashes/<v2-id:content_hash>", ByContentHash.as_view()),
    path("search/artifacts", Search.as_view()),
    path("system/info", SystemInfo.as_view()),
]
