"""居家养老呼叫中心管理制度 二、三、四: conduct (W), the seats' duties (S), the duty supervisor's (T)."""

from __future__ import annotations

from callcenter.domain.regulations.rule import Rule

POSTS = (
    Rule("W-1", "想方设法予以解决,坚决不说“不”字", "Never a plain “no”"),
    Rule("W-3", "热情、耐心受理每一个求助电话", "Every call is taken with warmth and patience"),
    Rule("W-4", "强化规范服务,不断改善服务质量", "Quality is reviewed and gets better"),
    Rule("W-5", "收集资料,注意平时知识的积累", "Knowledge is collected"),
    Rule("W-6", "不得擅自离岗、串岗,不得将求助电话长时间搁置", "Nobody leaves the post unsaid, no caller is left on hold"),
    Rule("W-7", "不得与服务企业串通,故意推荐某一企业", "No provider is favoured"),
    Rule("W-9", "不得擅自修改、添加、删除有关信息", "Nobody changes, adds or deletes without right or trace"),
    Rule("W-10", "遵守中心各项规章制度", "Everybody has acknowledged the rules"),
    Rule("S-1", "接听求助热线;不能当场解答的做好记录", "Calls are answered; what cannot be answered is recorded"),
    Rule("S-2", "做好所有热线电话的记录和统计", "Every call is recorded and counted"),
    Rule("S-3", "及时做好案例的编写", "Case studies are written in time"),
    Rule("S-4", "及时处理交接的求助个案", "Cases handed over are handled in time"),
    Rule("S-5", "对交接的事务类个案的真实性进行核实", "Affairs that were handed over are verified"),
    Rule("S-6", "对交接的每一个案进行回复", "Everybody gets a reply"),
    Rule("S-7", "对已结案工单及时回访", "Closed orders are followed up"),
    Rule("S-8", "文字记录处理进程,每周例会交流、汇报", "Progress is written down and told at the weekly meeting"),
    Rule("S-9", "做好夜间紧急求助受理", "Emergencies are taken at night"),
    Rule("S-10", "做好结案归档及案例的选写", "Closed cases are archived, studies chosen"),
    Rule("S-11", "完成领导交办的其他工作", "What leaders assign is done"),
    Rule("T-1", "做好当日值班,协助管理", "The day's duty"),
    Rule("T-2", "协助部门重要信息的传递与沟通", "Departments' messages are passed on"),
    Rule("T-3", "内务卫生和劳动纪律的维护和考核", "Order and discipline are inspected"),
    Rule("T-4", "监管接线频率和回访情况", "Answering and follow-up are watched"),
    Rule("T-5", "报刊收集归档,报道复印并注明报刊名称及日期,送负责人存档", "Press is archived with name and date"),
    Rule("T-6", "使用统一的值班记录", "One form of duty log"),
)
