export default {
  board: {
    title: "实时看板", red: "紧急求助", noRed: "没有未了结的紧急求助", live: "等待与通话", noLive: "当前没有来电", seats: "坐席", tasks: "待回拨", noTasks: "没有待回拨", terminals: "一键通在线", terminalsSilent: "失联终端", allPresent: "全部在线", warnings: "告警", noWarnings: "没有告警", system: "系统状态",
    who: "来电人", state: "状态", time: "时长", seat: "坐席", phoneOn: "话机在线", phoneOff: "话机离线", onlyRed: "仅紧急", since: "自 {time}", never: "从未上线", force: "调整状态", forceTitle: "调整坐席 {seat} 的状态", forceReason: "原因", forceTo: "改为", times: "{n} 次", nobodyOn: "无人", more: "另有 {n} 项", asOf: "截至",
  },
  cases: {
    title: "求助件", number: "编号", opened: "受理时间", kind: "类型", who: "求助人", state: "状态", agent: "受理人", find: "编号、姓名、号码", onlyRed: "只看紧急未了结", anyState: "全部状态", older: "更早的求助件", none: "没有符合条件的求助件", detail: "求助件 {number}", disposition: "处理方式", category: "类别", summary: "摘要", person: "求助人", district: "区域",
  },
  members: { title: "老人档案", ref: "编号（可不填）", addHint: "建档后在右侧补全电话、联系人、终端和服务卡。", hint: "输入姓名、拼音、首字母、号码或住址查找", none: "没有找到", choose: "从左侧选择一位老人查看档案。查看会留下记录。" },
  admin: {
    noAgents: "还没有人员。点“新增人员”添加第一位。", agents: "人员", add: "新增人员", edit: "修改", user: "工号", name: "姓名", role: "身份", seat: "固定坐席", password: "初始密码", newPassword: "新密码（不改则留空）", active: "在用", inactive: "停用", state: "状态", noSeat: "无",
    seats: "坐席话机", credentials: "查看话机账号", credentialsNote: "把下列内容填入桌面话机。查看会留下记录。", extension: "分机", server: "服务器", port: "端口", transport: "传输方式", hide: "隐藏",
    import: "老人档案导入", step1: "下载模板", step1Text: "按模板填写，一行一位老人。", step2: "选择文件试导入", step2Text: "试导入只检查，不改动任何档案。", step3: "正式导入", step3Text: "试导入全部通过后才能正式导入；有一行不合格，就一行也不导入。", template: "下载模板 (.xlsx)", choose: "选择文件", check: "试导入", apply: "正式导入 {rows} 行", uploading: "正在上传 {percent}%", checking: "服务器正在逐行检查…",
    rows: "总行数", added: "新增", changed: "变更", unchanged: "未变", bad: "不合格", badRow: "行", badColumn: "列", badValue: "内容", badWhy: "原因", ok: "检查通过，可以正式导入。", notOk: "有 {n} 处不合格，未导入任何一行。请改好后重新选择文件。", applied: "导入完成。",
  },
  missing: { title: "没有这个页面", back: "返回" },
};
