export default {
  arrived: "来电进入：{source}{line}", press_joined: "老人再次按键，合并到本件，累计 {level} 次", identified: "识别为 {member}", ambiguous: "号码对应 {count} 位老人，待确认",
  unknown_caller: "号码未登记", anonymous_caller: "匿名来电，未显示号码", member_chosen: "确认为 {member}", member_created: "新建档案 {member}", queued: "进入等待，第 {position} 位", announced: "向来电人播报：第 {position} 位",
  offered: "派给席位 {seat}，振铃", offer_missed: "席位 {seat} 未接", offer_declined: "席位 {seat} 转给下一位", offer_failed: "席位 {seat} 呼叫失败：{cause}", answered: "席位 {seat} 接听，老人等待 {waited_seconds} 秒",
  caller_hung_up: "对方挂机", seat_hung_up: "席位 {seat} 挂机", leg_lost: "{party}线路中断", abandoned: "未接通挂机，已等待 {waited_seconds} 秒", task_created: "产生回拨任务", task_taken: "回拨任务已有人处理", task_done: "回拨完成：{outcome}",
  note: "{text}", recording_started: "开始录音", recording_stored: "录音已保存，{seconds} 秒", recording_lost: "录音丢失", recording_read: "收听录音", profile_read: "查看档案", wrapped_up: "办理：{category} / {disposition}", wrap_up_ended: "整理结束", settled: "紧急求助了结：{outcome}。{note}",
  closed: "结案", safe_mode: "应急直通：{reason}，由 {answered_by} 接听", adopted: "服务重启后接管通话", taken: "席位 {seat} 主动接起", other: "{kind}", system: "系统", party_caller: "来电人", party_seat: "坐席",
};
