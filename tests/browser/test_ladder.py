"""The ladder as people see it: a real press, real family phones, a real browser, from the first ring to the signed report."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from harness.asterisk import RealAsterisk
from harness.centre import Centre, running_centre
from harness.homes import Homes, homes_of
from harness.ladder import FAMILY, LATE, QUICK, duty_phones, elder, listens, sound_of, until
from harness.rtp import CALLER_TONE, SEAT_TONE
from playwright.async_api import Locator, Page, expect

from browser.screens import Screens, of, pick_up, state
from callcenter.domain.policy import PublicNumber, Rung
from callcenter.simulation.audio import LEAST_LOUDNESS, LEAST_SHARE, RtpPeer, tone_share
from callcenter.simulation.family import VOICEMAIL_TONE as AMBULANCE_TONE

pytestmark = [pytest.mark.real, pytest.mark.browser]

SEATS = Rung(("emergency_seats",), 0.0, "until_seat_answers", "parallel")
CHINESE = r"[\u4e00-\u9fff]"
HOLES = r"\{\w+\}|undefined|null|NaN|Invalid"


@pytest_asyncio.fixture
async def centre(asterisk: RealAsterisk, database: str) -> AsyncIterator[Centre]:
    """A centre whose seats ring on while the ladder works, and which speaks fast."""
    async with running_centre(
        asterisk, database, ring_seconds=20.0, wrap_up_seconds=20.0, announce_every_seconds=30.0, speech_rate=300
    ) as made:
        yield made


@pytest_asyncio.fixture
async def homes(asterisk: RealAsterisk) -> AsyncIterator[Homes]:
    async with homes_of(asterisk) as made:
        yield made


def rung(board: Page | Locator, place: int) -> Locator:
    return board.locator(f"[data-testid=ladder-rung][data-place='{place}']")


def attempt(board: Page | Locator, name: str) -> Locator:
    """The newest call to this person."""
    return of(board, "ladder-attempt").filter(has_text=name).last


async def ladder_is(board: Locator, wanted: str) -> None:
    await expect(board).to_have_attribute("data-state", wanted)


async def counts_down(figure: Locator) -> None:
    """m:ss, and later less than before."""
    before = await figure.inner_text()
    assert re.fullmatch(r"\d+:\d\d", before), before
    await expect(figure).not_to_have_text(before)
    after = await figure.inner_text()
    assert [int(part) for part in after.split(":")] < [int(part) for part in before.split(":")]


async def hears_all(listener: RtpPeer, *tones: int) -> None:
    """Several sound at once, each with a tone of their own, and every one of them is heard."""
    least = LEAST_SHARE / len(tones)
    await until(lambda: all(_share(listener, tone) >= least for tone in tones), 6.0, f"not all of {tones} Hz were heard")


def _share(listener: RtpPeer, tone: int) -> float:
    share, loudness = tone_share(b"".join(listener._heard), tone)
    return share if loudness >= LEAST_LOUDNESS else 0.0


async def test_the_seat_watches_the_ladder_until_somebody_goes(centre: Centre, screens: Screens, homes: Homes) -> None:
    family = Rung(("family",), 4.0, ring_seconds=2.0)
    await centre.policy(SEATS, family, Rung(("neighbour",), 900.0), LATE, **QUICK)
    one = await elder(centre, "女儿", "儿子", "儿媳", "女婿", "邻居")
    daughter, son, wife, husband, _ = one.contacts
    homes.behave({daughter.number: "no-answer", son.number: "busy:0.6", wife.number: "answer:0.3:2@1.5"})
    homes.behave({husband.number: "answer:1.5"})
    page, _ = await screens.seat("8001")
    await one.press(centre)

    board = of(page, "red-board")
    await ladder_is(board, "running")
    await expect(board).to_be_in_viewport(ratio=1)
    await expect(of(page, "alarm-sound")).to_have_attribute("data-sound", "emergency")
    member = await centre.until_row("SELECT * FROM member WHERE id = :id", id=one.member_id)
    await expect(of(board, "board-who")).to_have_text(member["name"])
    await expect(board).to_contain_text(member["address"])
    await expect(rung(board, 1)).to_have_attribute("data-state", "running")
    await expect(rung(board, 1)).to_contain_text("坐席 8001 正在振铃")
    await counts_down(of(rung(board, 2), "rung-countdown"))

    rings = attempt(board, daughter.name)
    await expect(rings).to_have_attribute("data-state", "ringing")
    await expect(rings).to_contain_text("振铃中")
    await expect(rings).to_contain_text(f"女儿 {daughter.name}")
    for person, result, words in ((daughter, "no_answer", "无人接听"), (son, "busy", "忙线"), (wife, "cannot", "不能去")):
        row = attempt(board, person.name)
        await expect(row).to_have_attribute("data-result", result)
        await expect(row).to_contain_text(words)
    await expect(of(attempt(board, wife.name), "attempt-key")).to_have_text("按 2 不能去")

    last = await homes.trunk.wait_for_invite(husband.number)
    row = attempt(board, husband.name)
    await listens(last)
    await expect(row).to_contain_text("正在听播报")
    homes.trunk.press(last, "1")
    await ladder_is(board, "acknowledged")
    await expect(of(board, "ladder-headline")).to_contain_text(husband.name)
    await expect(of(board, "ladder-headline")).to_contain_text("正赶去")
    await expect(of(board, "ladder-more")).to_contain_text(re.compile(r"若未了结，\d+:\d\d 后重新逐级联系"))
    await expect(of(row, "attempt-key")).to_have_text("按 1 我去")
    await expect(of(rung(board, 3), "rung-countdown")).to_have_count(0)  # nobody else is rung
    assert not re.search(HOLES, await board.inner_text())


async def test_120_and_the_family_are_joined_to_the_conversation(centre: Centre, screens: Screens, homes: Homes) -> None:
    await centre.policy(SEATS, FAMILY, LATE, **{**QUICK, "key_seconds": 30.0})
    one = await elder(centre, "女儿")
    daughter = one.contacts[0]
    homes.behave({daughter.number: "answer:0.2", "120": "voicemail:0.5"})  # a voice of its own
    page, phone = await screens.seat("8001")
    caller = await one.press(centre)
    await pick_up(page, phone, caller)
    board = of(page, "red-board")
    row = attempt(board, daughter.name)
    await expect(row).to_have_attribute("data-state", "answered")

    await page.keyboard.press("Alt+a")  # one key: the call goes out and the card to read from lies open
    ambulance = await homes.drill.wait_for_invite("120")
    assert homes.trunk.of("120") == []
    card = of(page, "reading-card")
    await expect(card).to_have_attribute("data-code", "120")
    member = await centre.until_row("SELECT * FROM member WHERE id = :id", id=one.member_id)
    plain = [member[name] for name in ("name", "address", "door_code", "hospital")]
    for text in (*plain, *member["illnesses"], *member["allergies"]):
        await expect(card).to_contain_text(text)
    await expect(of(card, "card-state")).to_contain_text("已加入通话")
    await page.keyboard.type("赣B-120-077")  # the field has the focus: the seat holds the receiver with the other hand
    await page.keyboard.press("Enter")
    await expect(of(card, "card-saved")).to_contain_text("赣B-120-077")
    await page.keyboard.press("Escape")
    await expect(card).to_have_count(0)
    public = board.locator("[data-testid=ladder-attempt][data-target='120']")
    await expect(public).to_have_attribute("data-joined", "true")
    await expect(public).to_contain_text("编号 赣B-120-077")

    await of(row, "attempt-join").click()
    await expect(row).to_have_attribute("data-joined", "true")
    assert phone.talking is not None
    at_home = sound_of(homes.invites(daughter.number)[0])
    for listener, tones in (
        (caller.rtp, (SEAT_TONE, AMBULANCE_TONE)),
        (phone.talking.rtp, (CALLER_TONE, AMBULANCE_TONE)),
        (sound_of(ambulance), (CALLER_TONE, SEAT_TONE)),
        (at_home, (CALLER_TONE, SEAT_TONE, AMBULANCE_TONE)),
    ):
        await hears_all(listener, *tones)

    await of(public, "attempt-drop").click()
    await homes.drill.ended(ambulance)
    assert ambulance.ended_by == "them"
    await expect(public).to_have_attribute("data-state", "done")
    await hears_all(at_home, CALLER_TONE, SEAT_TONE)
    stored = await centre.rows("SELECT reference FROM attempt WHERE target = '120'")
    assert stored == [{"reference": "赣B-120-077"}]


async def test_a_dropped_elder_is_phoned_back_and_120_is_called_by_the_click_that_is_asked_for(
    centre: Centre, screens: Screens, homes: Homes
) -> None:
    await centre.policy(Rung(("120",), 0.0, "always"), LATE, public=(PublicNumber("120", "assisted", "drill"),), **QUICK)
    one = await elder(centre, "女儿", place=1)
    homes.behave({"120": "answer:0.3"})
    caller = await one.press(centre)
    await caller.answered()  # a voice; nobody is at the desks yet
    terminal = await centre.telephones.seat(one.account, one.password, manner="never", tone=CALLER_TONE)
    await caller.hang_up()
    home = await terminal.ringing()

    # Whoever comes to the desk now sees that the elder is being phoned back, and takes over when they pick up.
    page, phone = await screens.seat("8001")
    strip = of(page, "ladder-strip-row")
    await expect(strip).to_be_visible()
    terminal.answer(home)
    ring = await phone.ringing()
    board = of(page, "red-board")
    back = board.locator("[data-testid=ladder-attempt][data-target='terminal']")
    await expect(back).to_have_attribute("data-joined", "true")
    await expect(back).to_contain_text("一键通")
    await expect(board).to_contain_text("回拨老人")
    phone.answer(ring)
    await state(page, "talking")
    await hears_all(ring.rtp, CALLER_TONE)
    await hears_all(home.rtp, SEAT_TONE)

    asked = of(board, "assisted-120")
    await expect(asked).to_contain_text("120")
    assert homes.invites("120") == [], "nobody but a person calls it"
    await asked.click()
    ambulance = await homes.drill.wait_for_invite("120")
    await expect(of(of(page, "reading-card"), "card-state")).to_contain_text("已加入通话")
    await expect(asked).to_have_count(0)
    await hears_all(sound_of(ambulance), CALLER_TONE, SEAT_TONE)
    assert homes.trunk.of("120") == []
    assert not re.search(HOLES, await board.inner_text())
    assert "elder_reached" in await one.journal(centre)


async def test_a_false_alarm_is_one_click_and_its_report_is_signed(centre: Centre, screens: Screens, homes: Homes) -> None:
    """In English, but for the report's record."""
    await centre.policy(SEATS, FAMILY, LATE, **QUICK)
    one = await elder(centre, "女儿")
    page, phone = await screens.seat("8001", language="en")
    caller = await one.press(centre)
    rings = await homes.trunk.wait_for_invite(one.contacts[0].number)
    await pick_up(page, phone, caller)
    board = of(page, "red-board")
    await expect(attempt(board, one.contacts[0].name)).to_contain_text("(女儿)")
    await of(board, "take-charge").click()
    await ladder_is(board, "acknowledged")
    await expect(of(board, "ladder-headline")).to_contain_text("陈静 (seat) has taken charge")
    await homes.trunk.ended(rings)
    assert rings.ended_by == "cancelled", "a phone that rings is left in peace"
    assert not re.search(CHINESE, (await of(board, "ladder-status").inner_text()).replace("陈静", ""))

    # The supervisor signs no report of a case that is red.
    case = await of(page, "pop").get_attribute("data-case")
    supervisor = await screens.person("supervisor")
    await supervisor.goto(f"/cases/{case}/report")
    await of(supervisor, "report-signer").fill("曾国平")
    await of(supervisor, "report-sign").click()
    await expect(of(supervisor, "problem")).to_be_visible()

    await centre.rows("UPDATE terminal SET last_test_at = NULL RETURNING 1")
    await of(board, "ladder-false-alarm").click()
    await ladder_is(board, "ended")
    await expect(of(board, "thank-elder")).to_be_visible()
    tested = "SELECT 1 FROM terminal WHERE serial = :s AND last_test_at > now() - interval '1 minute'"
    await centre.until_row(tested, s=one.serial)
    await state(page, "talking")  # the conversation goes on: somebody thanks the elder
    await caller.hang_up()
    await state(page, "wrap_up")

    await of(board, "ladder-report").click()
    await expect(of(page, "report-attempt")).to_contain_text(one.contacts[0].name)
    await of(page, "report-condition").fill("老人坐在客厅，神志清楚，无不适。")
    await of(page, "report-plan").fill("当面致谢，下周回访。")
    await of(page, "report-save").click()
    await expect(of(page, "report-state")).to_have_attribute("data-state", "saved")

    await supervisor.reload()
    await expect(of(supervisor, "report-condition")).to_have_value("老人坐在客厅，神志清楚，无不适。")
    await of(supervisor, "report-signer").fill("曾国平")
    await of(supervisor, "report-sign").click()
    await expect(of(supervisor, "report-signed")).to_have_text("曾国平")
    await expect(of(supervisor, "report-condition")).to_have_count(0)  # nobody changes it any more
    await supervisor.emulate_media(media="print")
    for shown in ("老人坐在客厅", "当面致谢", one.contacts[0].name):
        await expect(supervisor.get_by_text(shown).first).to_be_visible()
    await expect(of(supervisor, "print")).to_be_hidden()
    assert not re.search(HOLES, await of(supervisor, "report").inner_text())


async def test_the_wallboard_shows_a_ladder_that_nobody_answered(centre: Centre, screens: Screens, homes: Homes) -> None:
    await centre.policy(Rung(("family",), 0.0, ring_seconds=2.0), Rung(("supervisor",), 900.0, ring_seconds=20.0), **QUICK)
    one = await elder(centre, "女儿")
    (number,) = await duty_phones(centre, "+8614099990001")
    homes.behave({one.contacts[0].number: "no-answer", number: "busy"})
    board = await screens.person("supervisor", width=1920, height=1080)
    other = await screens.person("seat", "8002", language="en")
    await one.press(centre)

    card = of(board, "ladder-card")
    await expect(card).to_have_attribute("data-state", "running")
    await expect(card).to_contain_text(f"女儿 {one.contacts[0].name}")
    await expect(card).to_have_attribute("data-state", "exhausted", timeout=12_000)
    await expect(of(card, "ladder-headline")).to_contain_text("阶梯已走完，无人接手")
    await expect(card).to_contain_text(re.compile(r"已呼叫 [2-9] 次"), timeout=12_000)  # paged again and again
    await expect(of(board, "alarm-sound")).to_have_attribute("data-sound", "exhausted")
    assert len(homes.trunk.of(number)) >= 2
    # A seat that has nothing to do with it sees that somebody is needed, and nothing about the person.
    row = of(other, "ladder-strip-row")
    await expect(row).to_have_attribute("data-state", "exhausted")
    member = await centre.until_row("SELECT * FROM member WHERE id = :id", id=one.member_id)
    await expect(row).not_to_contain_text(member["name"])
    assert not re.search(HOLES, await of(board, "board").inner_text())

    homes.behave({number: "no-answer"})
    rings = len(homes.trunk.of(number))
    await homes.trunk.until(lambda: len(homes.trunk.of(number)) > rings, 15)
    await of(board, "red-case").click()
    drawer = of(board, "case-drawer")
    await expect(of(of(drawer, "ladder-page"), "ladder-attempt").last).to_contain_text("振铃中")
    await of(drawer, "take-charge").click()
    await ladder_is(of(drawer, "red-board"), "acknowledged")
    await expect(of(drawer, "ladder-headline")).to_contain_text("值班主任 曾国平 已负责")
    await homes.trunk.ended(homes.trunk.of(number)[-1])
    await expect(row).to_have_attribute("data-state", "acknowledged")
    await expect(of(board, "alarm-sound")).not_to_have_attribute("data-sound", "exhausted")


async def test_a_drill_says_so_everywhere_and_ends(centre: Centre, screens: Screens, homes: Homes) -> None:
    await centre.policy(Rung(("family",), 0.0, ring_seconds=10.0), LATE, **QUICK)
    one = await elder(centre, "女儿")
    daughter = one.contacts[0]
    homes.behave({daughter.number: "answer:1.5"})
    page = await screens.person("supervisor")
    member = await centre.until_row("SELECT * FROM member WHERE id = :id", id=one.member_id)
    await of(page, "nav-members").click()
    await of(page, "member-search").fill(member["name"])
    await of(page, f"member-hit-{one.member_id}").click()
    await of(page, "drill-start").click()
    await expect(of(page, "drill-dialog")).to_contain_text("不会打到任何真实号码")
    await of(page, "drill-begin").click()
    board = of(of(page, "case-drawer"), "red-board")
    await expect(board).to_have_attribute("data-drill", "true")
    await expect(of(board, "drill-banner")).to_contain_text("演练")
    rings = await homes.drill.wait_for_invite(daughter.number)
    await expect(attempt(board, daughter.name)).to_have_attribute("data-state", re.compile("ringing|answered"))
    await expect(of(page, "drill-case")).to_contain_text("演练")
    await listens(rings)
    homes.drill.press(rings, "1")
    await expect(board).to_contain_text("演练通过")
    await homes.drill.ended(rings, 12)
    assert homes.trunk.calls == [], "a drill has left the drill trunk"
    await expect(of(page, "drill-case")).to_have_count(0)

    # Once more from the same page, and stopped.
    await page.keyboard.press("Escape")
    homes.behave({daughter.number: "no-answer"})
    await of(page, "nav-policy").click()
    await of(page, "member-search").fill(member["name"])
    await of(page, f"member-hit-{one.member_id}").click()
    await of(page, "drill-start").click()
    await of(page, "drill-begin").click()
    await expect(attempt(board, daughter.name)).to_have_attribute("data-state", "ringing")
    await of(board, "drill-stop").click()
    await expect(board).to_contain_text("演练已停止")
    await homes.drill.ended(homes.drill.of(daughter.number)[-1])


async def test_a_policy_is_tried_on_paper_and_saved(centre: Centre, screens: Screens, homes: Homes) -> None:
    """In English."""
    await centre.policy(SEATS, Rung(("family",), 20.0, ring_seconds=15.0), Rung(("supervisor",), 30.0), version=2)
    one = await elder(centre, "女儿", "邻居")
    await centre.seat("8002", manner="never")  # with nobody at the seats the family would be phoned at once
    page = await screens.person("supervisor", language="en")
    member = await centre.until_row("SELECT * FROM member WHERE id = :id", id=one.member_id)
    await of(page, "nav-policy").click()
    await of(page, "member-search").fill(member["name"])
    await of(page, f"member-hit-{one.member_id}").click()
    lines = of(page, "preview-line")
    daughter = lines.filter(has_text=one.contacts[0].name)
    await expect(daughter).to_contain_text("+0:20")

    await of(of(page, "rung-2"), "rung-delay").fill("35")
    await expect(of(page, "policy-dirty")).to_be_visible()
    await expect(daughter).to_contain_text("+0:35")
    await expect(lines.filter(has_text=one.contacts[1].name)).to_have_count(0)
    await of(of(page, "rung-2"), "rung-target-neighbour").click()
    await expect(lines.filter(has_text=one.contacts[1].name)).to_have_count(1)
    await of(page, "preview-answers").check()
    await of(page, "preview-after").fill("30")
    await expect(daughter).to_be_visible()  # this rung waits for an acknowledgement, not for a seat
    await of(of(page, "rung-2"), "rung-condition").select_option("until_seat_answers")
    await expect(daughter).to_have_count(0)

    # What would leave somebody unheard is refused where it stands.
    await of(of(page, "rung-3"), "rung-target-supervisor").click()
    await of(of(page, "rung-3"), "rung-target-community").click()
    await of(page, "policy-save").click()
    await expect(of(page, "problem").first).to_contain_text("duty supervisor")
    await of(of(page, "rung-3"), "rung-target-supervisor").click()
    await of(page, "policy-save").click()
    await expect(of(page, "policy-saved")).to_be_visible()
    assert not re.search(CHINESE, (await of(page, "policy-version").inner_text()).replace("曾国平", ""))
    saved = (await centre.rows("SELECT data FROM escalation_policy ORDER BY version DESC LIMIT 1"))[0]["data"]
    assert [tuple(each["targets"]) for each in saved["rungs"]][1:] == [("family", "neighbour"), ("community", "supervisor")]
    assert saved["rungs"][1]["delay_seconds"] == 35
    await page.reload()
    await expect(of(of(page, "rung-2"), "rung-delay")).to_have_value("35")
    await one.press(centre)
    frozen = await centre.until_row("SELECT policy FROM escalation WHERE policy IS NOT NULL")
    assert frozen["policy"]["rungs"] == saved["rungs"], "the next press runs what was saved"
