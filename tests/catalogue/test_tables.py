"""Every table comes in by file wholly or not at all, goes out, and comes in again unchanged; by hand the same rules hold."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import orjson
import pytest
import pytest_asyncio
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.catalogue import columns
from callcenter.catalogue.records import BadCells, Records, SheetRows
from callcenter.db.agents import Agent, add_agent
from callcenter.db.catalogue_tables import directory_search, provider_service, record_version, service_version
from callcenter.db.consent_tables import consent
from callcenter.db.member_versions import history as member_history
from callcenter.db.people import create_member
from callcenter.db.tables import access, member, seat, terminal
from callcenter.domain.errors import Refused
from callcenter.settings import Settings
from callcenter.sheets import reader
from callcenter.sheets.cells import BadCell, Dialling, read_cell
from callcenter.sheets.file import rows_of as sheet_rows
from callcenter.sheets.importing import ImportReport, import_file
from callcenter.sheets.template import make_export, make_template
from tests.catalogue.files import ROWS, SHEETS, headings, row
from tests.people.files import as_csv
from tests.people.test_member_reader import DIALLING


class Office:
    """The administrator's desk for every table."""

    def __init__(self, engine: AsyncEngine, settings: Settings, folder: Path) -> None:
        self.engine, self.settings, self.folder, self.by = engine, settings, folder, uuid4()
        self.records = Records(engine, settings)

    async def send(self, noun: str, *rows: list[str], names: list[str] | None = None, dry_run: bool = False) -> ImportReport:
        """As ``import_file``, with the reader in this process: starting one for each file takes a second."""
        store = self.records.store(noun)
        out, path = io.BytesIO(), as_csv(self.folder / "x.csv", [names or headings(noun), *rows])
        end = reader.check(store.sheet, path, out, DIALLING)
        read = [one for line in out.getvalue().splitlines() for one in orjson.loads(line)]
        report = ImportReport("x.csv", end["rows"], bad=end["bad"])
        async with self.engine.connect() as connection, connection.begin() as transaction:
            batch = await SheetRows(store).sort(connection, read, set(end["columns"]), set())
            report.added, report.changed, report.unchanged = len(batch.added), len(batch.changed), batch.unchanged
            report.bad += batch.bad
            if report.bad or dry_run:
                await transaction.rollback()
            else:
                await SheetRows(store).write(connection, batch, set(end["columns"]), self.by)
                report.applied = True
        return report

    async def send_file(self, noun: str, path: Path) -> ImportReport:
        store = self.records.store(noun)
        return await import_file(
            self.engine, self.settings, store.sheet, SheetRows(store), path, file_name=path.name, by=self.by, dry_run=False
        )

    async def all(self, noun: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.records.all(noun))["items"]
        return found

    async def fill(self) -> None:
        for noun in ROWS:
            report = await self.send(noun, row(noun))
            assert (report.bad, report.added, report.applied) == ([], 1, True), noun

    async def count(self, table: sa.Table) -> int:
        async with self.engine.connect() as connection:
            return await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest_asyncio.fixture
async def office(engine: AsyncEngine, settings: Settings, tmp_path: Path) -> Office:
    made = Office(engine, settings, tmp_path)
    async with engine.begin() as connection:
        await add_agent(connection, Agent(made.by, "admin", "管理员", "administrator", None, active=True), "x")
        for ref in ("A001", "A002"):  # whose consents a file may bring
            one = await create_member(connection, name="王秀英", gender="f", number=None)
            await connection.execute(sa.update(member).where(member.c.id == one).values(external_ref=ref))
    return made


async def test_every_table_comes_in_goes_out_and_comes_in_again_unchanged(office: Office) -> None:
    await office.fill()
    for noun, sheet in SHEETS.items():
        (item,) = await office.all(noun)
        assert item["version"] == 1
        async with office.engine.connect() as connection:
            rows = await office.records.store(noun).read(connection)
        exported = office.folder / f"{noun}.xlsx"
        exported.write_bytes(make_export(sheet, rows))
        cells = [text for _, text in sheet_rows(exported, sheet.title)]
        report = await office.send(noun, *cells[1:], names=cells[0])
        assert (report.bad, report.rows, report.added, report.changed, report.unchanged) == ([], 1, 0, 0, 1), noun
        assert (await office.send(noun, row(noun))).unchanged == 1
        template = office.folder / "template.xlsx"
        template.write_bytes(make_template(sheet, (await office.records.all(noun))["offers"]))
        assert reader.check(sheet, template, io.BytesIO(), DIALLING)["rows"] == 0
    assert await office.count(record_version) == len(SHEETS)
    real = await office.send_file("partners", office.folder / "partners.xlsx")
    assert (real.bad, real.unchanged, real.applied) == ([], 1, True)


BAD = [
    ("services", "ref", "", "不能为空"),
    ("services", "ref", "F W", "不含空格"),
    ("services", "valid_from", "昨天", "不是有效日期"),
    ("services", "valid_from", "1899-01-01", "不合理"),
    ("services", "valid_until", "2025-12-31", "早于"),
    ("services", "name", "", "不能为空"),
    (
        "services",
        "name",
        "长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长",
        "太长",
    ),
    ("services", "category", "理发", "只能填"),
    ("services", "price", "-3", "不是有效金额"),
    ("services", "price", "1e9", "不是有效金额"),
    ("services", "price", "3.005", "不是有效金额"),
    ("services", "unit", "", "填了价格"),
    ("services", "minutes", "0", "整数"),
    ("services", "special", "也许", "只能填"),
    ("services", "active", "停", "只能填"),
    ("key_numbers", "kind", "邻居", "只能填"),
    ("key_numbers", "number", "12", "不是有效电话"),
    ("key_numbers", "district", "月球", "没有“月球”"),
    ("resources", "owner", "", "不能为空"),
    ("resources", "kind", "演出", "只能填"),
    ("resources", "valid_until", "2026-01-01", "早于"),
    ("partners", "services", "FW009", "没有“FW009”"),
    ("partners", "services", "FW001:免费", "不是有效金额"),
    ("partners", "districts", "书香园小区、月球", "没有“月球”"),
    ("partners", "number", "", "不能为空"),
    ("partners", "contract_from", "", "合同开始"),
    ("partners", "contract_until", "2025-01-01", "早于"),
    ("partners", "active", "停用", "写明原因"),
    ("partners", "ref", "RY001", "另一类"),
    ("workers", "number", "abc", "不是有效电话"),
    ("departments", "phone", "", "不能为空"),
    ("departments", "active", "停用", "还有在用的辖区"),
    ("districts", "department", "无此部", "没有“无此部”"),
    ("lines", "number", "07-97", "只含数字"),
    ("lines", "kind", "聊天", "只能填"),
    ("lines", "active", "停用", "最后一条"),
    ("lines", "kind", "生活帮助", "最后一条"),
    ("seats", "extension", "1", "3–7 位"),
    ("terminals", "serial", "a b", "只含字母"),
    ("terminals", "account", "x1", "以 t 开头"),
    ("terminals", "member", "没有", "没有“没有”"),
    ("consents", "member", "A009", "没有这个编号"),
    ("consents", "name", "李秀英", "姓名不符"),
    ("consents", "kind", "拍照", "只能填"),
    ("consents", "given", "", "不能为空"),
    ("consents", "given", "也许", "只能填"),
    ("consents", "at", "2199-01-01", "将来"),
    ("consents", "at", "2025-01-01", "须晚于"),
    ("consents", "by_whom", "", "不能为空"),
    ("consents", "how", "微信", "只能填"),
]


@pytest.mark.parametrize("noun", SHEETS)
async def test_one_bad_row_and_nothing_of_the_file_is_taken_over(office: Office, noun: str) -> None:
    """Every kind of bad cell, beside a good row; by hand the same words refuse it."""
    await office.fill()
    before = await office.all(noun)
    key = SHEETS[noun].key[0]
    other = {"services": "FW777", "lines": "07977", "seats": "8777", "terminals": "YJT777", "consents": "A002"}.get(noun, "第二")
    second = row(noun, **{key: other, "account": "t777", **({"kind": "生活帮助"} if noun == "lines" else {})})
    for column, value, zh in [(each[1], each[2], each[3]) for each in BAD if each[0] == noun]:
        report = await office.send(noun, second, row(noun, **{column: value}))
        heading = SHEETS[noun].by_key[column].heading
        assert not report.applied, (column, value)
        assert any(zh in bad["zh"] or zh in bad["column"] for bad in report.bad), (column, value, report.bad)
        assert all(bad["row"] == 3 and bad["en"] for bad in report.bad), report.bad
        if column == key or (noun == "services" and column == "valid_from"):
            continue  # by hand a row keeps its name
        with pytest.raises(BadCells) as refused:
            await office.records.change(noun, before[0]["id"], 1, {column: value}, office.by)
        assert zh in refused.value.zh or heading in refused.value.zh
    twice = await office.send(noun, second, second)
    assert any("重复" in bad["zh"] for bad in twice.bad)
    assert await office.all(noun) == before


async def test_services_have_versions_and_a_new_price_leaves_the_old_one(office: Office) -> None:
    """A-1: a row with another date is a new version; mending a row is one, too, and nothing is lost."""
    await office.send("services", row("services"))
    report = await office.send("services", row("services", valid_from="2027-01-01", price="45"))
    assert (report.added, report.bad) == (1, [])
    mended = await office.send("services", row("services", standards="三人一组"))
    assert (mended.changed, mended.unchanged) == (1, 0)
    async with office.engine.connect() as connection:
        found = await connection.execute(sa.select(service_version).order_by(service_version.c.version))
        kept = [(one.version, str(one.valid_from), str(one.price), one.standards) for one in found]
    assert kept == [
        (1, "2026-01-01", "40.00", "两人一组"), (2, "2027-01-01", "45.00", "两人一组"), (3, "2026-01-01", "40.00", "三人一组"),
    ]  # fmt: skip
    assert [item["cells"]["price"] for item in await office.all("services")] == ["40.00", "45.00"]
    bad = await office.send("services", row("services", category="维修"), row("services", valid_from="2028-01-01"))
    assert [each["column"] for each in bad.bad] == ["类别"]


@pytest.mark.rule("W-9")
async def test_by_hand_a_save_is_a_version_and_nobody_overwrites_what_they_have_not_seen(office: Office) -> None:
    await office.fill()
    (item,) = await office.all("key_numbers")
    saved = await office.records.change("key_numbers", item["id"], 1, {"hours": "8:00–18:00"}, office.by)
    assert (saved["version"], saved["cells"]["hours"]) == (2, "8:00–18:00")
    with pytest.raises(Refused, match="record_changed") as refused:
        await office.records.change("key_numbers", item["id"], 1, {"hours": "夜间"}, office.by)
    assert (refused.value.rule, "管理员" in refused.value.zh) == ("W-9", True)
    assert (await office.records.change("key_numbers", item["id"], 2, {"hours": "8:00–18:00"}, office.by))["version"] == 2
    newest, first = await office.records.history("key_numbers", item["id"])
    assert (newest["kind"], newest["by"], newest["changed"]) == (
        "edit", "管理员", [{"field": "hours", "before": "全天", "after": "8:00–18:00"}],
    )  # fmt: skip
    assert (first["kind"], first["changed"]) == ("import", [])
    with pytest.raises(Refused, match="already_there"):
        await office.records.add("key_numbers", dict(zip(SHEETS["key_numbers"].by_key, row("key_numbers"), strict=True)), office.by)
    with pytest.raises(BadCells) as bad:
        await office.records.add("key_numbers", {"ref": "N1"}, office.by)
    assert {each["field"] for each in bad.value.more["bad"]} == {"name", "kind", "number"}
    with pytest.raises(Refused, match="unknown_cells"):
        await office.records.change("key_numbers", item["id"], 2, {"nothing": "1"}, office.by)
    with pytest.raises(Refused, match="not_found"):
        await office.records.change("key_numbers", str(uuid4()), 0, {"hours": ""}, office.by)
    renamed = await office.all("departments")
    await office.records.change("departments", renamed[0]["id"], 1, {"name": "红井老年服务部"}, office.by)
    assert (await office.all("districts"))[0]["cells"]["department"] == "红井老年服务部"


async def test_columns_that_a_file_does_not_have_stay(office: Office) -> None:
    await office.fill()
    report = await office.send("partners", ["DW001", "安心家政中心", "0797-1000401"], names=["编号", "单位名称", "电话"])
    assert (report.changed, report.bad) == (1, [])
    (item,) = await office.all("partners")
    assert (item["cells"]["name"], item["cells"]["services"], item["cells"]["districts"]) == (
        "安心家政中心",
        "FW001:38.00",
        "书香园小区",
    )
    assert item["extra"] == {"incidents": 0, "serious": 0}
    assert await office.count(provider_service) == 2
    assert (await office.send("partners", row("partners", name="别名"), dry_run=True)).applied is False
    assert (await office.all("partners"))[0]["cells"]["name"] == "安心家政中心"


async def test_a_terminal_changes_hands_as_a_version_of_both_profiles(office: Office) -> None:
    async with office.engine.begin() as connection:
        wang = await create_member(connection, name="王秀英", gender="f", number=None)
        li = await create_member(connection, name="李国华", gender="m", number=None)
        await connection.execute(sa.update(member).where(member.c.id == wang).values(external_ref="A1"))
        await connection.execute(sa.insert(terminal).values(serial="OLD1", member_id=li))
    assert (await office.send("terminals", row("terminals", member="A1"))).added == 1
    assert (await office.send("terminals", ["OLD1", "SIP-9"], names=["终端序列号", "型号"])).changed == 1
    async with office.engine.connect() as connection:
        found = {one.serial: one for one in await connection.execute(sa.select(terminal))}
        changes = await member_history(connection, wang)
    assert (found["YJT0001"].member_id, found["OLD1"].member_id, found["OLD1"].model) == (wang, li, "SIP-9")
    assert len(found["YJT0001"].password) > 20
    assert changes[0]["changed"] == [{"field": "terminals", "before": [], "after": ["YJT0001"]}]
    extra = {item["id"]: item["extra"]["member_name"] for item in await office.all("terminals")}
    assert extra == {"OLD1": "李国华", "YJT0001": "王秀英"}
    taken = await office.send("terminals", row("terminals", serial="YJT0002"))
    assert [bad["column"] for bad in taken.bad] == ["SIP 账号"]


async def test_consents_come_as_versions_and_an_old_file_brings_none_back(office: Office) -> None:
    """What was said before stays; what a file lacks stays; a file that is older than what is on record is refused whole."""
    old = office.folder / "old.xlsx"
    assert (await office.send("consents", row("consents"))).added == 1
    async with office.engine.connect() as connection:
        old.write_bytes(make_export(SHEETS["consents"], await office.records.store("consents").read(connection)))
    withdrawn = row("consents", given="不同意", at="2026-02-01", by_whom="女儿王芳", how="口头", note="来电说不要再录")
    report = await office.send("consents", withdrawn, row("consents", member="A002", kind="获取位置"))
    assert (report.bad, report.added, report.changed) == ([], 1, 1)
    assert (await office.send("consents", withdrawn)).unchanged == 1
    again = await office.send_file("consents", old)
    assert (again.applied, [bad["column"] for bad in again.bad]) == (False, ["日期"])
    assert "2026-02-01已有登记" in again.bad[0]["zh"]
    async with office.engine.connect() as connection:
        query = sa.select(consent).order_by(consent.c.member_id, consent.c.kind, consent.c.version)
        found = [one for one in (await connection.execute(query)).all() if one.kind == "recording"]
        traces = await connection.scalar(sa.select(sa.func.count()).where(access.c.action == "consent_recorded"))
    assert [(one.version, one.given, one.by_whom, one.how) for one in found] == [
        (1, True, "本人", "paper"), (2, False, "女儿王芳", "spoken"),
    ]  # fmt: skip
    assert found[1].at.astimezone(ZoneInfo("Asia/Shanghai")).isoformat() == "2026-02-01T00:00:00+08:00"
    assert traces == 3
    today = datetime.now(ZoneInfo("Asia/Shanghai"))
    assert (await office.send("consents", row("consents", at=today.date().isoformat(), given="同意"))).changed == 1
    async with office.engine.connect() as connection:
        newest = await connection.scalar(sa.select(sa.func.max(consent.c.at)))
    assert newest is not None
    assert today - timedelta(minutes=1) < newest < datetime.now(UTC)


async def test_a_new_seat_has_a_telephone_and_nobody_loses_theirs(office: Office) -> None:
    await office.fill()
    async with office.engine.begin() as connection:
        (made,) = (await connection.execute(sa.select(seat))).all()
        assert (len(made.password) > 20, made.presence) == (True, "offline")
        await connection.execute(sa.update(seat).values(agent_id=office.by, presence="paused"))  # went home without logging out
    gone = await office.records.change("seats", "8001", 1, {"active": "停用"}, office.by)
    assert gone["cells"]["active"] == "停用"
    async with office.engine.connect() as connection:
        (after,) = (await connection.execute(sa.select(seat))).all()
    assert (after.agent_id, after.presence) == (None, "offline")


async def test_what_is_out_of_use_is_not_found_any_more(office: Office) -> None:
    await office.fill()
    assert await office.count(directory_search) == 5  # service, key number, resource, firm, department
    (item,) = await office.all("resources")
    await office.records.change("resources", item["id"], 1, {"published": "否"}, office.by)
    assert await office.count(directory_search) == 4
    async with office.engine.connect() as connection:
        kept = list(await connection.scalars(sa.select(access.c.action).order_by(access.c.id.desc()).limit(1)))
    assert kept == ["resources_changed"]


# --- what is written is read as the same ---------------------------------------------------------------------------------

text_like = st.text(st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn")), max_size=30)


@given(st.sampled_from([(sheet, column) for sheet in SHEETS.values() for column in sheet.columns]), text_like | st.sampled_from(
    ["FW1:3、FW2", "2026年3月5日", "80元", "是", "停用", "95598", "0797-6221234", "家政保洁", "12"]))  # fmt: skip
def test_what_a_cell_shows_is_read_as_what_it_is(pair: tuple[Any, Any], given_text: str) -> None:
    _, column = pair
    try:
        value = read_cell(given_text, column, DIALLING)
    except BadCell:
        return
    assert read_cell(column.text_of(value), column, DIALLING) == value


def test_the_examples_have_no_mistake() -> None:
    for sheet in (*SHEETS.values(), columns.SERVICES):
        cells = {column.key: column.example for column in sheet.columns if not column.example.startswith("示例")}
        read = {
            key: read_cell(value, sheet.by_key[key], Dialling("CN", "0797", DIALLING.today))
            for key, value in cells.items()
            if value
        }
        assert not list(sheet.together(read)), sheet.name
