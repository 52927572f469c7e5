"""居家养老呼叫中心管理制度 一: how cases are taken, handled, followed up and closed (R)."""

from __future__ import annotations

from callcenter.domain.regulations.rule import Rule

HELP_CASES = (
    Rule("R-0", "本办法适用于求助件从受理至结案全过程", "One lifecycle from intake to closure, for every channel"),
    Rule("R-1", "通过各种方式受理求助请求,工作人员称为受理人", "Whatever the channel, a case always has an owner"),
    Rule(
        "R-2", "求助方式:一键通(24小时)、生活帮助热线(8:00—20:00)、网络、来信来访",
        "Channels: terminal round the clock, life-help line 8–20, web, letter, walk-in",
    ),
    Rule(
        "R-3", "按内容分为咨询(服务、事务、法律、其他)、紧急救援、生活帮助",
        "Categories: consultation (services, affairs, legal, other), rescue, life help",
    ),
    Rule("R-4", "求助件按合理与否分为不合理求助件和合理求助件", "A case is reasonable or not; reasonable unless stated"),
    Rule(
        "R-5", "不合理:违法、骚扰、虚假、索要财物、信息不明;其余均为合理",
        "Unreasonable: unlawful, harassing, false, demanding goods, too vague; nothing else",
    ),
    Rule(
        "R-6", "各环节作详细记录;每星期每人汇编典型案例,入选《典型案例集》",
        "Every step is recorded; typical cases each week for the collection",
    ),
    Rule("R-7", "受理人不得拒绝受理合理求助件", "No reasonable case is refused"),
    Rule(
        "R-8", "不合理求助件可拒绝,或作出说明后立即结案,并在周例会上反映",
        "Unreasonable: refuse, or explain and close; told at the weekly meeting",
    ),
    Rule(
        "R-9", "咨询应立即答复;一时答复不了,向求助者说明并尽快答复",
        "Answer at once; or explain, search, and answer as soon as possible",
    ),
    Rule(
        "R-10", "生活帮助立即向服务单位发指令;无单位能满足的作为服务咨询处理,寻求资源,定期交业务发展部,周例会交流",
        "Order the service at once; no provider: a service consultation, sought for, handed to business development, told weekly",
    ),
    Rule(
        "R-11", "移交业务发展部前须经部门负责人或其指定代理人核准签字",
        "A transfer to business development needs the head's or a delegate's signature",
    ),
    Rule(
        "R-12", "紧急救援:取得必需信息,立即联系子女、110、120,核实方案,监督过程,书面记录,负责人签字存档",
        "Rescue: needed facts, family and 110/120 at once, verify, supervise, report, signature before archive",
    ),
    Rule("R-13", "服务后及时跟踪,频次和时间根据具体情况而定", "Follow up in time; how often depends on the case"),
    Rule(
        "R-14", "服务咨询和生活帮助回访率应达到100%,结果作为加盟单位考核资料",
        "Follow-up of services and life help: 100 %, the basis for rating providers",
    ),
    Rule("R-15", "紧急救援回访率应达到100%", "Follow-up of rescues: 100 %"),
    Rule("R-16", "咨询类(除服务咨询)服务后可立即结案", "Consultation other than about services may close at once"),
    Rule(
        "R-17", "没有不满可结案;不满的分析原因,责任在单位的整改,仍不满意不得结案,可请工商、消协、主管部门介入",
        "No dissatisfaction: close. Else find who is liable; provider's fault: rework; still dissatisfied: no closure,"
        " outside bodies may be asked",
    ),
    Rule(
        "R-18", "没有回访的服务咨询和生活帮助,三日内没有投诉可结案;有投诉的按第十七条",
        "Not followed up: may close after three days without a complaint; a complaint goes by R-17",
    ),
    Rule(
        "R-19", "紧急求助:问题解决后结案;移送的解决后结案;疑难的凭有关部门结论结案",
        "Emergency: closes when resolved, when those it went to resolved it, or on an authority's conclusion",
    ),
    Rule("R-20", "结案后出现反复,作为新求助件处理", "What comes back after closure is a new case"),
)  # fmt: skip
