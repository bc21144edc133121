"""The rule COMPATIBILITY itself: which versions and directions it compares, and what it reports."""

from registry.artifact_types.checks import Document
from registry.rules import COMPATIBILITY, EarlierVersion, Proposal, Verdict, evaluate
from tests.rules.protobuf_pairs import NO, S, m, m2


def verdict(level: str, new: str, *earlier: str) -> Verdict:
    """Return the verdict after the earlier contents, newest first."""
    count = len(earlier)
    documents = [
        EarlierVersion(str(count - at), Document(each.encode())) for at, each in enumerate(earlier)
    ]
    proposal = Proposal("a", "PROTOBUF", Document(new.encode()), earlier=lambda: documents)
    (result,) = evaluate({COMPATIBILITY: level}, proposal)
    return result


def test_a_hundred_warnings_hide_no_error() -> None:
    extensions = " ".join(f"optional int32 x{number} = {number};" for number in range(100, 300))
    rest = "extensions 100 to 299;"
    before = f"{m2('optional string s = 1; ' + rest)} extend M {{ {extensions} }}"
    after = m2("optional int32 s = 1; " + rest)
    result = verdict("BACKWARD", after, before)
    assert [cause.context for cause in result.causes] == ["M.s"]
    assert len(result.remarks) == 100
    # Also not one of an older version, after the warnings of the last one.
    kept = m2("optional string s = 1; " + rest)
    assert not verdict("BACKWARD_TRANSITIVE", kept, before, kept).causes
    assert verdict("BACKWARD_TRANSITIVE", kept, before, m2("optional bool s = 1;")).causes


def test_a_cause_says_what_changed_from_the_older_version_to_the_newer_one() -> None:
    before, after = m(f"\n{S}\n{NO}"), m(f"\n{S}\nint64 i = 2;")
    backward, forward = verdict("FULL", after, before).causes
    for cause, consequence in (
        (backward, "who reads with the new content breaks on data of version 1"),
        (forward, "who reads with version 1 breaks on data of the new content"),
    ):
        assert (cause.context, cause.line) == ("M.i", 3)
        assert cause.description == (
            "The type of M.i was int32 and is int64 (line 3). Data that has it is read as "
            f"something else; {consequence}."
        )


def test_a_field_that_every_version_reserves_is_never_used_again() -> None:
    gone = m(f'{S} reserved 2; reserved "i";')
    for level in ("BACKWARD_TRANSITIVE", "FORWARD_TRANSITIVE", "FULL_TRANSITIVE"):
        assert not verdict(level, gone, m(S + NO), m(S)).causes
    again = m(f"{S} bool t = 2;")
    assert verdict("BACKWARD", again, gone, m(S + NO)).causes
    # The type of 2 was another one in version 1 only.
    assert not verdict("FORWARD", again, gone, m(S + NO)).causes
    assert verdict("FORWARD_TRANSITIVE", again, gone, m(S + NO)).causes
