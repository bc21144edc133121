"""Operations that find contents, artifacts and groups."""

from api.v2.openapi.operation import CONTENT, ORDERED, operation, read

OF_IDS = (
    read(
        "/ids/globalIds/{globalId}",
        "getContentByGlobalId",
        "The content of the version with a global id",
        CONTENT,
        query=("dereference",),
    ),
    read(
        "/ids/globalIds/{globalId}/references",
        "referencesByGlobalId",
        "References of the version with a global id",
        "ArtifactReference",
        is_list=True,
        query=("refType",),
    ),
    read("/ids/contentIds/{contentId}/", "getContentById", "The content with an id", CONTENT),
    read(
        "/ids/contentIds/{contentId}/references",
        "referencesByContentId",
        "What the content with an id refers to",
        "ArtifactReference",
        is_list=True,
    ),
    read(
        "/ids/contentHashes/{contentHash}/",
        "getContentByHash",
        "The content with a SHA-256 hash",
        CONTENT,
    ),
    read(
        "/ids/contentHashes/{contentHash}/references",
        "referencesByContentHash",
        "What the content with a hash refers to",
        "ArtifactReference",
        is_list=True,
    ),
)

OF_SEARCH = (
    read(
        "/search/artifacts",
        "searchArtifacts",
        "Artifacts that fit all that is asked, in pages",
        "ArtifactSearchResults",
        query=(
            *("name", "group", "description", "labels", "properties", "globalId", "contentId"),
            *ORDERED,
        ),
    ),
    operation(
        "post",
        "/search/artifacts",
        "searchArtifactsByContent",
        "Artifacts with a version that has this content",
        query=("canonical", "artifactType", *ORDERED),
        body=CONTENT,
        answer="ArtifactSearchResults",
        errors=(400,),
    ),
)

OF_GROUPS = (
    read("/groups", "listGroups", "Groups, in pages", "GroupSearchResults", query=ORDERED),
    operation(
        "post",
        "/groups",
        "createGroup",
        "Make a group",
        body="CreateGroupMetaData",
        answer="GroupMetaData",
        errors=(400, 409),
    ),
    read("/groups/{groupId}", "getGroupById", "One group", "GroupMetaData"),
    operation(
        "delete",
        "/groups/{groupId}",
        "deleteGroupById",
        "Delete a group with its artifacts",
        errors=(409,),
    ),
)
