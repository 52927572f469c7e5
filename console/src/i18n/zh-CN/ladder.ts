export default {
  ladder: {
    board: "紧急求助板", open: "展开求助板", fold: "收起", drill: "演练", drillText: "这是演练：只走演练线路，不会打到任何真实号码", presses: "按键 {n} 次", sinceOpened: "已过",
    round: "第 {n} 轮", rung: "第 {n} 级", place: "第 {n} 级，共 {of} 级", next: "下一级", earlier: "前几轮呼叫 {n} 次", noAttempts: "还没有呼叫任何人", maskedWho: "紧急求助",
    running: "正在逐级联系", starting: "正在启动联系阶梯", nextIn: "{time} 后呼叫：{targets}", lastRung: "已到最后一级", withSeat: "坐席正在处理，阶梯暂停",
    exhausted: "阶梯已走完，无人接手", paging: "正在呼叫值班主任 · 已呼叫 {n} 次", acknowledged: "已有人负责", ended: "紧急已了结", again: "若未了结，{time} 后重新逐级联系", overdue: "已过处置期限，即将重新联系",
    ended_drill_passed: "演练通过：有人接听并按键", ended_drill_exhausted: "演练结束：无人接手", ended_drill_stopped: "演练已停止", ended_settled: "已了结",
    thank: "请对老人说：“谢谢您，按一下没关系，正好说明设备是好的。”本次按键已记为终端测试通过。",
    by_going: "{name} 正赶去", by_joined: "{name} 已加入通话", by_seat: "坐席 {name} 已负责", by_supervisor: "值班主任 {name} 已负责", alsoBy: "还有：{names}",
    state_done: "已完成", state_running: "进行中", state_passed: "已有人在办，略过", state_next: "下一级", state_later: "待定",
    condition_always: "直到了结", condition_until_acknowledged: "直到有人负责", condition_until_seat_answers: "坐席未接时", order_in_order: "依次", order_parallel: "同时",
    detail: "{order} · 每人 {tries} 次 · 振铃 {ring} 秒", after: "间隔 {seconds} 秒", atOnce: "立即", seatsRing: "坐席 {seats} 正在振铃", asked: "人工呼叫", callBack: "回拨老人", page: "呼叫值班主任", safeMode: "应急直通期间的呼叫", earlierRounds: "前几轮",
    dialling: "正在接通", ringing: "振铃中", listening: "已接听，正在听播报", online: "在线", joined: "已加入通话", leaving: "正在结束",
    key_1: "按 1 我去", key_2: "按 2 不能去", key_0: "按 0 加入", reference: "编号 {reference}",
    callFamily: "呼叫家属", callOther: "呼叫", noFamily: "没有可呼叫的家属", call: "呼叫 {number}", callNow: "立即呼叫 {number}", assistedAsked: "阶梯请您现在呼叫", calling: "正在呼叫", onLine: "在线上", contacts: "可呼叫的人",
    join: "加入", joinAll: "全部加入通话（{n} 人）", joinNone: "没有等待加入的人", drop: "挂断", takeCharge: "我来负责", safe: "已确认平安", falseAlarm: "误触", stopDrill: "停止演练", report: "处置记录", card: "念读卡",
    fact_busy: "忙线", fact_later: "稍后",
    card120: "念给 {number} 的内容", cardAddress: "地址", cardDoor: "门禁", cardState: "情况", cardIll: "病史", cardAllergy: "过敏", cardKey: "备用钥匙", cardWho: "老人", cardMedication: "用药", cardHospital: "常去医院", cardBlood: "血型", cardPhone: "电话", cardRef: "{number} 给出的编号", cardSave: "记下", cardSaved: "已记下 {reference}", cardNone: "还没有呼叫 {number}", cardUse: "逐项念给对方，问清编号后填在下面。",
    strip: "其他紧急求助", nobody: "无人负责", stripSeat: "坐席 {seat} 在处理", moreStrip: "另有 {n} 件", chip: "阶梯 {n}/{of}", chipExhausted: "阶梯走完", chipOwner: "已有人负责",
  },
  result: {
    going: "正赶去", cannot: "不能去", joined: "已加入通话", connected: "已接通", reached: "已联系上老人", no_key: "未按键（可能是留言机）", hung_up: "接听后挂断", busy: "忙线", no_answer: "无人接听", rejected: "对方拒接", invalid_number: "空号", congestion: "线路拥塞", trunk_down: "线路故障", interrupted: "呼叫中断", withdrawn: "不再需要，已停止呼叫", voided: "未拨出，已作废", removed: "联系人已删除", in_use: "该号码正在被呼叫", refused: "未获许可，未拨打",
  },
  target: {
    emergency_seats: "紧急坐席", all_seats: "全部坐席", family: "家属", neighbour: "邻居", community: "社区工作者", supervisor: "值班主任", "110": "110", "119": "119", "120": "120", terminal: "老人的一键通", landline: "老人的电话",
  },
  drill: {
    start: "演练阶梯", title: "演练：{name}", what: "按现行策略把整个联系阶梯走一遍。所有呼叫只走演练线路，不会打到任何真实号码；接听者会听到“这是演练”。", begin: "开始演练", who: "先选择一位老人", administratorOnly: "演练由值班主任发起。",
  },
};
