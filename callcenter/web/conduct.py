"""Conduct by HTTP: quality reviews, what people contribute, the rules' text and its signatures."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from aiohttp import web
from pydantic import Field, StringConstraints

from callcenter.db.agents import Session
from callcenter.domain.inspection import Item
from callcenter.web.bodies import Days, Line, Name, Strict, Version, answer, read_body, read_id, read_number, read_query
from callcenter.web.deps import Deps

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Title = Annotated[Line, Field(min_length=1, max_length=60)]


class QualityQuery(Strict):
    """``GET /api/quality``"""

    days: Days = 90


class RubricItem(Strict):
    """One thing that is listened for."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
    most: int = Field(ge=1, le=100)
    zh: Title
    en: Annotated[Line, Field(max_length=120)] = ""


class NewRubric(Strict):
    """``PUT /api/quality/rubric``"""

    items: list[RubricItem] = Field(min_length=1, max_length=20)
    note: Text = ""


class NewReview(Strict):
    """``POST /api/quality/reviews``"""

    recording_id: UUID
    version: Version
    scores: dict[str, int]
    comment: Text = ""


class ReviewAnswer(Strict):
    """``POST /api/quality/reviews/{id}/answer``"""

    text: Annotated[Text, Field(min_length=1)]


class NewContribution(Strict):
    """``POST /api/contributions``"""

    kind: Literal["key_number", "resource", "script"]
    title: Title
    text: Text = ""
    number: Annotated[Line, Field(max_length=40)] = ""


class ContributionDecision(Strict):
    """``POST /api/contributions/{id}/decide``; ``category``: its kind in the catalogue, in the words of the table."""

    accept: bool
    reason: Text = ""
    category: Annotated[Line, Field(max_length=40)] = ""


class NewRulesText(Strict):
    """``POST /api/rules-text``"""

    title: Title
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60000)]
    valid_from: date


class RulesSignature(Strict):
    """``POST /api/rules-text/{version}/sign``"""

    name: Name


async def quality(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/quality``: everybody's for those who lead, else one's own."""
    return answer(await deps.conduct.quality.page(person, read_query(request, QualityQuery).days))


async def save_rubric(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``PUT /api/quality/rubric``: a new version."""
    body = await read_body(request, NewRubric)
    items = [Item(item.id, item.most, item.zh, item.en or item.zh) for item in body.items]
    await deps.conduct.quality.save_rubric(person, items, body.note)
    return answer(await deps.conduct.quality.page(person, 90))


async def review(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/quality/reviews``: one score sheet."""
    body = await read_body(request, NewReview, strict=False)
    await deps.conduct.quality.review(person, body.recording_id, body.version, body.scores, body.comment)
    return answer(await deps.conduct.quality.page(person, 90), status=201)


async def answer_review(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/quality/reviews/{id}/answer``: by the one who was reviewed, once."""
    body = await read_body(request, ReviewAnswer)
    await deps.conduct.quality.answer(person, read_id(request), body.text)
    return answer(await deps.conduct.quality.page(person, 90))


async def contributions(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/contributions``: what waits first."""
    return answer(await deps.conduct.contributions.all())


async def propose(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/contributions``"""
    body = await read_body(request, NewContribution)
    return answer(await deps.conduct.contributions.propose(person, body.kind, body.title, body.text, body.number), status=201)


async def decide(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/contributions/{id}/decide``: taken over, or refused with the reason."""
    body = await read_body(request, ContributionDecision)
    found = await deps.conduct.contributions.decide(
        person, read_id(request), accept=body.accept, reason=body.reason, category=body.category
    )
    return answer(found)


async def rules_text(_: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/rules-text``: the versions, whether one has signed, and for leaders who has not."""
    return answer(await deps.conduct.rules_text.page(person))


async def publish_rules(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/rules-text``: a new version, from today or later."""
    body = await read_body(request, NewRulesText, strict=False)
    return answer(await deps.conduct.rules_text.publish(person, body.title, body.text, body.valid_from), status=201)


async def sign_rules(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/rules-text/{version}/sign``: with one's own name, once for each version."""
    body = await read_body(request, RulesSignature)
    return answer(await deps.conduct.rules_text.sign(person, read_number(request, "version"), body.name))
