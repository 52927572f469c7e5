export default {
  tab_week: "周例会", tab_service: "服务水平", tab_calls: "来电与求助件", tab_providers: "加盟单位考核", tab_fees: "收费", tab_collection: "典型案例",
  period: "时间段", first: "开始日期", last: "结束日期", by: "统计方式", total: "合计", none: "这段时间没有记录。",
  preset_today: "今天", preset_week: "本周", preset_lastWeek: "上周", preset_month: "本月", preset_thirty: "近30天",
  by_day: "按日", by_week: "按周", by_month: "按月", by_hour: "按时段", by_line: "按线路", by_seat: "按坐席", by_person: "按人员",
  earlier: "上一周", later: "下一周", weekTitle: "周例会汇报", week: "周",
  remark: "我的书面小结", remarkHint: "例会前写好，随本周材料保存", write: "保存小结", remarks: "各人书面小结",
  proof: "来电对账：已核对 {days} 天，来电 {seen} 路，无求助件 {orphans} 路，无受理人 {ownerless} 件",
  proofPending: "来电对账：这一周还没有核对过的日子，次日核对。",
  sign: "部门负责人签字", comment: "负责人批注", signer: "部门负责人", signIt: "已阅，签字", signedBy: "{name} 已于 {time} 签字",
  collectionHint: "在求助件页面推荐典型案例，每周由值班主任或部门负责人评选。", toChoose: "待评选", noneNominated: "没有待评选的案例。请在求助件页面点“推荐典型案例”。",
  caseTitle: "标题", caseText: "案例正文", caseHint: "老人情况、求助内容、处理经过、结果、体会", save: "保存", cancel: "取消", edit: "修改", choose: "入选", decline: "不入选",
  book: "典型案例集", bookEmpty: "今年还没有入选的案例。", printBook: "打印案例集", commented: "评语", writer: "编写人", chooser: "评选人", maker: "制表人",
};
