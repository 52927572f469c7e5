export default {
  audit: {
    title: "审计留痕", whole: "完整性", openings: "紧急查阅", readings: "查阅与改动",
    seal: "最新封印", sealPlace: "第 {place} 号，{at}", noSeal: "还没有封印；有记录后一小时内自动产生。",
    sealHint: "每小时把全部记录封成一个指纹。抄在纸上，以后可证明此前的记录没有被改动。",
    copy: "复制", copied: "已复制", check: "核对全部记录", checking: "正在逐条核对…", known: "纸上的封印（可不填）",
    good: "全部完好：核对了 {lines} 条记录、{seals} 个封印。", bad: "发现 {count} 处不符，请立即报告部门负责人，并保留数据库原样。",
    unknownSeal: "没有这个封印：此后的记录可能被整体替换。",
    what: { changed: "内容被改动", missing: "之前的记录缺失", cut: "末尾记录缺失", rewritten: "被另一条替换", seal: "封印不符" },
    chain: "记录链", place: "第几条", finding: "发现",
    who: "谁", when: "时间", member: "老人", reason: "原因", verdict: "复核", waiting: "待复核", justified: "确有必要", unjustified: "没有必要",
    note: "复核意见", by: "{name}，{at}", noOpenings: "没有紧急查阅。", onlyOpen: "只看待复核", review: "复核",
    person: "人员", action: "行为", subject: "对象编号", detail: "说明", any: "全部行为", noReadings: "没有符合的记录。",
    actions: {
      profile_read: "查看档案", history_read: "查看档案历史", profile_changed: "修改档案", case_read: "查看求助件", recording_read: "听录音",
      report_read: "查看处置记录", contacts_read: "查看联系人", credentials_read: "查看话机密码", credentials_renewed: "更换话机密码",
      softphone_opened: "打开浏览器电话", import: "导入档案", agent_added: "新增人员", agent_changed: "修改人员", policy_saved: "修改联系策略",
      duty_phone_added: "新增值班电话", duty_phone_changed: "修改值班电话", duty_phone_removed: "删除值班电话", threshold_changed: "修改看板限值",
      emergency_access: "紧急查阅", emergency_access_reviewed: "复核紧急查阅", traces_verified: "核对记录",
    },
    open: {
      title: "紧急查阅", hint: "没有求助件而急需看老人档案时使用。写明原因，可查看 15 分钟；每一次都会由他人复核。",
      reason: "原因", reasonHint: "例如：邻居来电说老人摔倒", go: "查看档案", until: "可查看到 {at}", choose: "先在左边找到老人。",
    },
  },
};
