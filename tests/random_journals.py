"""Journals of every record type over very few names, so that the records meet in every way."""

import random
from collections.abc import Callable

import pytest
from _pytest.mark import ParameterSet

from journal.kafka.records import Record
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactOwnerKey,
    ArtifactOwnerValue,
    ArtifactRuleKey,
    ArtifactRuleValue,
    ArtifactValue,
    ArtifactVersionKey,
    ArtifactVersionValue,
    CommentIdKey,
    CommentIdValue,
    CommentKey,
    CommentValue,
    ConfigPropertyKey,
    ConfigPropertyValue,
    ContentIdKey,
    ContentIdValue,
    ContentKey,
    ContentV2Key,
    ContentV2Value,
    ContentValue,
    DownloadContext,
    DownloadKey,
    DownloadValue,
    GlobalActionKey,
    GlobalActionValue,
    GlobalIdKey,
    GlobalIdValue,
    GlobalRuleKey,
    GlobalRuleValue,
    GroupKey,
    GroupValue,
    Key,
    LogConfigKey,
    LogConfigValue,
    Message,
    MetaData,
    RoleMappingKey,
    RoleMappingValue,
    UpgraderKey,
    UpgraderValue,
    Value,
)
from registry.references import Reference, content_hash, serialize_references
from tests.journals import record

Said = tuple[Key, Value | None]
_TENANTS = ("_", "_", "_", "t", None)
_GROUPS = (None, "g", "h")
_ARTIFACTS = ("a", "b", "c")
_VERSIONS = ("1", "2", "3", "x")
_RULES = ("VALIDITY", "COMPATIBILITY", "INTEGRITY")
_STATES = ("ENABLED", "DISABLED", "DEPRECATED")
_NAMES = (None, "Name", "ünï \0 \U0001f600", "n" * 600)
_IDS = range(1, 12)


def seeds(few: int, many: int) -> list[ParameterSet]:
    """Seeds of which every run of the tests takes a few, and make soak many."""
    rest = [pytest.param(seed, marks=pytest.mark.soak) for seed in range(few, many)]
    return [*map(pytest.param, range(few)), *rest]


def random_journal(seed: int, length: int) -> list[Record]:
    """The same for the same seed; most records are of the kinds that a registry says most."""
    chance = random.Random(seed)
    maker = _Maker(chance)
    kinds, weights = zip(*maker.kinds, strict=True)
    said = (make() for make in chance.choices(kinds, weights, k=length))
    return [record(Message(key, value), offset) for offset, (key, value) in enumerate(said)]


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._one = chance.choice
        self.kinds: tuple[tuple[Callable[[], Said], int], ...] = (
            (self._content, 10),
            (self._content_v2, 10),
            (self._id, 20),
            (self._artifact, 20),
            (self._version_of_artifact, 20),
            (self._import, 8),
            (self._end_of_artifact, 2),
            (self._version, 8),
            (self._end_of_version, 3),
            (self._owner, 2),
            (self._rule, 6),
            (self._global_rule, 4),
            (self._group, 5),
            (self._comment, 8),
            (self._import_comment, 2),
            (self._role, 4),
            (self._property, 4),
            (self._logger, 3),
            (self._download, 4),
            (self._upgrade, 2),
            (self._tombstone, 2),
            (self._end_of_all, 1),
        )

    # Contents

    def _bytes(self) -> tuple[bytes, str | None, str]:
        """Content, references, and a hash by one formula or the other."""
        number = self._one(range(8))
        content = f'{{"content": {number}}}'.encode()
        references = (
            serialize_references([Reference("g", "a", "1", "first")]) if number % 2 else None
        )
        covers = self._one((True, True, False))
        return content, references, content_hash(content, references if covers else None)

    def _content(self) -> Said:
        content, references, hashed = self._bytes()
        action = self._one((Action.CREATE, Action.CREATE, Action.IMPORT, Action.UPDATE))
        canonical = self._one((None, *("c" * 64, "d" * 64) * 4))
        value = ContentValue(action, canonical, content, references)
        return ContentKey(self._one(_TENANTS), hashed, self._one(_IDS)), value

    def _content_v2(self) -> Said:
        content, references, hashed = self._bytes()
        action = self._one((Action.CREATE_OR_UPDATE, Action.CREATE_OR_UPDATE, Action.IMPORT))
        value = ContentV2Value(action, hashed, self._one(("c" * 64, "d" * 64)), content, references)
        return ContentV2Key(self._one(_TENANTS), self._one(_IDS)), value

    def _id(self) -> Said:
        action = self._one((Action.CREATE,) * 9 + (Action.RESET,))
        tenant = self._one(_TENANTS)
        made: tuple[Said, ...] = (
            (ContentIdKey(tenant, "u"), ContentIdValue(action)),
            (GlobalIdKey(tenant, "u"), GlobalIdValue(action)),
            (CommentIdKey(tenant, "u"), CommentIdValue(action)),
        )
        return self._one(made)

    # Artifacts

    def _place(self) -> tuple[str | None, str | None, str]:
        return self._one(_TENANTS), self._one(_GROUPS), self._one(_ARTIFACTS)

    def _meta(self) -> MetaData:
        return MetaData(
            self._one(_NAMES),
            self._one((None, "text", "d" * 1030)),
            self._one((None, (), ("L1", "l2"), ("L" * 300,))),
            self._one((None, {}, {"K": "V", "null": None}, {"k" * 300: "v" * 2000})),
        )

    def _new(self, action: Action) -> Said:
        value = ArtifactValue(
            action,
            meta_data=self._one((None, self._meta())),
            global_id=self._one(range(1, 200)),
            version=self._one((None, None, *_VERSIONS)),
            artifact_type=self._one(("AVRO", "JSON")),
            content_hash=self._bytes()[2],
            created_by=self._one(("", "alice")),
            created_on=self._one((1, 2)),
        )
        return ArtifactKey(*self._place(), "u"), value

    def _artifact(self) -> Said:
        return self._new(Action.CREATE)

    def _version_of_artifact(self) -> Said:
        return self._new(Action.UPDATE)

    def _import(self) -> Said:
        value = ArtifactValue(
            Action.IMPORT,
            state=self._one(_STATES),
            meta_data=self._meta(),
            global_id=self._one((-1, *range(1, 200))),
            version=self._one(_VERSIONS),
            artifact_type="AVRO",
            created_by="bob",
            created_on=3,
            version_id=self._one((1, 2, 7)),
            content_id=self._one(_IDS),
            latest=self._one((True, False)),
        )
        return ArtifactKey(*self._place(), "u"), value

    def _end_of_artifact(self) -> Said:
        return ArtifactKey(*self._place(), "u"), ArtifactValue(Action.DELETE)

    def _version(self) -> Said:
        action = self._one((Action.UPDATE, Action.UPDATE, Action.CLEAR))
        value = ArtifactVersionValue(action, self._one(_STATES), self._meta())
        return ArtifactVersionKey(*self._place(), self._one(_VERSIONS)), value

    def _end_of_version(self) -> Said:
        key = ArtifactVersionKey(*self._place(), self._one(_VERSIONS))
        return key, ArtifactVersionValue(Action.DELETE)

    def _owner(self) -> Said:
        owner = self._one(("carol", None))
        return ArtifactOwnerKey(*self._place()), ArtifactOwnerValue(Action.UPDATE, owner)

    # What belongs to them

    def _acts(self) -> Action:
        return self._one((Action.CREATE, Action.UPDATE, Action.DELETE, Action.IMPORT))

    def _rule(self) -> Said:
        key = ArtifactRuleKey(*self._place(), self._one(_RULES))
        return key, ArtifactRuleValue(self._acts(), self._one(("FULL", "NONE", None)))

    def _global_rule(self) -> Said:
        key = GlobalRuleKey(self._one(_TENANTS), self._one(_RULES))
        return key, GlobalRuleValue(self._acts(), self._one(("FULL", "NONE")))

    def _group(self) -> Said:
        value = GroupValue(
            self._acts(),
            description=self._one((None, "text")),
            created_by="dora",
            created_on=self._one((0, 5)),
            modified_on=self._one((0, 6)),
            properties=self._one((None, {"k": "v"})),
            only_artifacts=self._one((True, False)),
        )
        return GroupKey(self._one(_TENANTS), self._one(("g", "h"))), value

    def _comment(self) -> Said:
        place = (*self._place(), self._one(_VERSIONS), str(self._one(_IDS)), "u")
        action = self._one((Action.CREATE, Action.CREATE, Action.UPDATE, Action.DELETE))
        value = CommentValue(action, -1, self._one(("", "erin", None)), 9, self._one(("a", "b")))
        return CommentKey(*place), value

    def _import_comment(self) -> Said:
        key = CommentKey(
            self._one(_TENANTS), "<import-comments>", "_", "_", str(self._one(_IDS)), "u"
        )
        return key, CommentValue(Action.IMPORT, self._one(range(1, 200)), "", 9, "imported")

    # The rest

    def _role(self) -> Said:
        action = self._one((Action.CREATE, Action.UPDATE, Action.DELETE))
        value = RoleMappingValue(action, self._one(("ADMIN", "DEVELOPER")), "Fay")
        return RoleMappingKey(self._one(_TENANTS), self._one(("p", "q"))), value

    def _property(self) -> Said:
        action = self._one((Action.UPDATE, Action.UPDATE, Action.DELETE))
        value = ConfigPropertyValue(action, self._one(("true", "false")))
        return ConfigPropertyKey(self._one(_TENANTS), self._one(("one", "two"))), value

    def _logger(self) -> Said:
        action = self._one((Action.UPDATE, Action.UPDATE, Action.DELETE))
        value = LogConfigValue(
            action, self._one(("org.one", "org.two")), self._one(("INFO", "WARN"))
        )
        return LogConfigKey(self._one(_TENANTS)), value

    def _download(self) -> Said:
        expires = 1_600_000_000_000 + self._one((0, 100, 100_000))
        context = DownloadContext("EXPORT", expires)
        value = DownloadValue(self._one((Action.CREATE, Action.CREATE, Action.DELETE)), context)
        return DownloadKey(self._one(_TENANTS), self._one(("d1", "d2"))), value

    def _upgrade(self) -> Said:
        action = self._one([each for each in Action if each >= Action.UPGRADE_BOOTSTRAP])
        return UpgraderKey("compact"), UpgraderValue(action, self._one(("u1", "u2", None)), 2)

    def _tombstone(self) -> Said:
        return ArtifactVersionKey(*self._place(), self._one(_VERSIONS)), None

    def _end_of_all(self) -> Said:
        value = GlobalActionValue(Action.DELETE_ALL_USER_DATA)
        return GlobalActionKey(self._one(_TENANTS)), value
