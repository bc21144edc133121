"""Two texts beside each other."""

from registry.text_diff import side_by_side

_LINES = [f"line {at}" for at in range(40)]


def test_only_what_changed_is_shown_with_lines_around() -> None:
    changed = [*_LINES]
    changed[20] = "line twenty"
    diff = side_by_side("\n".join(_LINES).encode(), "\n".join(changed).encode())
    assert (diff.added, diff.removed) == (1, 1)
    kinds = [row.kind for row in diff.rows]
    assert kinds == ["folded", *["same"] * 4, "changed", *["same"] * 4, "folded"]
    assert diff.rows[0].count == 16
    assert diff.rows[-1].count == 15
    row = diff.rows[5]
    assert row.left is not None
    assert row.right is not None
    assert row.left.number == row.right.number == 21
    assert row.left.pieces == (("line ", False), ("20", True))
    assert "".join(text for text, _ in row.right.pieces) == "line twenty"


def test_added_and_removed_lines_have_no_counterpart() -> None:
    diff = side_by_side(b"a\nb", b"a\nb\nc")
    assert [(row.kind, row.left is None) for row in diff.rows][-1] == ("added", True)
    diff = side_by_side(b"a\nb\nc", b"a\nc")
    assert [row.kind for row in diff.rows] == ["same", "removed", "same"]


def test_equal_texts_and_different_line_ends_are_recognized() -> None:
    assert side_by_side(b"a\nb", b"a\nb").is_same
    assert "ends of their lines" in side_by_side(b"a\nb", b"a\r\nb").remark


def test_very_long_texts_are_not_compared() -> None:
    assert "More than 6,000 lines" in side_by_side(b"a\n" * 7000, b"").remark


def test_a_very_long_line_is_cut() -> None:
    diff = side_by_side(b"x" * 5000, b"y" * 5000)
    assert diff.rows[0].left is not None
    assert len(diff.rows[0].left.pieces[0][0]) == 2001
