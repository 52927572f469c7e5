"""What each view answers: a shape, a kind of file, or nothing. With ``web/app.py``'s table this is all that ``openapi.py`` needs.

A view that answers JSON has its line here; ``tests/web/test_openapi.py`` fails until it has. Bodies and queries are not named:
they are read from the view's own ``read_body`` and ``read_query``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from callcenter.cases.order_commands import ORDER_COMMANDS
from callcenter.web import (
    audit,
    cases,
    catalogue,
    conduct,
    connections,
    consents,
    desk,
    duty,
    duty_room,
    escalation,
    follow_ups,
    health,
    log_in,
    members,
    orders,
    phone_book,
    profiles,
    queues,
    reports,
    sheets,
    softphone,
    staff,
)
from callcenter.web.shapes.base import Alive, Colleague, Nothing, Ready
from callcenter.web.shapes.cases import CaseDetail
from callcenter.web.shapes.conduct import Contribution, QualityPage, RulesTextPage
from callcenter.web.shapes.duty import Inspections, Messages, Press, Shift, Shifts, Week, WholeShift
from callcenter.web.shapes.follow_ups import Answered, CoverageAnswer, FollowUpPage, WholeFollowUp
from callcenter.web.shapes.ladder import DutyPhone, Preview, SavedPolicy
from callcenter.web.shapes.orders import (
    Concentration,
    Fees,
    MissingOrders,
    OrderAlerts,
    OrderChoice,
    OrderDone,
    OrderMonth,
    Orders,
    OrdersFiled,
    WholeOrder,
)
from callcenter.web.shapes.outside import Delivery, Key, NewKeyMade, WebhookPage, WebhookSaved
from callcenter.web.shapes.papers import (
    AuditState,
    CasePage,
    Closing,
    Delegate,
    HandedOver,
    InboxPaper,
    Opened,
    Opening,
    PaperShape,
    Readings,
    Registered,
    Requested,
    RuleRow,
    TypicalCase,
    UnownedCase,
    Verdict,
)
from callcenter.web.shapes.people import (
    Centre,
    ConsentPage,
    Me,
    MemberBrief,
    MemberProfile,
    Meta,
    ProfileVersion,
    ScanKept,
    Script,
    SeatChoice,
)
from callcenter.web.shapes.report import Report
from callcenter.web.shapes.reports import Figures, WeekDigest
from callcenter.web.shapes.tables import (
    Agent,
    Area,
    CalendarPage,
    DirectoryEntry,
    DrillStarted,
    ImportReport,
    Incident,
    PhoneBookEntry,
    ProviderChoice,
    QueuePage,
    RecordItem,
    RecordTable,
    RecordVersion,
    SeatCredentials,
    SeatEvent,
    SoftPhone,
    Threshold,
)

View = Callable[..., Any]


@dataclass(frozen=True)
class File:
    """A file of one of these media types."""

    media: tuple[str, ...]


SHEET = File((sheets.XLSX,))
SCAN = File(("application/pdf", "image/png", "image/jpeg"))
PAGE = File(("text/html",))
NO_CONTENT = None

ANSWERS: Mapping[View, Any] = {
    # log-in and lists
    log_in.log_in: Me,
    log_in.log_out: NO_CONTENT,
    log_in.me: Me,
    log_in.seats: list[SeatChoice],
    log_in.centre: Centre,
    log_in.meta: Meta,
    health.alive: Alive,
    health.ready: Ready,
    health.metrics: File(("text/plain",)),
    # cases and their paperwork
    cases.case_list: CasePage,
    cases.case_detail: CaseDetail,
    cases.recording_audio: File(("audio/wav",)),
    escalation.report: Report,
    desk.of_case: list[PaperShape],
    desk.closing: Closing,
    desk.unowned: list[UnownedCase],
    desk.inbox: list[InboxPaper],
    desk.colleagues: list[Colleague],
    desk.collection: list[TypicalCase],
    desk.rules: list[RuleRow],
    desk.set_limit: list[RuleRow],
    desk.delegates: list[Delegate],
    desk.name_delegate: list[Delegate],
    desk.public_request: Requested,
    # work orders
    orders.listed: Orders,
    orders.one: WholeOrder,
    orders.choice: OrderChoice,
    orders.missing: MissingOrders,
    orders.alerts: OrderAlerts,
    orders.month: OrderMonth,
    orders.concentration: list[Concentration],
    orders.fees: Fees,
    orders.fees_export: SHEET,
    # members
    members.find: list[MemberBrief],
    members.profile: MemberProfile,
    profiles.add: MemberProfile,
    profiles.change: MemberProfile,
    profiles.history: list[ProfileVersion],
    profiles.restore: MemberProfile,
    profiles.districts: list[str],
    profiles.scripts: list[Script],
    consents.consents: ConsentPage,
    consents.record: ConsentPage,
    consents.add_scan: ScanKept,
    consents.scan: SCAN,
    phone_book.phone_book: list[PhoneBookEntry],
    sheets.member_template: SHEET,
    sheets.member_import: ImportReport,
    sheets.member_export: SHEET,
    # follow-ups
    follow_ups.page: FollowUpPage,
    follow_ups.one: WholeFollowUp,
    follow_ups.coverage: CoverageAnswer,
    # conduct
    conduct.quality: QualityPage,
    conduct.save_rubric: QualityPage,
    conduct.review: QualityPage,
    conduct.answer_review: QualityPage,
    conduct.contributions: list[Contribution],
    conduct.propose: list[Contribution],
    conduct.decide: list[Contribution],
    conduct.rules_text: RulesTextPage,
    conduct.publish_rules: RulesTextPage,
    conduct.sign_rules: RulesTextPage,
    # audit
    audit.open_profile: Opened,
    audit.state: AuditState,
    audit.verify: Verdict,
    audit.readings: Readings,
    audit.openings: list[Opening],
    audit.review: Nothing,
    # catalogue
    catalogue.find: list[DirectoryEntry],
    catalogue.area: Area | None,
    catalogue.records: RecordTable,
    catalogue.add_record: RecordItem,
    catalogue.change_record: RecordItem,
    catalogue.record_history: list[RecordVersion],
    catalogue.choice: list[ProviderChoice],
    catalogue.incidents: list[Incident],
    catalogue.add_incident: list[Incident],
    sheets.template: SHEET,
    sheets.export: SHEET,
    sheets.take_over: ImportReport,
    # the centre's own people and places
    staff.agent_list: list[Agent],
    staff.add: Agent,
    staff.change: Agent,
    staff.credentials: SeatCredentials,
    staff.renew_credentials: SeatCredentials,
    softphone.credentials: SoftPhone,
    queues.queues: QueuePage,
    queues.add_queue: QueuePage,
    queues.change_queue: QueuePage,
    queues.remove_queue: QueuePage,
    queues.move_seat: QueuePage,
    queues.seat_events: list[SeatEvent],
    queues.set_skills: QueuePage,
    queues.calendar: CalendarPage,
    queues.set_day: CalendarPage,
    queues.clear_day: CalendarPage,
    queues.set_hours: CalendarPage,
    # other systems
    connections.keys: list[Key],
    connections.make_key: NewKeyMade,
    connections.revoke_key: list[Key],
    connections.webhooks: WebhookPage,
    connections.add_webhook: WebhookSaved,
    connections.change_webhook: WebhookSaved,
    connections.try_webhook: list[Delivery],
    connections.deliveries: list[Delivery],
    connections.resend: list[Delivery],
    # the ladder and the board's limits
    escalation.policy: SavedPolicy,
    escalation.save_policy: SavedPolicy,
    escalation.preview_policy: Preview,
    escalation.duty_phones: list[DutyPhone],
    escalation.add_duty_phone: list[DutyPhone],
    escalation.change_duty_phone: list[DutyPhone],
    escalation.remove_duty_phone: list[DutyPhone],
    escalation.start_drill: DrillStarted,
    duty.thresholds: list[Threshold],
    duty.change_threshold: list[Threshold],
    # the duty room
    duty_room.shift_now: Shifts,
    duty_room.shift_list: list[Shift],
    duty_room.begin_shift: WholeShift,
    duty_room.shift_whole: WholeShift,
    duty_room.hand_over: WholeShift,
    duty_room.take_over: WholeShift,
    duty_room.write_entry: WholeShift,
    duty_room.roster: Week,
    duty_room.add_turn: Week,
    duty_room.change_turn: Week,
    duty_room.remove_turn: Week,
    duty_room.copy_week: Week,
    duty_room.messages: Messages,
    duty_room.send_message: Messages,
    duty_room.read_message: Messages,
    duty_room.acknowledge_message: Messages,
    duty_room.inspections: Inspections,
    duty_room.score: Inspections,
    duty_room.press: Press,
    duty_room.file_clipping: Press,
    duty_room.send_clipping: Press,
    duty_room.receive_clipping: Press,
    duty_room.clipping_scan: SCAN,
    # reports
    reports.figures: Figures,
    reports.figures_sheet: SHEET,
    reports.week: WeekDigest,
    reports.week_sheet: SHEET,
    reports.remark: WeekDigest,
    reports.sign: WeekDigest,
}

COMMANDS: Mapping[str, Any] = {
    "register_case": Registered,
    "answer_follow_up": Answered,
    "hand_over_needs": HandedOver,
    **dict.fromkeys(ORDER_COMMANDS, OrderDone),
    "archive_orders": OrdersFiled,
}
"""Commands of the desk that answer more than ``Done``, which has the paper's id."""
