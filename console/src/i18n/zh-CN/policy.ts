export default {
  policy: {
    title: "紧急联系策略", tabPolicy: "联系阶梯", tabDuty: "值班电话", version: "第 {n} 版", savedBy: "{name} 于 {time} 保存", builtIn: "内置策略，尚未保存过", name: "策略名称", save: "保存策略", saved: "已保存为第 {n} 版", dirty: "有未保存的修改", revert: "放弃修改", runningKeep: "正在进行的阶梯不受影响，仍按原策略走完。",
    conflict: "别人已保存了新的版本。", loadTheirs: "载入新版本（放弃我的修改）", saveMine: "以我的为准再次保存",
    rungs: "阶梯", add: "增加一级", remove: "删除第 {n} 级", up: "第 {n} 级上移", down: "第 {n} 级下移", drag: "拖动排序",
    targets: "联系对象", delay: "间隔（秒）", delayHint: "上一级开始后", condition: "条件", order: "顺序", tries: "每人次数", ring: "振铃（秒）",
    public: "公共急救号码", mode: "方式", way: "线路", mode_drill: "演练", mode_assisted: "人工一键", mode_automatic: "自动拨打", modeText_drill: "拨演练号并说明是演练", modeText_assisted: "请坐席一键呼叫，并显示念读卡", modeText_automatic: "系统直接拨打并播报", way_drill: "演练线路", way_trunk: "真实线路",
    wayWarning: "会真的打到 {code}！", wayOff: "本系统未启用真实公共号码，只能走演练线路。", figures: "总体设置",
    key_seconds: "按键等待（秒）", announcements: "播报次数", retry_seconds: "重拨间隔（秒）", resolve_seconds: "处置期限（秒）", page_seconds: "呼叫主任间隔（秒）", call_back_tries: "回拨老人次数", resolveHint: "有人负责后，到期仍未了结就重新联系",
    preview: "试算：谁会在什么时候接到电话", previewWho: "为哪位老人", previewChange: "换一位", previewAt: "按键时间", previewSeat: "坐席", previewNobody: "无人接听", previewAfter: "在几秒后接听", previewPick: "选择一位老人，下方立即显示按这份策略谁会接到电话。", previewNone: "没有任何呼叫", previewRing: "振铃 {seconds} 秒", previewSecond: "{n} 秒", previewing: "正在试算…", previewEdited: "按未保存的修改试算",
    line_seats: "坐席振铃", line_call: "呼叫", line_assisted: "请坐席呼叫", line_end: "结束", line_rung: "开始：{what}",
    duty: "值班主任电话", dutyText: "阶梯走完仍无人负责时，按此顺序轮流呼叫，直到有人接手。", dutyName: "姓名", dutyNumber: "电话", dutyAdd: "增加", dutyActive: "在用", dutyEmpty: "还没有值班电话：阶梯走完后无人可呼叫！", dutyOrder: "顺序", dutyRemove: "删除", dutySure: "确认删除",
  },
};
