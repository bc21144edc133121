"""J04, J05 and J14: contents that are missing, empty, or not what their hash says."""

from journal.doctor.findings import Finding, places
from journal.doctor.observations import Observations
from journal.doctor.wording import offsets_of
from journal.tally import Sort

_SAY_AGAIN = (
    "Say the content again, from a dump, a backup or another node that has it, under the same id: "
    "its hash proves it."
)


def unknown_contents(seen: Observations) -> Finding | None:
    found = seen.tally.seen(Sort.UNKNOWN_CONTENT)
    if not found.count:
        return None
    return Finding(
        code="J04",
        severity="warning",
        summary=f"{found.count} artifact records name a content that no record supplied.",
        evidence=(
            f"They are at {offsets_of(found.first, found.count)}; none of them could be applied.",
            f"{seen.tally.seen(Sort.USED_TWICE).count} content records met a content id that was "
            "in use: so an upload fails whose id records were lost (J03).",
        ),
        records=places(found.first),
        consequence="The versions that they would have made are on no node that replays this "
        "journal. A node answered each of them with an error when it was said, unless the content "
        "was removed from the topic later.",
        remedy=_SAY_AGAIN,
    )


def empty_contents(seen: Observations) -> Finding | None:
    found = seen.tally.seen(Sort.EMPTY_CONTENT)
    if not found.count:
        return None
    return Finding(
        code="J05",
        severity="error",
        summary=f"{found.count} content records come without their bytes, and nothing before them "
        "supplied any.",
        evidence=(f"They are at {offsets_of(found.first, found.count)}.",),
        records=places(found.first),
        consequence="Nodes of 2.1.3 to 2.5.8 say a canonical hash anew without the bytes, under "
        "the key of the record that had them: compaction then removes that one. Artifacts with "
        "such a content can't be applied at a replay (J04).",
        remedy=f"{_SAY_AGAIN} Upgrade every node to 2.5.9 or newer, which says the bytes with it.",
    )


def hashes(seen: Observations) -> Finding | None:
    wrong, bare = seen.tally.seen(Sort.WRONG_HASH), seen.tally.seen(Sort.BARE_HASH)
    if wrong.count:
        return Finding(
            code="J14",
            severity="warning",
            summary=f"{wrong.count} content records carry a hash that is not that of their bytes.",
            evidence=(
                f"They are at {offsets_of(wrong.first, wrong.count)}; neither SHA-256 of the bytes "
                "nor of the bytes with their references gives the hash.",
            ),
            records=places(wrong.first),
            consequence="Who looks the content up by its hash does not find it, and the same bytes "
            "can be stored a second time. Bytes may have been changed on their way, or the writer "
            "is a foreign one (J12).",
            remedy="Compare the bytes with those of another node or of a backup before anything "
            "else is done.",
        )
    if bare.count and seen.tally.seen(Sort.NEWER).count:
        return Finding(
            code="J14",
            severity="info",
            summary=f"{bare.count} content records with references carry a hash of the bytes "
            "alone, as nodes before 2.4.2 wrote it.",
            evidence=(f"They are at {offsets_of(bare.first, bare.count)}.",),
            records=places(bare.first),
            consequence="None here: contents are found under both formulas. Nodes from 2.5.9 on "
            "say them anew with the hash of today when they upgrade the topic.",
            remedy="Nothing needs to be done.",
        )
    return None
