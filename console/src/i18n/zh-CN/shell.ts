export default {
  app: { name: "居家养老呼叫中心", console: "服务台" },
  nav: {
    catalogue: "服务目录", partners: "加盟单位", places: "组织机构",
    duty: "值班", audit: "审计留痕", emergencyAccess: "紧急查阅",
    dispatch: "调度台", fees: "收费",
    inbox: "我的待办", followUps: "回访台", quality: "录音质检", contributions: "资料收集", register: "登记求助件", rules: "规章", desk: "坐席工作台", board: "实时看板", wall: "大屏", cases: "求助件", members: "老人档案",
    agents: "人员", seats: "坐席话机", import: "档案导入", policy: "联系策略", routing: "队列与技能", report: "处置记录", logout: "退出", language: "English", seat: "坐席 {seat}",
  },
  announce: { emergency: "紧急求助，正在振铃：{who}", call: "来电，正在振铃：{who}", elsewhere: "新的紧急求助：{who} {district}", state: "当前来电：{state}" },
  rail: {
    name: "页面导航", open: "展开导航", fold: "收起导航", key: "按 {key} 到页面导航，方向键选择，Esc 返回",
    work: "工作", live: "现场", people: "求助与老人", service: "服务", duty: "值班", figures: "统计与质量", money: "结算", setup: "设置",
  },
  role: { seat: "坐席", dispatcher: "调度员", group_leader: "调度组长", supervisor: "值班主任", department_head: "部门负责人", business_development: "业务发展部", finance: "财务", auditor: "审计员", administrator: "管理员" },
  login: {
    title: "登录", user: "工号", password: "密码", seat: "今天坐在哪个坐席", usual: "我的固定坐席",
    taken: "有人在用", submit: "登录", ended: "登录已失效，请重新登录。您写的内容仍保存在本机。",
    welcome: "一键相连，声声有应", missing: "请填写工号和密码。",
  },
  connection: {
    online: "已连接", connecting: "正在连接", lost: "连接中断",
    lostTitle: "与服务器的连接已中断 {since}", lostWhat: "弹屏、等待队列和看板暂时不会更新。",
    lostSafe: "您的电话不受影响，请继续通话；已写的内容已保存在本机，恢复后自动提交。",
    retryIn: "{seconds} 秒后重试", retrying: "正在重试…", retryNow: "立即重试",
    otherTitle: "此坐席已在另一个页面打开", otherText: "为避免来电弹到看不见的页面，同一坐席只在一个页面工作。您的电话不受影响。",
    otherButton: "改在这个页面工作", service: "服务异常：{names}",
    node: "电话节点 {names} 失联，来电由其余节点接听", nodeWhat: "它上面的通话可能已经断线，系统会由其余节点继续呼叫联系人、回拨老人。请通知维护人员。",
  },
  sound: { blocked: "浏览器还没有允许声音，来电时您将听不到提示音。", enable: "开启声音" },
  health: { asterisk: "电话交换", ami: "电话监控", database: "数据库", node: "节点{name}", up: "正常", down: "异常", title: "系统状态" },
  common: {
    save: "保存", cancel: "取消", close: "关闭", search: "查询", loading: "正在读取…", none: "无", retry: "重试",
    more: "更多", all: "全部", yes: "是", no: "否", empty: "暂无记录", rule: "依据条款 {rule}", key: "快捷键 {key}", unknown: "未登记",
  },
  kind: { emergency: "紧急求助", life_help: "生活帮助" },
  source: { terminal: "一键通", hotline: "热线", safe_mode: "应急直通", outbound: "外呼", web: "网络", letter: "来信", walk_in: "来访", assignment: "领导交办", drill: "演练" },
  state: { waiting: "等待接听", talking: "通话中", wrap_up: "整理中", open: "待办结", closed: "已结案", callback: "待回拨" },
  presence: { offline: "未登录", ready: "空闲就绪", offered: "振铃中", talking: "通话中", wrap_up: "整理中", paused: "暂离" },
  cause: {
    no_ringing: "话机没有振铃", not_sent: "呼叫没有发出", lost: "线路失联", node_lost: "电话节点失联", gone: "已不存在", "1": "分机不存在", "3": "话机不可达", "18": "话机没有响应", "20": "话机未注册", "27": "话机故障", "31": "话机拒接", "34": "线路全忙", "38": "网络故障",
  },
  reason: { FAILED: "呼叫服务不在", TIMEOUT: "呼叫服务没有及时接手" },
};
