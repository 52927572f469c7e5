export default {
  connections: {
    intro: "其他系统（如街道平台、家属小程序、财务）用密钥调用接口，或按订阅接收通知。每次调用、每次更改都有记录。", docs: "接口说明",
    keys: "接口密钥", newKey: "新建密钥", name: "名称", nameHint: "如：街道养老平台", role: "按此身份办理", scopes: "权限范围", scope_read: "查询", scope_write: "办理", key: "密钥", perMinute: "每分钟次数", until: "有效期", untilHint: "有效期至（不填则长期有效）", noEnd: "长期", lastUsed: "最近使用", never: "—", revoke: "停用", revoked: "已停用", revokeAsk: "停用后，“{name}”立即不能再调用接口，且不能恢复。", noKeys: "还没有密钥。有系统要对接时，点“新建密钥”。",
    notCopied: "浏览器不允许复制，请选中文字后按 Ctrl+C，或抄写下来。", once: "只显示这一次，请立即交给对方保管；关闭后任何人都无法再看到。", copy: "复制", copied: "已复制", noted: "已记下", yourKey: "新密钥", yourSecret: "签名密钥",
    webhooks: "通知订阅", newWebhook: "新建订阅", url: "接收地址", events: "通知内容", eventsOf: "{n} 类", withPersons: "含老人姓名", personsHint: "通知里写明老人姓名、地址、电话（每条都有查阅记录）", state: "状态", on: "启用", off: "未启用", failing: "{time} 起送不到", waiting: "待送", dead: "未送达", arrived: "最近送达", edit: "修改", renew: "更换签名密钥（旧密钥再用24小时）", deadAlarm: "有 {n} 条通知多次重试仍未送达。请联系对方，修好后在“消息”里重发。", noWebhooks: "还没有订阅。点“新建订阅”，填写对方给的接收地址。",
    messages: "消息", messagesOf: "“{name}”的消息", event: "事件", happened: "发生", tries: "次数", answer: "对方答复", next: "下次 {time}", resend: "重发", test: "发送测试消息", reload: "刷新", all: "全部", message_pending: "待送", message_delivered: "已送达", message_dead: "未送达", noMessages: "还没有消息。",
  },
  consents: {
    title: "授权同意", record: "登记同意", given: "同意", refused: "不同意或撤回", never: "未询问", kind: "事项", answer: "答复", byWhom: "由谁表示", byWhomHint: "本人或家属姓名、关系", how: "方式", at: "时间", note: "说明", scan: "扫描件", scanHint: "书面同意可附扫描件（PDF、PNG、JPEG）", history: "历次登记", version: "第 {n} 次", by: "登记人", not: "不同意：{what}", ask: "未询问：{what}", open: "查看扫描件", none: "还没有登记。请在通话中询问后登记。", short_recording: "录音", short_family: "告知家属", short_public_help: "提供资料给110/120", short_location: "获取位置", short_home_entry: "入户", entryAgreed: "已同意紧急入户",
  },
};
