"""Who is sent is chosen by rule: everybody in turn by score and load, each place with its reason; another choice needs one too."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.errors import Refused
from callcenter.domain.providers import BUSY_ORDERS, Candidate, Given, concentration, rank, require_choice
from callcenter.domain.services import Dated, in_force
from domain.world import START

DAY = date(2026, 11, 21)
CLEANING, REPAIR = UUID(int=1), UUID(int=2)
HERE, THERE = UUID(int=11), UUID(int=12)


def firm(number: int, **more: object) -> Candidate:
    values = {"prices": {CLEANING: None}, "contract_from": date(2026, 1, 1), "kind": "partner", **more}
    return Candidate(UUID(int=100 + number), f"P{number:02d}", f"单位{number}", **values)  # type: ignore[arg-type]


def order_of(*candidates: Candidate) -> list[str]:
    return [each.candidate.ref for each in rank(candidates, CLEANING, HERE, DAY) if each.place]


def codes(candidate: Candidate, day: date = DAY) -> set[str]:
    (only,) = rank([candidate], CLEANING, HERE, day)
    return {reason.code for reason in only.reasons if reason.stops}


@pytest.mark.rule("W-7", "D-8")
def test_who_does_not_fit_is_told_why() -> None:
    assert codes(firm(1)) == set()
    assert codes(firm(1, active=False)) == {"suspended"}
    assert codes(firm(1, contract_until=date(2026, 11, 20))) == {"no_contract"}
    assert codes(firm(1, contract_until=DAY)) == set()
    assert codes(firm(1, contract_from=None)) == {"no_contract"}
    assert codes(firm(1, contract_from=date(2026, 11, 22))) == {"no_contract"}
    assert codes(firm(1, kind="worker", contract_from=None)) == set()
    assert codes(firm(1, prices={REPAIR: None})) == {"other_service"}
    assert codes(firm(1, districts=frozenset({THERE}))) == {"other_district"}
    assert codes(firm(1, districts=frozenset({THERE, HERE}))) == set()
    assert rank([firm(1, districts=frozenset({HERE}))], CLEANING, None, DAY)[0].place is None


@pytest.mark.rule("W-7")
def test_the_turn() -> None:
    assert order_of(firm(2, given=3), firm(1, given=4)) == ["P02", "P01"]
    # A better score earns more: ten orders at 5.0 weigh as much as eight at 4.0.
    assert order_of(firm(1, given=10, score=5.0), firm(2, given=9, score=4.0)) == ["P01", "P02"]
    assert order_of(firm(1, given=9), firm(2, given=9, score=4.0, open=1)) == ["P01", "P02"]  # nobody's score is an average one
    earlier, later = START - timedelta(days=2), START - timedelta(days=1)
    assert order_of(firm(1, given=1, last_given=later), firm(2, given=1, last_given=earlier)) == ["P02", "P01"]
    assert order_of(firm(1, given=0, score=2.9), firm(2, given=90, score=3.0)) == ["P02", "P01"]
    assert order_of(firm(1), firm(2, kind="worker", given=9)) == ["P02", "P01"]
    assert order_of(firm(1), firm(2, kind="worker", open=BUSY_ORDERS)) == ["P01", "P02"]


@pytest.mark.rule("W-7")
@given(st.permutations(range(8)), st.integers(0, 50))
def test_the_order_does_not_depend_on_who_is_named_first(order: list[int], seed: int) -> None:
    chance = random.Random(seed)
    firms = [firm(n, given=chance.randrange(3), open=chance.randrange(7), score=chance.choice((None, 2.0, 4.5))) for n in range(8)]
    assert order_of(*(firms[place] for place in order)) == order_of(*firms)


@pytest.mark.rule("W-7")
def test_followed_for_long_the_rule_gives_each_their_share() -> None:
    """1,200 orders: shares follow the scores, and nobody is left out."""
    scores = {"P01": 5.0, "P02": 4.0, "P03": 3.0}
    firms = {ref: firm(int(ref[1:]), score=score) for ref, score in scores.items()}
    got: Counter[str] = Counter()
    for turn in range(1200):
        ref = order_of(*firms.values())[0]
        got[ref] += 1
        firms[ref] = replace(firms[ref], given=firms[ref].given + 1, last_given=START + timedelta(minutes=turn))
    assert got == {"P01": 500, "P02": 400, "P03": 300}


@pytest.mark.rule("W-7")
def test_another_choice_needs_a_reason() -> None:
    ranked = rank([firm(1), firm(2, given=1), firm(3, active=False), firm(4, districts=frozenset({THERE}))], CLEANING, HERE, DAY)
    assert require_choice(ranked, UUID(int=101), "").place == 1
    for chosen in (102, 104):
        with pytest.raises(Refused) as refused:
            require_choice(ranked, UUID(int=chosen), " 熟 ")
        assert (refused.value.code, refused.value.rule) == ("reason_needed", "W-7")
        assert "单位1" in refused.value.zh
        assert require_choice(ranked, UUID(int=chosen), "老人指定此单位").candidate.id == UUID(int=chosen)
    with pytest.raises(Refused, match="provider_impossible"):
        require_choice(ranked, UUID(int=103), "老人指定此单位")
    with pytest.raises(Refused, match="no_such_provider"):
        require_choice(ranked, UUID(int=999), "老人指定此单位")
    nobody = rank([firm(4, districts=frozenset({THERE}))], CLEANING, HERE, DAY)
    with pytest.raises(Refused, match="nobody fits"):
        require_choice(nobody, UUID(int=104), "")


@pytest.mark.rule("W-7")
def test_a_seat_that_favours_somebody_is_seen() -> None:
    fair, keen = UUID(int=21), UUID(int=22)
    orders = [Given(fair, UUID(int=100 + turn % 4)) for turn in range(40)]
    orders += [Given(keen, UUID(int=101), overridden=True)] * 6 + [Given(keen, UUID(int=100)), Given(keen, UUID(int=102))]
    first, *others = concentration(orders)
    assert (first.agent_id, first.provider_id, first.count, first.overridden) == (keen, UUID(int=101), 6, 6)
    assert (first.share, first.usual, first.suspicious) == (0.75, 0.25, True)
    assert not any(one.suspicious for one in others)
    assert concentration([Given(keen, UUID(int=101))] * 9)[0].suspicious is False  # nobody to compare with
    assert concentration([]) == []


# --- the version of a day ------------------------------------------------------------------------------------------------


@pytest.mark.rule("A-1")
def test_the_version_of_the_day() -> None:
    first = Dated(1, date(2026, 1, 1))
    planned = Dated(2, date(2027, 1, 1))
    offer = Dated(3, date(2026, 11, 1), date(2026, 11, 30))
    mended = Dated(4, date(2026, 1, 1))
    found = {day: in_force([first, planned, offer, mended], date.fromisoformat(day)) for day in
             ("2025-12-31", "2026-10-31", "2026-11-01", "2026-11-30", "2026-12-01", "2027-01-01")}  # fmt: skip
    assert list(found.values()) == [None, mended, offer, offer, mended, planned]
    ended = Dated(5, date(2026, 1, 1), date(2026, 6, 30))
    assert in_force([first, mended, ended], DAY) is None  # the newest of those that began on one day, though others would hold


def lasting(version: int, begins: int, lasts: int) -> Dated:
    first = DAY + timedelta(days=begins)
    return Dated(version, first, first + timedelta(days=lasts) if lasts else None)


dated = st.builds(lasting, st.integers(1, 50), st.integers(-5, 5), st.integers(0, 5))


@pytest.mark.rule("A-1")
@given(st.lists(dated, unique_by=lambda one: one.version), st.integers(-8, 12))
def test_what_is_in_force_holds_and_nothing_that_holds_began_later(versions: list[Dated], offset: int) -> None:
    day = DAY + timedelta(days=offset)
    found = in_force(versions, day)
    mended = {one.version for one in versions for two in versions if one.valid_from == two.valid_from and one.version < two.version}
    holding = [v for v in versions if v.version not in mended and v.valid_from <= day <= (v.valid_until or date.max)]
    assert (found is None) == (not holding)
    if found is not None:
        assert found in holding
        assert all(each.valid_from <= found.valid_from for each in holding)
    assert in_force(versions[::-1], day) == found
