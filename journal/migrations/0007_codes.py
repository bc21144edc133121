"""Carries old ledgers over: sentences and class names that were stored become codes.

Columns, words and meanings of today are in journal.projection.remarks; what is here describes the
releases before, and stays as it is.
"""

import json
import re

from django.db import migrations, models

_BATCH_SIZE = 1000
_NO_EFFECT, _CONTENT, _ARTIFACT, _COMMENT, _CREATE, _UPDATE = 2, 2, 3, 16, 1, 2

#: Why an import left no version: in a remark after "no version: ", or alone in a reason.
_CAUSES = (
    ("global-id-exists", r"global id (?P<i0>-?\d+) is there already"),
    ("version-exists", r"version (?P<s0>.*?) is there already"),
    ("state-missing", r"the record names no state"),
    ("meta-data-too-long", r"name or description is too long"),
    ("content-unknown", r"content id (?P<i0>-?\d+) is unknown"),
)
#: Groups are arguments: i are numbers, n are numbers or None, s are texts.
_REMARKS = [
    (code, re.compile(rf"{pattern}(?=; |\Z)", re.DOTALL))
    for code, pattern in (
        ("id-in-use", r"already in use: (?P<s0>\w+) (?P<i1>-?\d+)"),
        ("sequence-moved", r"(?P<s0>\w+) moved from (?P<i1>-?\d+) to (?P<i2>-?\d+)"),
        (
            "content-id-reused",
            r"content id (?P<i0>-?\d+) used twice; the (?P<s1>first|last) use counts, "
            r"(?P<s2>.*?) is lost",
        ),
        (
            "content-replaced",
            r"global ids that show the new one: (?P<ids>-?\d+(?:, -?\d+)*)(?P<more> and more)?",
        ),
        ("content-lost", r"content id (?P<i0>-?\d+) was used twice, this content is lost"),
        ("content-contested", r"content id (?P<i0>-?\d+) was used twice"),
        ("bytes-missing", r"its bytes are missing: no record before this one tells them"),
        (
            "global-id-taken",
            r"its id is taken: another version has the global id (?P<i0>-?\d+)",
        ),
        *((f"no-version {code}", f"no version: {pattern}") for code, pattern in _CAUSES),
        ("upgrade-lock-held", r"holds the upgrade lock for version (?P<n0>-?\d+|None)"),
        ("upgrade-lock-awaited", r"waits: (?P<s0>.*?) holds the upgrade lock"),
        ("topic-version-raised", r"the topic is of version (?P<n0>-?\d+|None) from here on"),
        ("req-missing", r"no req header"),
        ("req-invalid", r"the req header is not a UUID: a Java node would stop here"),
    )
]
#: Where a text ends that is none of these: what is wrong with the request id may follow.
_END = re.compile(
    r"(?:; (?:no req header|the req header is not a UUID: a Java node would stop here))?\Z"
)
#: By type: what a reason says of a content that no record supplied.
_MISSING = {
    _ARTIFACT: (
        re.compile(r"No content with hash (?P<s0>.*) was found\.", re.DOTALL),
        re.compile(r"content id (?P<i0>-?\d+) is unknown"),
    ),
    _CONTENT: (re.compile(r"no content has id -?\d+ and hash (?P<s0>.*)", re.DOTALL),),
}
_COMMENT_SUMMARY = re.compile(r"create comment (\d{1,18}) of ")
_ARTIFACT_SUMMARY = re.compile(
    r"(?:create|update) artifact .*, (\S+)(?:, content -?\d+)?, global id -?\d+(?:, group .*)?",
    re.DOTALL,
)
_ERRORS = frozenset([
    "GroupNotFound",
    "ArtifactNotFound",
    "VersionNotFound",
    "ContentNotFound",
    "RuleNotFound",
    "CommentNotFound",
    "RoleMappingNotFound",
    "DownloadNotFound",
    "LoggerNotFound",
    "ConfigPropertyNotFound",
    "GroupAlreadyExists",
    "ArtifactAlreadyExists",
    "VersionAlreadyExists",
    "RuleAlreadyExists",
    "ContentAlreadyExists",
    "CommentAlreadyExists",
    "RoleMappingAlreadyExists",
    "HasComments",
    "AuthoredComment",
    "DefaultRuleDeletion",
    "InvalidPropertyValue",
    "ImportConflict",
    "ImportIncomplete",
    "LimitExceeded",
    "InvalidContent",
    "UncanonicalContent",
    "UnsupportedByDialect",
    "DeletionNotEnabled",
    "ReadOnlyRegistry",
    "ImpossibleRecord",
    "NotFound",
    "AlreadyExists",
    "RegistryError",
])
_TROUBLES = frozenset([
    "BrokerError",
    "MessageTooLarge",
    "NotAuthorized",
    "TopicMissing",
    "AheadOfJournal",
    "TopicReplaced",
    "WrongTopic",
    "OutdatedProjection",
])


def to_code(name, names):
    """Return "topic-missing" for TopicMissing; other names stay as they are."""
    return re.sub(r"(?<=.)(?=[A-Z])", "-", name).lower() if name in names else name


def to_remark_codes(remark, type_number, reason):
    """Return what the column `remark` holds now of an old remark and the record's reason."""
    rows = _parse_remark(remark)
    for pattern in _MISSING.get(type_number, ()):
        if match := pattern.fullmatch(reason):
            rows.insert(0, ["content-missing", *_arguments(match)])
    if rows and rows[0][:2] == ["no-version", "content-unknown"]:
        rows.insert(1, ["content-missing", rows[0][2]])
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""


def _parse_remark(remark):
    rows, start = [], 0
    while start < len(remark):
        for code, pattern in _REMARKS:
            if match := pattern.match(remark, start):
                rows.append([*code.split(), *_arguments(match)])
                start = match.end() + len("; ")
                break
        else:
            end = _END.search(remark, start).start()
            rows.append(["text", remark[start:end]])
            start = end + len("; ")
    return rows


def _arguments(match):
    groups = match.groupdict()
    if "ids" in groups:
        # More ids than the ten that are named: the next one is not known any more.
        return [*map(int, groups["ids"].split(", ")), *([None] if groups["more"] else [])]
    convert = {"i": int, "n": lambda text: None if text == "None" else int(text), "s": str}
    return [convert[name[0]](groups[name]) for name in sorted(groups, key=lambda name: name[1])]


def carry_over(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        _carry_rows_over(cursor)
        _number_comments(cursor)
        _store_artifact_types(cursor)
        cursor.execute("SELECT id, document FROM journal_tally")
        for tally_id, document in cursor.fetchall():
            tally = json.loads(document)
            refusals = tally.get("refusals", {})
            tally["refusals"] = {to_code(name, _ERRORS): row for name, row in refusals.items()}
            stored = json.dumps(tally, ensure_ascii=False, separators=(",", ":"))
            cursor.execute(
                "UPDATE journal_tally SET document = %s WHERE id = %s", [stored, tally_id]
            )
        for name in _TROUBLES:
            cursor.execute(
                "UPDATE journal_workerstatus SET trouble_kind = %s WHERE trouble_kind = %s",
                [to_code(name, _TROUBLES), name],
            )


def _carry_rows_over(cursor):
    last = 0
    while True:
        cursor.execute(
            "SELECT id, type, error, reason, remark FROM journal_ledgerrow "
            "WHERE id > %s AND (remark <> '' OR outcome <> 1) ORDER BY id LIMIT %s",
            [last, _BATCH_SIZE],
        )
        rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        updates = [
            (to_code(error, _ERRORS), to_remark_codes(remark, type_number, reason), row_id)
            for row_id, type_number, error, reason, remark in rows
        ]
        cursor.executemany(
            "UPDATE journal_ledgerrow SET error = %s, remark = %s WHERE id = %s", updates
        )


def _number_comments(cursor):
    """Store the id of each new comment, which only its summary has."""
    for rows in _summaries(cursor, _COMMENT, (_CREATE,)):
        matches = ((_COMMENT_SUMMARY.match(summary), row_id) for row_id, summary in rows)
        cursor.executemany(
            "UPDATE journal_ledgerrow SET result = %s WHERE id = %s",
            [(int(match[1]), row_id) for match, row_id in matches if match],
        )


def _store_artifact_types(cursor):
    """Store the artifact type of each new version, which only its summary has."""
    for rows in _summaries(cursor, _ARTIFACT, (_CREATE, _UPDATE)):
        matches = ((_ARTIFACT_SUMMARY.fullmatch(summary), row_id) for row_id, summary in rows)
        cursor.executemany(
            "UPDATE journal_ledgerrow SET artifact_type = %s WHERE id = %s",
            [(match[1], row_id) for match, row_id in matches if match],
        )


def _summaries(cursor, type_number, actions):
    """Yield batches of id and summary."""
    last = 0
    marks = ", ".join(["%s"] * len(actions))
    while True:
        cursor.execute(
            "SELECT id, summary FROM journal_ledgerrow "
            f"WHERE id > %s AND type = %s AND action IN ({marks}) ORDER BY id LIMIT %s",
            [last, type_number, *actions, _BATCH_SIZE],
        )
        rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        yield rows


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0006_search"),
    ]

    operations = [
        migrations.AddField("ledgerrow", "artifact_type", models.TextField(null=True)),
        migrations.RunPython(carry_over),
    ]
