"""No change of a trace, its hashes or its seals goes unseen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.chain import Break, End, Line, Seal, broken, broken_seals, cut, link, seal_hash, sealed

texts = st.text(alphabet=st.characters(blacklist_characters="\x1f", blacklist_categories=("Cs",)), max_size=6)
contents = st.lists(st.tuples(texts, texts), min_size=1, max_size=6)


def chain(name: str, content: list[tuple[str, ...]]) -> list[Line]:
    made: list[Line] = []
    for place, fields in enumerate(content, start=1):
        made.append(Line(name, place, fields, link(made[-1].hash if made else b"", name, place, fields)))
    return made


def seal_of(lines: list[Line], before: list[Seal]) -> Seal:
    ends = (End(lines[-1].chain, lines[-1].place, lines[-1].hash.hex()),)
    place = len(before) + 1
    return Seal(
        place, "2026-11-29T00:00:00", ends, seal_hash(before[-1].hash if before else b"", place, "2026-11-29T00:00:00", ends)
    )


@given(contents, contents)
def test_whole_chains_have_no_break(one: list[tuple[str, ...]], two: list[tuple[str, ...]]) -> None:
    lines = chain("a", one) + chain("b", two)
    seals = [seal_of(lines[: len(one)], [])]
    expected = sealed(seals)
    assert list(broken(lines, expected)) == []
    assert list(cut(expected)) == []
    assert list(broken_seals(seals)) == []


@pytest.mark.rule("W-9")
@given(contents, st.data())
def test_every_change_is_seen_where_it_was(content: list[tuple[str, ...]], data: st.DataObject) -> None:
    lines = chain("a", content)
    at = data.draw(st.integers(0, len(lines) - 1))
    new = data.draw(st.tuples(texts, texts).filter(lambda fields: fields != lines[at].content))
    changed = [*lines]
    changed[at] = replace(lines[at], content=new)
    assert list(broken(changed, {})) == [Break("a", at + 1, "changed")]


@given(contents.filter(lambda content: len(content) > 1), st.data())
def test_a_line_that_is_gone_is_seen(content: list[tuple[str, ...]], data: st.DataObject) -> None:
    lines = chain("a", content)
    expected = sealed([seal_of(lines, [])])
    gone = data.draw(st.integers(0, len(lines) - 1))
    left = [*lines[:gone], *lines[gone + 1 :]]
    found = [*broken(left, expected), *cut(expected)]
    assert found, "a removed line must be told"
    assert found[0].what in ("missing", "cut")


@given(contents)
def test_who_computes_every_hash_anew_is_told_by_the_seal(content: list[tuple[str, ...]]) -> None:
    lines = chain("a", content)
    expected = sealed([seal_of(lines, [])])
    forged = chain(
        "a", [("something", "else"), *content[1:]] if content[0] != ("something", "else") else [("x", "y"), *content[1:]]
    )
    assert [each.what for each in broken(forged, expected)] == ["rewritten"]


def test_a_seal_that_was_changed_or_taken_out_is_told() -> None:
    lines = chain("a", [("x",), ("y",), ("z",)])
    seals: list[Seal] = []
    for count in (1, 2, 3):
        seals.append(seal_of(lines[:count], seals))
    assert list(broken_seals(seals)) == []
    assert list(broken_seals([seals[0], replace(seals[1], ends=()), seals[2]])) == [Break("seal", 2, "seal")]
    assert [each.what for each in broken_seals([seals[0], seals[2]])] == ["missing"]


def test_fields_cannot_be_shifted_into_each_other() -> None:
    assert link(b"", "a", 1, ("ab", "c")) != link(b"", "a", 1, ("a", "bc"))
