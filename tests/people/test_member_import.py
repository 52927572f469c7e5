"""A file comes in wholly or not at all, again and again, and what it does not name stays as it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.agents import Agent, add_agent
from callcenter.db.member_search import search
from callcenter.db.people import create_member, find_by_number, find_terminal
from callcenter.db.profiles import profiles
from callcenter.db.tables import access, card, contact, department, district, member, terminal
from callcenter.db.targets import around_of
from callcenter.domain.errors import Refused
from callcenter.domain.escalation import kind_of_relation
from callcenter.people.member_batch import MemberRows, all_members
from callcenter.people.member_columns import COLUMNS, SHEET
from callcenter.settings import Settings
from callcenter.sheets.importing import ImportReport, import_file, lock_import
from callcenter.sheets.template import make_export
from tests.people.files import HEADINGS, LI, WANG, as_csv, as_xlsx, changed

TODAY = date(2026, 11, 21)


class Desk:
    """The administrator's desk: a file goes in, a report comes out."""

    def __init__(self, engine: AsyncEngine, settings: Settings, by: UUID, folder: Path) -> None:
        self.engine, self.settings, self.by, self.folder = engine, settings, by, folder
        self.steps: list[tuple[str, int]] = []

    async def send(self, *rows: list[str], dry_run: bool = False, headings: list[str] = HEADINGS) -> ImportReport:
        return await self.send_file(as_csv(self.folder / "x.csv", [headings, *rows]), dry_run=dry_run)

    async def send_file(self, path: Path, *, dry_run: bool = False) -> ImportReport:
        return await import_file(
            self.engine,
            self.settings,
            SHEET,
            MemberRows(),
            path,
            file_name=path.name,
            by=self.by,
            dry_run=dry_run,
            progress=lambda step, rows: self.steps.append((step, rows)),
        )

    async def count(self, table: sa.Table) -> int:
        async with self.engine.connect() as connection:
            return await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest_asyncio.fixture
async def desk(engine: AsyncEngine, settings: Settings, tmp_path: Path) -> Desk:
    by = uuid4()
    async with engine.begin() as connection:
        await add_agent(connection, Agent(by, "admin", "管理员", "administrator", None, active=True), "x")
    return Desk(engine, settings, by, tmp_path)


def figures(report: ImportReport) -> tuple[int, int, int, int, bool]:
    return report.rows, report.added, report.changed, report.unchanged, report.applied


async def test_everything_of_a_row_arrives(desk: Desk) -> None:
    assert figures(await desk.send(WANG, LI)) == (2, 2, 0, 0, True)
    async with desk.engine.connect() as connection:
        (member_id,) = await find_by_number(connection, "+8613970700001")
        profile = (await profiles(connection, [member_id], TODAY))[member_id]
        assert profile["honorific"] == "王奶奶"
        assert profile["district"] == "书香园小区"
        assert profile["department"] == "未分配部门"
        assert profile["card"] == {"number": "YL1", "valid_until": "2028-12-31"}
        assert [(each["name"], each["number"], each["order"]) for each in profile["contacts"]] == [
            ("王芳", "+8613970700002", 1),
            ("刘婶", "+867976225678", 2),
        ]
        found = await find_terminal(connection, serial="YJT0001")
        assert found is not None
        assert (found.member_id, found.number) == (member_id, "+867976221234")
        (brief,) = await search(connection, "oydf", 20, TODAY)
        assert (brief["name"], brief["honorific"]) == ("欧阳德福", "欧阳爷爷")
    assert desk.steps[-1] == ("writing", 2)
    assert await desk.count(access) == 1


async def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    await desk.send(WANG, LI)
    assert figures(await desk.send(WANG, LI)) == (2, 0, 0, 2, True)
    assert figures(await desk.send_file(as_xlsx(desk.folder / "x.xlsx", [HEADINGS, WANG, LI]))) == (2, 0, 0, 2, True)


CHANGES = {
    "姓名": "王秀兰", "性别": "男", "出生日期": "1942-03-05", "电话": "13970700009", "小区/地址": "红井路1栋", "区域": "红井路",
    "病史": "", "服务卡号": "YL9", "卡有效期": "2030-12-31", "终端序列号": "YJT0009", "终端号码": "6229999", "联系人2姓名": "张婶",
    "联系人1电话": "13970700010",
}  # fmt: skip


@pytest.mark.parametrize("heading", CHANGES)
async def test_each_column_can_change(desk: Desk, heading: str) -> None:
    await desk.send(WANG, LI)
    row = changed(WANG, **{heading: CHANGES[heading]})
    assert figures(await desk.send(row, LI)) == (2, 0, 1, 1, True)
    assert figures(await desk.send(row, LI)) == (2, 0, 0, 2, True)
    async with desk.engine.connect() as connection:
        query = sa.select(member.c.version, member.c.pinyin).where(member.c.external_ref == "A1")
        version, pinyin = (await connection.execute(query)).one()
    assert version == 2
    assert pinyin == ("wangxiulan" if heading == "姓名" else "wangxiuying")


async def test_each_contact_stands_on_the_rung_of_its_relation(desk: Desk) -> None:
    relations = {
        "女儿": "family", "儿媳": "family", "侄子": "family", "": "family", "邻居": "neighbour", "隔壁邻居": "neighbour",
        "社区": "community", "社工": "community", "网格员": "community", "楼长": "community", "物业": "community",
        "村干部": "community", "居委会": "community",
    }  # fmt: skip
    for relation, kind in relations.items():
        await desk.send(changed(WANG, 联系人1关系=relation))
        async with desk.engine.connect() as connection:
            member_id = await connection.scalar(sa.select(member.c.id))
            assert member_id is not None
            around = await around_of(connection, member_id=member_id)
        assert around is not None
        assert [(contact.name, contact.kind, contact.relation) for contact in around.contacts] == [
            ("王芳", kind, relation), ("刘婶", "neighbour", "邻居"),
        ]  # fmt: skip
        assert [target.key for target in around.own][-1] == "landline:+8613970700001"


def test_the_template_says_which_relation_stands_where() -> None:
    note = next(column.note_zh for column in COLUMNS if column.key == "contact1_relation")
    for word in ("邻", "社区", "社工", "网格", "楼长", "物业", "村", "居委"):
        assert word in note
        assert kind_of_relation(word) != "family"
    assert kind_of_relation("女儿") == "family"


async def test_contacts_that_did_not_change_stay_the_same_ones(desk: Desk) -> None:
    async def ids() -> list[UUID]:
        async with desk.engine.connect() as connection:
            return list(await connection.scalars(sa.select(contact.c.id).order_by(contact.c.position)))

    await desk.send(WANG, LI)
    before = await ids()
    assert len(before) == 2
    await desk.send(changed(WANG, 病史="无"), LI)  # a running ladder knows them by these
    assert await ids() == before
    await desk.send(changed(WANG, 联系人2姓名="刘大婶"), LI)
    assert len(await ids()) == 2


async def test_one_bad_row_and_nothing_is_there(desk: Desk) -> None:
    rows = [changed(LI, 编号=f"B{number}") for number in range(450)]
    report = await desk.send(WANG, *rows, changed(LI, 性别="?"))
    assert (report.applied, report.bad[0]["row"], report.bad[0]["column"]) == (False, 453, "性别")
    assert await desk.count(member) == 0
    assert await desk.count(district) == 0


async def test_a_dry_run_counts_and_writes_nothing(desk: Desk) -> None:
    assert figures(await desk.send(WANG, LI, dry_run=True)) == (2, 2, 0, 0, False)
    assert (await desk.count(member), await desk.count(access)) == (0, 0)


async def test_columns_that_are_not_there_are_left_alone(desk: Desk) -> None:
    await desk.send(WANG)
    report = await desk.send(["A1", "王秀英", "女", "客家话"], headings=["编号", "姓名", "性别", "方言"])
    assert figures(report) == (1, 0, 1, 0, True)
    async with desk.engine.connect() as connection:
        (member_id,) = await find_by_number(connection, "+8613970700001")
        profile = (await profiles(connection, [member_id], TODAY))[member_id]
    assert profile["dialect"] == "客家话"
    assert (len(profile["contacts"]), profile["illnesses"], len(profile["terminals"])) == (2, ["高血压", "冠心病"], 1)
    assert profile["card"]["number"] == "YL1"


async def test_card_and_terminal_change_hands_within_a_file(desk: Desk) -> None:
    other = changed(LI, 服务卡号="YL2", 终端序列号="YJT0002")
    await desk.send(WANG, other)
    crossed = [changed(WANG, 服务卡号="YL2", 终端序列号="YJT0002"), changed(other, 服务卡号="YL1", 终端序列号="YJT0001")]
    assert figures(await desk.send(*crossed)) == (2, 0, 2, 0, True)
    assert (await desk.count(card), await desk.count(terminal)) == (2, 2)
    assert figures(await desk.send(*crossed)) == (2, 0, 0, 2, True)


async def test_a_card_or_terminal_of_somebody_else_is_a_mistake(desk: Desk) -> None:
    await desk.send(WANG)
    report = await desk.send(changed(LI, 服务卡号="YL1", 终端序列号="YJT0001"))
    assert not report.applied
    assert [bad["column"] for bad in report.bad] == ["服务卡号", "终端序列号"]
    assert "编号 A1" in report.bad[0]["zh"]


async def test_a_terminal_keeps_its_account(desk: Desk) -> None:
    async with desk.engine.begin() as connection:
        await connection.execute(sa.insert(terminal).values(serial="YJT0001", account="t10001", password="x", number="+861"))
    assert (await desk.send(changed(WANG, 终端号码=""))).applied
    async with desk.engine.connect() as connection:
        found = await find_terminal(connection, account="t10001")
    assert found is not None
    assert (found.number, found.member_id is not None) == ("+861", True)


async def test_a_new_district_goes_to_the_only_department(desk: Desk) -> None:
    owner = uuid4()
    async with desk.engine.begin() as connection:
        await connection.execute(sa.insert(department).values(id=owner, name="社养部"))
    await desk.send(WANG, LI)
    async with desk.engine.connect() as connection:
        assert set((await connection.execute(sa.select(district.c.department_id))).scalars()) == {owner}


async def test_two_imports_at_once_are_refused(desk: Desk) -> None:
    async with desk.engine.begin() as connection:
        assert await lock_import(connection)
        with pytest.raises(Refused, match="import_running"):
            await desk.send(WANG)
    assert (await desk.send(WANG)).applied


async def test_a_file_that_is_none_is_refused_in_words(desk: Desk) -> None:
    path = desk.folder / "x.xlsx"
    path.write_bytes(b"\x89PNG\0")
    with pytest.raises(Refused) as refused:
        await desk.send_file(path)
    assert (refused.value.code, refused.value.status) == ("file_not_a_table", 422)
    assert "没有导入任何数据" in refused.value.zh
    assert sorted(each.name for each in desk.folder.iterdir()) == ["x.xlsx"]


async def test_what_is_exported_is_imported_again_unchanged(desk: Desk) -> None:
    """Also a member whom a call made, who has no number of the centre's own yet, and contacts beyond the template's four."""
    await desk.send(WANG, LI)
    async with desk.engine.begin() as connection:
        await create_member(connection, name="张三", gender="m", number="+8613970700077")
        (wang,) = await find_by_number(connection, "+8613970700001")
        more = [
            {
                "id": uuid4(),
                "member_id": wang,
                "name": f"邻{place}",
                "relation": "邻居",
                "number": f"+861397070001{place}",
                "position": place,
            }
            for place in range(3, 7)
        ]
        await connection.execute(sa.insert(contact), more)
        rows = await all_members(connection)
    assert sorted(row["ref"] for row in rows) == ["A1", "A2", "L000001"]
    (desk.folder / "all.xlsx").write_bytes(make_export(SHEET, rows))
    assert figures(await desk.send_file(desk.folder / "all.xlsx")) == (3, 0, 0, 3, True)
    assert figures(await desk.send(changed(WANG, 姓名="王秀兰"))) == (1, 0, 1, 0, True)
    assert await desk.count(contact) == 6  # the columns that a file does not have stay
