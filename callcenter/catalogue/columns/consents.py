"""What elders agreed to, as a table: a row is the word that counts of one elder on one matter; what was before it stays."""

from __future__ import annotations

from callcenter.catalogue.columns.common import where
from callcenter.domain.consent import KINDS, WAYS
from callcenter.sheets.cells import Column, day, one_of, text, yes
from callcenter.sheets.sheet import EXAMPLE, Sheet

CONSENTS = Sheet(
    "consents",
    "授权同意",
    "Consents",
    (
        Column("member", "老人编号", text(64), EXAMPLE + "001", "必填,老人档案中的编号。", "Required: the member's ref.",
               required=True, label_en="Member ref", fixed=True, also=("编号",)),
        Column("name", "姓名", text(40), "王秀英", "必填,与档案一致:防止登记到别人名下。",
               "Required, as in the profile: nobody else's consent is changed.", required=True, label_en="Name"),
        Column("kind", "事项", one_of({zh: kind for kind, (zh, _) in KINDS.items()}, english=tuple(en for _, en in KINDS.values())),
               "通话录音", "必填,从列表中选。", "Required, of the list.", required=True, label_en="About", fixed=True),
        Column("given", "答复", yes("同意", "不同意", english=("Agreed", "Refused")), "不同意",
               "必填:同意;不同意(包括撤回)。", "Required: 同意 agreed; 不同意 refused or taken back.", required=True,
               label_en="Answer"),
        Column("at", "日期", day(), "2026-11-30", "必填:表示的日期,不晚于今天;须晚于已登记的日期。",
               "Required: when it was said, not to come; later than what is on record.", required=True, label_en="When"),
        Column("by_whom", "表示人", text(40), "本人", "必填:本人,或代为表示的家属及关系。",
               "Required: the elder, or who speaks for them.", required=True, label_en="Said by"),
        Column("how", "方式", one_of({zh: way for way, (zh, _) in WAYS.items()}, english=tuple(en for _, en in WAYS.values())),
               "书面", "必填:口头、书面、电子。", "Required: 口头 spoken, 书面 on paper, 电子 electronic.", required=True,
               label_en="How"),
        Column("note", "备注", text(400), "入住时签署", "", "Note.", label_en="Note", wide=True),
    ),
    ("member", "kind"),
    notes=(
        ("历史", "每次登记都是新的一版,以前的保留;文件里没有的不变。", "Each is a version; what was stays, and what a file lacks."),
        ("扫描件", "不随文件导入;在老人档案的“授权同意”中添加。", "Scans are added at the member's page."),
    ),
    where=where("CONSENTS"),
)  # fmt: skip
