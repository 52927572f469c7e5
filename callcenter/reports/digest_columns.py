"""The columns of the weekly meeting's tables. ``persons``: what is left out for who may not read of people."""

from __future__ import annotations

from callcenter.reports.tables import Column

NUMBER = Column("number", "编号", "Case", "text")
WHO = Column("who", "老人", "Elder", "text", persons=True)
OWNER = Column("owner", "受理人", "Owner", "text")
CATEGORY = Column("category", "类别", "Category", "text")
OPENED = Column("opened_at", "受理时间", "Opened", "time")
PEOPLE_COLUMNS = (
    Column("name", "姓名", "Name", "text"), Column("answered", "接听", "Answered"), Column("opened", "受理", "Opened"),
    Column("closed", "结案", "Closed"), Column("open", "未结", "Open"), Column("promises", "承诺", "Promises"),
    Column("promises_late", "承诺逾期", "Promises late"), Column("answers_late", "答复逾期", "Answers late"),
    Column("hand_overs_late", "交接逾期", "Hand-overs late"), Column("followed_up", "回访", "Followed up"),
    Column("nominated", "推荐案例", "Nominated"), Column("selected", "入选", "Chosen"),
    Column("short", "案例差额", "Short of quota"),
)  # fmt: skip
OPEN_COLUMNS = (
    NUMBER, WHO, CATEGORY, OWNER, OPENED, Column("standing", "进展", "How it stands", "long", persons=True),
)  # fmt: skip
REFUSED_COLUMNS = (
    NUMBER, WHO, OWNER, Column("reason", "原因", "Reason", "text"),
    Column("text", "所作说明", "What was explained", "long", persons=True),
)  # fmt: skip
NEED_COLUMNS = (
    NUMBER, WHO, Column("text", "需求", "Need", "long", persons=True), Column("referral", "已建议联系", "Referred to", "text"),
    Column("state", "进展", "State", "text"), Column("batch", "批次", "Batch", "text"),
    Column("provider", "服务单位", "Provider", "text"),
)  # fmt: skip
LATE_COLUMNS = (
    Column("paper", "事项", "What", "text"), NUMBER, WHO, Column("text", "内容", "About", "long", persons=True),
    Column("answers", "责任人", "Whose", "text"), Column("due_at", "期限", "Due", "time"), Column("done", "结果", "Then", "text"),
)  # fmt: skip
COVERAGE_COLUMNS = (
    Column("name", "类别", "Category", "text"), Column("closed", "结案", "Closed"), Column("reached", "已回访", "Followed up"),
    Column("pending", "未到期", "Not due yet"), Column("missed", "未回访", "Missed"), Column("share", "回访率", "Share", "share"),
)  # fmt: skip
MISS_COLUMNS = (NUMBER, WHO, CATEGORY, OWNER, Column("closed_at", "结案时间", "Closed", "time"))
TYPICAL_COLUMNS = (
    Column("title", "标题", "Title", "text", persons=True), NUMBER, Column("by", "推荐人", "Nominated by", "text"),
    Column("chosen", "评选", "Choice", "text"),
)  # fmt: skip
