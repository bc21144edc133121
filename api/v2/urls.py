"""The supported paths of Registry API v2, below /apis/registry/v2."""

from django.urls import path, register_converter

from api.v2 import administration, references, rules
from api.v2.artifacts import (
    Artifact,
    ArtifactMeta,
    ArtifactOwner,
    Artifacts,
    ArtifactState,
    ArtifactTest,
)
from api.v2.comments import VersionComment, VersionComments
from api.v2.contents import ContentByContentId, ContentByGlobalId, ContentByHash
from api.v2.exports import Download, Export
from api.v2.groups import Group, Groups
from api.v2.ids import GroupConverter, IdConverter, NumberConverter
from api.v2.imports import Import
from api.v2.search import Search
from api.v2.system import CurrentUser, OpenAPIDocument, SystemInfo, SystemLimits
from api.v2.versions import Version, VersionMeta, Versions, VersionState

register_converter(IdConverter, "v2-id")
register_converter(GroupConverter, "v2-group")
register_converter(NumberConverter, "v2-number")

_GROUP = "groups/<v2-group:group_id>"
_ARTIFACTS = f"{_GROUP}/artifacts"
_ARTIFACT = f"{_ARTIFACTS}/<v2-id:artifact_id>"
_VERSION = f"{_ARTIFACT}/versions/<v2-id:version>"
_GLOBAL_ID = "ids/globalIds/<v2-number:global_id>"
_CONTENT_ID = "ids/contentIds/<v2-number:content_id>"
_CONTENT_HASH = "ids/contentHashes/<v2-id:content_hash>"

urlpatterns = [
    path("groups", Groups.as_view()),
    path(_GROUP, Group.as_view()),
    path(_ARTIFACTS, Artifacts.as_view()),
    path(_ARTIFACT, Artifact.as_view()),
    path(f"{_ARTIFACT}/meta", ArtifactMeta.as_view()),
    path(f"{_ARTIFACT}/owner", ArtifactOwner.as_view()),
    path(f"{_ARTIFACT}/rules", rules.ArtifactRules.as_view()),
    path(f"{_ARTIFACT}/rules/<v2-id:rule_type>", rules.ArtifactRule.as_view()),
    path(f"{_ARTIFACT}/state", ArtifactState.as_view()),
    path(f"{_ARTIFACT}/test", ArtifactTest.as_view()),
    path(f"{_ARTIFACT}/versions", Versions.as_view()),
    path(_VERSION, Version.as_view()),
    path(f"{_VERSION}/comments", VersionComments.as_view()),
    path(f"{_VERSION}/comments/<v2-id:comment_id>", VersionComment.as_view()),
    path(f"{_VERSION}/meta", VersionMeta.as_view()),
    path(f"{_VERSION}/references", references.VersionReferences.as_view()),
    path(f"{_VERSION}/state", VersionState.as_view()),
    path(_GLOBAL_ID, ContentByGlobalId.as_view()),
    path(f"{_GLOBAL_ID}/references", references.GlobalIdReferences.as_view()),
    path(_CONTENT_ID, ContentByContentId.as_view()),
    path(f"{_CONTENT_ID}/references", references.ContentIdReferences.as_view()),
    path(_CONTENT_HASH, ContentByHash.as_view()),
    path(f"{_CONTENT_HASH}/references", references.ContentHashReferences.as_view()),
    path("openapi.json", OpenAPIDocument.as_view()),
    path("search/artifacts", Search.as_view()),
    path("admin/artifactTypes", administration.ArtifactTypes.as_view()),
    path("admin/config/properties", administration.ConfigProperties.as_view()),
    path("admin/config/properties/<v2-id:name>", administration.ConfigPropertyDetail.as_view()),
    path("admin/export", Export.as_view()),
    path("admin/import", Import.as_view()),
    path("admin/loggers", administration.Loggers.as_view()),
    path("admin/loggers/<v2-id:name>", administration.LoggerDetail.as_view()),
    path("admin/roleMappings", administration.RoleMappings.as_view()),
    path("admin/roleMappings/<v2-id:principal_id>", administration.RoleMappingDetail.as_view()),
    path("admin/rules", rules.GlobalRules.as_view()),
    path("admin/rules/<v2-id:rule_type>", rules.GlobalRule.as_view()),
    path("downloads/<v2-id:download_id>", Download.as_view()),
    path("downloads/<v2-id:download_id>/<v2-id:file_name>", Download.as_view()),
    path("system/info", SystemInfo.as_view()),
    path("system/limits", SystemLimits.as_view()),
    path("users/me", CurrentUser.as_view()),
]
