export default {
  wall: {
    calm: "各项指标正常", limits: "告警阈值", limitsText: "超过阈值并持续所设秒数，大屏顶部变红；勾选“电话通知”的，还会呼叫值班电话一次。改动立即生效。", measure: "指标", limit: "阈值", seconds: "持续（秒）", active: "启用", phone: "电话通知", less: "低于", more: "超过",
    measure_waiting: "等待人数", measure_longest_wait: "最长等待", measure_answered_in_time: "15 秒内接听率", measure_owed_calls: "未回拨", measure_follow_ups_due: "今天应回访", measure_follow_ups_late: "回访逾期", measure_ready_seats: "就绪坐席", measure_red: "紧急未了结", measure_silent_terminals: "失联终端", measure_probe_ms: "测试呼叫", measure_dissatisfied: "回访不满意待决定",
    unit_waiting: "人", unit_longest_wait: "秒", unit_answered_in_time: "%", unit_owed_calls: "个", unit_follow_ups_due: "个", unit_follow_ups_late: "个", unit_ready_seats: "个", unit_red: "个", unit_silent_terminals: "台", unit_probe_ms: "毫秒", unit_dissatisfied: "个",
    seats: "坐席", seat_ready: "就绪", seat_talking: "通话", seat_wrap_up: "整理", seat_paused: "暂离", seat_offline: "未登录",
    followUps: "回访", followUpsDue: "今天应访", followUpsLate: "逾期",
    rungs: "紧急求助进展", none: "没有紧急求助", rung: "第 {n} 级", noLadder: "未开始联系", exhausted: "无人负责", owned: "有人负责",
    terminals: "失联终端", probe: "测试呼叫", ms: "毫秒", stage_console: "连不上服务", stage_sip: "电话不通", stage_pop: "没有弹屏", stage_answer: "没有应答", stage_hang_up: "没有挂断",
    calls: "今日每小时来电", hour: "时", inTime: "15 秒内接听", late: "超时接听或等待", abandoned: "未接通挂机", usual: "往常同星期中位数", presses: "测试呼叫：按键到弹屏（24 小时）", pop: "到弹屏", failed: "失败",
  },
};
