"""Errors of the registry, named as Apicurio names them, and stored in the ledger by code."""

from typing import ClassVar, Self


class RegistryError(Exception):
    """An error with a sentence for people as its text.

    `code` is stored in the ledger, so it stays the same when the class is renamed.
    """

    code: ClassVar[str] = "registry-error"
    #: All subclasses by code, those with a code of their own.
    classes: ClassVar[dict[str, type["RegistryError"]]] = {}

    def __init_subclass__(cls) -> None:
        if "code" in cls.__dict__:
            RegistryError.classes[cls.code] = cls

    @classmethod
    def from_sentence(cls, sentence: str) -> Self:
        """Make an error from its text alone, without the arguments of its class."""
        # As pickle does it: the text of an exception is set by `__new__`.
        return cls.__new__(cls, sentence)


class NodeBusy(RegistryError):
    """The node is busy with requests of others; trying again is safe (HTTP 503)."""

    code = "node-busy"


class CheckersBusy(NodeBusy):
    """All checking processes are busy with the contents of others."""

    code = "checkers-busy"

    def __init__(self) -> None:
        super().__init__("This node checks as many contents as it can at present. Try again.")


class FetchersBusy(NodeBusy):
    """As many contents as may are being fetched by their URLs."""

    code = "fetchers-busy"

    def __init__(self) -> None:
        super().__init__("This node fetches as many contents as it can at present. Try again.")


class NotFound(RegistryError):
    """A requested object does not exist (HTTP 404)."""

    code = "not-found"


class AlreadyExists(RegistryError):
    """An object to create exists already (HTTP 409)."""

    code = "already-exists"


class GroupNotFound(NotFound):
    code = "group-not-found"

    def __init__(self, group_id: str) -> None:
        super().__init__(f"No group '{group_id}' was found.")


class ArtifactNotFound(NotFound):
    code = "artifact-not-found"

    def __init__(self, group_id: str | None, artifact_id: object) -> None:
        group = "null" if group_id is None else group_id
        super().__init__(f"No artifact with ID '{artifact_id}' in group '{group}' was found.")


class VersionNotFound(NotFound):
    code = "version-not-found"

    def __init__(self, group_id: str | None, artifact_id: str, version: str) -> None:
        super().__init__(
            f"No version '{version}' found for artifact with ID '{artifact_id}' "
            f"in group '{group_id or 'default'}'."
        )


class ContentNotFound(NotFound):
    code = "content-not-found"

    def __init__(self, criterion: object) -> None:
        super().__init__(f"No content with {criterion} was found.")


class RuleNotFound(NotFound):
    code = "rule-not-found"

    def __init__(self, rule_type: str) -> None:
        super().__init__(f"No rule named '{rule_type}' was found.")


class DefaultRuleDeletion(RegistryError):
    """A rule set by the node's settings can't be deleted (HTTP 409)."""

    code = "default-rule-deletion"

    def __init__(self, rule_type: str) -> None:
        super().__init__(
            f"The rule '{rule_type}' is a default of this node's settings and can't be deleted; "
            "a global rule of another level overrides it."
        )


class InvalidPropertyValue(RegistryError):
    """The value of a config property does not match its type (HTTP 400)."""

    code = "invalid-property-value"


class LimitExceeded(RegistryError):
    """A limit of this registry is reached (HTTP 409)."""

    code = "limit-exceeded"


class ImportConflict(RegistryError):
    """An id of an export belongs to something else here (HTTP 409); nothing was published."""

    code = "import-conflict"

    def __init__(self, first: str, count: int) -> None:
        more = f" So do {count - 1:,} more." if count > 1 else ""
        super().__init__(
            f"Nothing was imported, for an id of the export is taken: {first}{more} Import it with "
            "X-Registry-Preserve-GlobalId and X-Registry-Preserve-ContentId false, or into an "
            "empty registry."
        )


class ImportIncomplete(RegistryError):
    """Another writer took the place of an entry while an export was imported (HTTP 409).

    What came before that entry is imported; importing the export again imports the rest.
    """

    code = "import-incomplete"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The import ended before its end, since another writer was quicker: {reason}. "
            "Import the export again for the rest."
        )


class ReadOnlyRegistry(RegistryError):
    """A snapshot can't be changed (HTTP 405)."""

    code = "read-only-registry"

    def __init__(self) -> None:
        super().__init__("This is a snapshot of a registry: it can be read, and not changed.")


class GroupAlreadyExists(AlreadyExists):
    code = "group-already-exists"

    def __init__(self, group_id: str) -> None:
        super().__init__(f"A group named '{group_id}' already exists.")


class CommentNotFound(NotFound):
    code = "comment-not-found"

    def __init__(self, comment_id: str) -> None:
        super().__init__(f"No comment with ID '{comment_id}' was found.")


class RoleMappingNotFound(NotFound):
    code = "role-mapping-not-found"

    def __init__(self, principal_id: str) -> None:
        super().__init__(f"No role mapping for principal '{principal_id}' was found.")


class DownloadNotFound(NotFound):
    code = "download-not-found"

    def __init__(self, download_id: str) -> None:
        super().__init__(f"No download with ID '{download_id}' was found; it may have expired.")


class LoggerNotFound(NotFound):
    code = "logger-not-found"

    def __init__(self, logger: str) -> None:
        super().__init__(f"No configuration for logger '{logger}' was found.")


class ConfigPropertyNotFound(NotFound):
    code = "config-property-not-found"

    def __init__(self, name: str) -> None:
        super().__init__(f"No configuration property named '{name}' was found.")


class CommentAlreadyExists(AlreadyExists):
    code = "comment-already-exists"

    def __init__(self, comment_id: str) -> None:
        super().__init__(f"A comment with ID '{comment_id}' already exists.")


class RoleMappingAlreadyExists(AlreadyExists):
    code = "role-mapping-already-exists"

    def __init__(self, principal_id: str) -> None:
        super().__init__(f"A role mapping for principal '{principal_id}' already exists.")


class ArtifactAlreadyExists(AlreadyExists):
    code = "artifact-already-exists"

    def __init__(self, group_id: str | None, artifact_id: str) -> None:
        super().__init__(
            f"An artifact with ID '{artifact_id}' in group '{group_id or 'default'}' "
            "already exists."
        )


class VersionAlreadyExists(AlreadyExists):
    code = "version-already-exists"

    def __init__(self, group_id: str | None, artifact_id: str, version: object) -> None:
        super().__init__(
            f"An artifact version '{version}' for artifact ID '{artifact_id}' "
            f"in group '{group_id or 'default'}' already exists."
        )


class RuleAlreadyExists(AlreadyExists):
    code = "rule-already-exists"

    def __init__(self, rule_type: str) -> None:
        super().__init__(f"A rule named '{rule_type}' already exists.")


class ContentAlreadyExists(AlreadyExists):
    code = "content-already-exists"

    def __init__(self, content_hash: str, content_id: int) -> None:
        super().__init__(
            f"The content with hash {content_hash} already exists under content id {content_id}."
        )


class InvalidContent(RegistryError):
    """A content, or a request's description of it, is invalid (HTTP 400)."""

    code = "invalid-content"


class UncanonicalContent(RegistryError):
    """A content has no canonical form for a lookup (HTTP 422)."""

    code = "uncanonical-content"


class UnsupportedByDialect(RegistryError):
    """The journal's dialect has no record for this (HTTP 409); the message names the setting."""

    code = "unsupported-by-dialect"


class DeletionNotEnabled(RegistryError):
    """An operation is not allowed without ANNALS_ALLOW_DELETE (HTTP 405)."""

    code = "deletion-not-enabled"


class NotTheOwner(RegistryError):
    """An artifact or a group belongs to another owner (HTTP 403)."""

    code = "not-the-owner"

    def __init__(self, thing: str, owner: str) -> None:
        super().__init__(f"{thing} belongs to {owner}: only its owner or an admin may change it.")


class HasComments(RegistryError):
    """A version with comments can't be deleted (HTTP 409), as on Java nodes."""

    code = "has-comments"

    def __init__(self) -> None:
        super().__init__(
            "A version that would go has comments, and Apicurio nodes delete none that has; "
            "delete the comments first."
        )


class AuthoredComment(RegistryError):
    """A comment with an author can't be changed or deleted (HTTP 409), as on Java nodes."""

    code = "authored-comment"

    def __init__(self, comment_id: str, author: str) -> None:
        super().__init__(
            f"Comment '{comment_id}' is by '{author}', and Apicurio nodes change and delete only "
            "comments that nobody signed. This one is deleted with its version."
        )


class ImpossibleRecord(RegistryError):
    """A record on the journal lacks required data, or violates a constraint."""

    code = "impossible-record"


class ValueOutOfRange(ImpossibleRecord):
    """A value is out of the range of its column, see registry.column_ranges (HTTP 400)."""

    code = "value-out-of-range"


def error_by_code(code: str, sentence: str) -> RegistryError:
    """Return the error of a ledger row by its code and sentence."""
    # A code of another release gives a plain RegistryError.
    return RegistryError.classes.get(code, RegistryError).from_sentence(sentence)
