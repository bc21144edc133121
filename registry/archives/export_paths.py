"""The paths of an export's entries: Apicurio's, with ids that every system can unpack."""

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

Document = Mapping[str, Any]
#: Makes a step of a path of an id.
Step = Callable[[Any], str]

#: Bytes of a step: file systems take 255, with the end of a name.
_MOST_BYTES = 200
#: What some system has no files with, and the sign of an escape itself.
_UNSAFE = re.compile(r'[%/\\:*?"<>|\x00-\x1f\x7f]|\A\.+\Z|[. ]\Z')


def file_step(text: str) -> str:
    """Return a path step for a text, a different one for each.

    No unpacking program changes the step, or follows it to another folder.
    """
    step = _UNSAFE.sub(lambda match: "".join(f"%{ord(sign):02X}" for sign in match[0]), text)
    if len(step.encode()) > _MOST_BYTES:
        start = step.encode()[: _MOST_BYTES - 34].decode(errors="ignore")
        return f"{start}%~{sha256(text.encode()).hexdigest()[:32]}"
    return step or "%"


def group_path(document: Document, step: Step = file_step) -> str:
    # A record of a group without an id is one of the default group.
    return f"groups/{step(document['groupId'] or 'default')}.Group.json"


def version_path(document: Document, step: Step = file_step) -> str:
    version = step(document["version"])
    return f"{_artifact_path(document, step)}/versions/{version}.ArtifactVersion.json"


def artifact_rule_path(document: Document, step: Step = file_step) -> str:
    return f"{_artifact_path(document, step)}/rules/{document['type']}.ArtifactRule.json"


def _artifact_path(document: Document, step: Step) -> str:
    group_id = document.get("groupId") or "default"
    return f"groups/{step(group_id)}/artifacts/{step(document['artifactId'])}"


_PATHS = {"Group": group_path, "ArtifactVersion": version_path, "ArtifactRule": artifact_rule_path}


def leads_elsewhere(path: str) -> bool:
    """Return whether the path leads out of a folder, or begins at a root or at a drive."""
    path = path.replace("\\", "/")
    return path.startswith("/") or path[1:3] == ":/" or ".." in path.split("/")


def is_java_path(path: str, kind: str, document: Document) -> bool:
    """Return whether a Java node gives this path to the document, with its ids as they are.

    Folders may stand before it.
    """
    try:
        expected = _PATHS[kind](document, str)
    except KeyError:
        return False
    start = path.removesuffix(expected)
    return start != path and (not start or start.endswith("/")) and not leads_elsewhere(start)
