export default {
  followUp: {
    view_today: "今天应回访", view_late: "逾期", view_mine: "我的", view_open: "全部待回访", view_loop: "不满意处理", view_checks: "抽查", view_done: "已完成", coverage: "回访率",
    empty: "这里没有回访任务。", emptyHint: "求助件进入办理、服务完成或结案后，系统会自动列出应做的回访。", due: "期限", who: "受访人", about: "事由", kind: "回访类别", owner: "回访人", attempts: "未接通", state: "状态", times: "{n} 次", anybody: "任一回访员", open: "打开",
    kind_service: "服务后", kind_before_closure: "结案前", kind_after_closure: "结案后", check: "抽查", again: "整改后再访", planned: "按计划", visit: "上门",
    take: "由我回访", taken: "已由我回访", number: "电话", call: "拨打", calling: "回访通话", hangUp: "挂断", noSeat: "您没有登录坐席，请用话机拨打上面的号码。", callState: "通话：{state}", history: "未接通记录", plan: "回访要点",
    form: "回访记录", asked_at: "回访时间", name: "受访人姓名", address: "住址", content: "服务内容", quality: "服务质量", satisfaction: "满意程度", remark: "受访人意见（不满意或质量差时必填）", six: "六项必填",
    quality_good: "好", quality_fair: "一般", quality_poor: "差", s1: "很不满意", s2: "不满意", s3: "基本满意", s4: "满意", s5: "非常满意",
    otherNeed: "还需要其他服务吗？（必问）", otherNo: "不需要", otherYes: "需要", need: "需要什么", introduced: "已作的详细介绍（项目、标准、流程、价格）", needKind: "需求类别", newCase: "提交后会另立一件新的求助件。",
    way: "方式", way_phone: "电话", way_visit: "上门（调度组长组织）", visitedBy: "参加人（用顿号隔开，至少两位）", signer: "受访户签字人",
    submit: "提交回访记录", tried: "未接通，登记", tryResult: "未接通原因", r_no_answer: "无人接听", r_busy: "占线", r_refused: "拒接", r_wrong_number: "号码有误", r_away: "本人不在", note: "说明",
    told: "已立新件：{numbers}", loop: "不满意处理", told_leader: "已上报调度组长，请在 {time} 前决定。", decide: "调度组长决定", handle: "自行处理", report: "上报主管领导", measure: "处理方式", m_redo: "重新服务", m_rework: "整改", m_replace_worker: "更换服务人员", m_refund: "退费", m_explain: "解释说明", m_visit: "上门致歉",
    party: "责任方", decisionText: "处理意见（责任在服务方时即整改要求）", decideNow: "提交决定", resolve: "登记处理结果", outcome: "处理结果", o_put_right: "已办好", o_compensated: "已补偿", o_explained: "已说明", o_unjustified: "经查不属实", o_handed_on: "已转有关部门", resolutionText: "结果说明", waiting: "等待处理结果，期限 {time}。", waitFor: "上报后由主管领导登记结果。",
    first: "第一次回访", second: "抽查结果", same: "与第一次一致。", differs: "有差异", order: "派工单", linked_need: "新需求", linked_relapse: "反复，新件", linked_call: "回访通话", orderCheck: "抽查这次回访",
    alarm: "有 {n} 件回访不满意，等您决定。", alarmUp: "有 {n} 件不满意已上报，须登记处理结果。", go: "去处理",
    since: "受理日期从", until: "至", group_service: "服务咨询", group_life_help: "生活帮助", group_rescue: "紧急救援", total: "应回访", done: "已回访", pending: "未到期", missed: "漏访", share: "回访率", target: "要求 {n}", misses: "漏访名单", noMisses: "没有漏访。", case: "求助件", caseOwner: "受理人", opened: "受理时间", closedAs: "未回访结案", lateNow: "逾期未访",
    planOne: "安排回访",
  },
};
