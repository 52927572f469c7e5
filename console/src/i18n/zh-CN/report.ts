export default {
  report: {
    title: "紧急求助处置记录", save: "保存", saved: "已保存", sign: "签字归档", signer: "部门负责人姓名", signed: "已由 {name} 于 {time} 签字归档，不能再改。", local: "未保存（已存本机）", drafted: "系统草拟，请核对后保存", drillMark: "演练记录，不作归档",
    source: "来源", opened: "求助时间", answered: "接听时间", settled: "了结时间", agent: "受理人", level: "按键次数", name: "姓名", gender: "性别", age: "年龄", phone: "电话", address: "住址", door: "门禁", key: "备用钥匙", illnesses: "病史", allergies: "过敏", medication: "用药", hospital: "常去医院", blood: "血型", who: "求助人",
    condition: "老人状况", actions: "处置经过", plan: "处置方案", outcome: "处置结果", supervision: "监督、监控情况", conditionHint: "神志、伤情、所在位置、能否说话", actionsHint: "何时联系了谁、对方如何答复", planHint: "与家属、120 核实后的方案", outcomeHint: "老人现在如何、依据是什么", supervisionHint: "谁跟进、何时回访", required: "必填",
    calls: "联系经过", callWho: "联系对象", callNumber: "号码", callAt: "呼叫时间", callAnswered: "接听时间", callResult: "结果", callKey: "按键", callReference: "对方编号", noCalls: "没有向外呼叫", steps: "过程记录", owner: "负责人", ladder: "联系阶梯", ladderText: "策略“{policy}”第 {version} 版，走到第 {rung} 级，第 {round} 轮", writer: "记录人", head: "部门负责人（签字）", date: "日期", yes: "是",
  },
};
