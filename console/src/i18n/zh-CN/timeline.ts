export default {
  arrived: "来电进入：{source}{line}", press_joined: "老人再次按键，合并到本件，累计 {level} 次", identified: "识别为 {member}", ambiguous: "号码对应 {count} 位老人，待确认",
  unknown_caller: "号码未登记", anonymous_caller: "匿名来电，未显示号码", member_chosen: "确认为 {member}", member_created: "新建档案 {member}", profile_changed: "修改了{member}的档案：{fields}", queued: "进入等待，第 {position} 位", announced: "向来电人播报：第 {position} 位",
  offered: "派给席位 {seat}，振铃", offer_missed: "席位 {seat} 未接", offer_declined: "席位 {seat} 转给下一位", offer_failed: "席位 {seat} 呼叫失败：{cause}", answered: "席位 {seat} 接听，老人等待 {waited_seconds} 秒",
  caller_hung_up: "对方挂机", seat_hung_up: "席位 {seat} 挂机", leg_lost: "{party}线路中断", abandoned: "未接通挂机，已等待 {waited_seconds} 秒", task_created: "产生回拨任务", task_taken: "回拨任务已有人处理", task_done: "回拨完成：{outcome}",
  note: "{text}", recording_started: "开始录音", recording_stored: "录音已保存，{seconds} 秒", recording_lost: "录音丢失", recording_read: "收听录音", profile_read: "查看档案", wrapped_up: "办理：{category} / {disposition}", wrap_up_ended: "整理结束", settled: "紧急求助了结：{outcome}。{note}",
  closed: "结案", safe_mode: "应急直通：{reason}，由 {answered_by} 接听", adopted: "服务重启后接管通话", taken: "席位 {seat} 主动接起", other: "{kind}", system: "系统", party_caller: "来电人", party_seat: "坐席",
  ladder_started: "启动联系阶梯{drill}", policy_frozen: "采用策略“{policy}”第 {version} 版", contacts_known: "已知联系人 {count} 位", rung_started: "第 {rung} 级开始：{targets}", rung_passed: "第 {rung} 级略过：已有人在办", rung_empty: "第 {rung} 级无人可联系：{targets}",
  ladder_resumed: "联系阶梯继续", ladder_again: "重新逐级联系：{why}", acknowledged: "{name}{by}", acknowledged_too: "{name}也{by}", exhausted: "阶梯已走完，无人接手（第 {round} 轮）", supervisor_paged: "呼叫值班主任，第 {count} 次", ladder_ended: "联系阶梯结束：{outcome}", assisted_call_asked: "请坐席呼叫 {number}",
  attempt_started: "呼叫 {name}，第 {count} 次", attempt_sent_again: "补发呼叫", attempt_ringing: "对方振铃", attempt_answered: "{name} 接听", key_pressed: "{name} {key}", no_key: "{name} 未按键，可能是留言机", joined: "{name} 加入通话", attempt_ended: "{name}：{result}", attempt_over: "与{name}的通话结束（{result}）", attempt_skipped: "未呼叫 {name}：{reason}", attempt_dropped: "挂断 {name}", contact_called: "人工呼叫 {name}",
  reference_noted: "{number} 给出编号 {reference}", elder_reached: "已回拨到老人：{name}", drill_started: "演练开始", drill_seats: "演练：席位不振铃", drill_ended: "{outcome}", report_written: "写处置记录", report_signed: "处置记录由 {signer} 签字",
  as_drill: "（演练）", why_pressed_again: "老人再次按键", why_not_resolved: "到期仍未了结", by_going: "正赶去", by_joined: "加入了通话", by_seat: "已负责", seat_name: "席位 {seat} ", by_supervisor: "值班主任已负责", party_contact: "联系人",
};
