"""Search finds what a plain walk through all members would find, in that order, whoever wrote the members."""

from __future__ import annotations

import random
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.member_search import search
from callcenter.db.people import create_member
from callcenter.db.spelling import spell
from callcenter.db.tables import card, member, member_number
from callcenter.domain.finding import Entry, quality, words_of

TODAY = date(2026, 11, 21)
MEMBERS, QUESTIONS, LIMIT = 90, 250, 20
NAMES, PLACES = "王李张欧阳秀英国华一", ("书香园", "红井路", "Block A", "象湖_1%")


class Book:
    """The members as a test knows them, beside those of the database."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.people: dict[UUID, dict[str, str | None]] = {}

    def invent(self) -> dict[str, str | None]:
        pick = self.chance.choice
        number = pick(("+861397070", "+86797622")) + "".join(pick("0123") for _ in range(4))
        return {
            "name": "".join(pick(NAMES) for _ in range(pick((2, 3)))), "number": pick((number, None)),
            "address": f"{pick(PLACES)}{self.chance.randint(1, 30)}栋{self.chance.randint(1, 6)}0{self.chance.randint(1, 4)}",
            "card": None,
        }  # fmt: skip

    def entry(self, person: dict[str, str | None]) -> Entry:
        name, number = str(person["name"]), person["number"]
        ids = [] if number is None else [number[1:]]
        if number is not None and not number.startswith("+861"):
            ids.append("0" + number[3:])
        if person["card"]:
            ids.append(str(person["card"]).lower())
        return Entry(name.lower(), *spell(name), tuple(ids), str(person["address"]).lower())

    def expected(self, text: str) -> list[UUID]:
        words = words_of(text)
        entries = {key: self.entry(person) for key, person in self.people.items()}
        fits = [(fit, entry.name, str(key), key) for key, entry in entries.items() if (fit := quality(entry, words))]
        return [key for *_, key in sorted(fits)][:LIMIT]

    def question(self) -> str:
        entry = self.entry(self.chance.choice(list(self.people.values())))
        words = []
        for _ in range(self.chance.choice((1, 1, 1, 2))):
            text = self.chance.choice([entry.name, entry.pinyin, entry.initials, entry.address.replace(" ", ""), *entry.ids])
            begin = self.chance.randrange(len(text))
            words.append(text[begin : begin + self.chance.randint(1, 6)])
        return " ".join(words)


async def put(connection: AsyncConnection, book: Book) -> UUID:
    person = book.invent()
    key = await create_member(
        connection, name=str(person["name"]), gender="f", number=person["number"], address=str(person["address"])
    )
    book.people[key] = person
    return key


async def change(connection: AsyncConnection, book: Book, key: UUID) -> None:
    """A name, a number, a card: as an import or a person would write it, past every code of search."""
    person, new = book.people[key], book.invent()
    what = book.chance.choice(("name", "number", "card"))
    if what == "name":
        pinyin, initials = spell(str(new["name"]))
        values = {"name": new["name"], "pinyin": pinyin, "initials": initials, "address": new["address"]}
        await connection.execute(sa.update(member).where(member.c.id == key).values(**values))
        person |= {"name": new["name"], "address": new["address"]}
    elif what == "number":
        await connection.execute(sa.delete(member_number).where(member_number.c.member_id == key))
        if new["number"]:
            await connection.execute(sa.insert(member_number).values(member_id=key, number=new["number"]))
        person["number"] = new["number"]
    else:
        held = next((other for other in book.people.values() if other["card"]), None)
        if held is not None and person["card"] is None:  # a card changes hands
            await connection.execute(sa.update(card).where(card.c.number == held["card"]).values(member_id=key))
            person["card"], held["card"] = held["card"], None
        elif person["card"] is None:
            person["card"] = f"YL{book.chance.randrange(10_000, 99_999)}"
            await connection.execute(sa.insert(card).values(number=person["card"], member_id=key))


async def test_search_finds_what_a_walk_would_find(engine: AsyncEngine) -> None:
    for seed in (1, 2):
        book = Book(random.Random(seed))
        async with engine.connect() as connection:
            keys = [await put(connection, book) for _ in range(MEMBERS)]
            for key in book.chance.sample(keys, 40):
                await change(connection, book, key)
            # What is not committed autovacuum never looks at; without figures the plan may be the slow one (0.3 s a question).
            await connection.execute(sa.text("ANALYZE member_search"))
            for _ in range(QUESTIONS):
                text = book.question()
                found = [UUID(each["id"]) for each in await search(connection, text, LIMIT, TODAY)]
                assert found == book.expected(text), f"seed {seed}: {text!r}"
            await connection.rollback()


async def test_what_fits_is_marked(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        key = await create_member(connection, name="欧阳秀英", gender="f", number="+867976221234", address="书香园3栋")
        await connection.execute(sa.insert(card).values(number="YL0042", member_id=key))

        async def marked(text: str) -> dict[str, object]:
            return (await search(connection, text, 5, TODAY))[0]["matched"]  # type: ignore[no-any-return]

        assert (await marked("ouyangxiu"))["name"] == [[0, 3]]
        assert (await marked("oyxy"))["name"] == [[0, 4]]
        assert (await marked("阳秀"))["name"] == [[1, 3]]
        assert await marked("1234 香园") == {"name": [], "address": [[1, 3]], "numbers": [[[8, 12]]], "id": None}
        assert (await marked("yl0042"))["id"] == "YL0042"
        await connection.rollback()
