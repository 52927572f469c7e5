export default {
  quality: {
    tab_listen: "待评录音", tab_reviews: "评分记录", tab_trend: "趋势", tab_rubric: "评分表", drawn: "本周从每人的录音中随机抽取，听录音会留下记录。", nothingDrawn: "本周抽中的录音都已评完。", noReviews: "还没有评分。", agent: "坐席", call: "通话", length: "时长", score: "评分", points: "得分", by: "评分人", at: "评分时间", comment: "评语", answer: "本人说明", answerNow: "回复", answerSend: "提交说明", notAnswered: "尚未回复",
    listen: "听录音评分", save: "保存评分", total: "合计", version: "评分表第 {n} 版", week: "周", mean: "平均得分率", reviews: "评分数", trendOf: "每周平均得分率", noTrend: "有评分后显示每周走势。", editRubric: "评分项目合计 100 分；保存后成为新的一版，已有评分不变。", item: "项目", itemEn: "英文", most: "分值", add: "增加一项", remove: "删除", saveRubric: "保存为新版", note: "修改说明", commentHint: "好在哪里、哪里可以更好",
  },
  contribution: {
    title: "资料收集", hint: "工作中遇到有用的电话、资源或好的说法，写下来，主任采纳后大家都能查到。", propose: "提交资料", kind: "种类", kind_key_number: "重点电话", kind_resource: "资源、课程", kind_script: "话术", name: "名称", number: "电话", text: "说明或内容", send: "提交", state_proposed: "待采纳", state_accepted: "已采纳", state_refused: "未采纳", accept: "采纳", refuse: "不采纳", category: "在目录中的类别", reason: "不采纳的原因", by: "提交人", none: "还没有人提交资料。", record: "目录编号 {ref}",
  },
  signing: {
    title: "制度签收", none: "还没有发布制度文本。", noneHint: "部门负责人或值班主任发布后，每人登录时签收一次。", current: "现行第 {n} 版", from: "自 {day} 起", signedAt: "您已于 {time} 签收。", sign: "已阅读，签收", name: "签本人姓名", missing: "尚未签收（{n} 人）", allSigned: "全部人员已签收。", publish: "发布新版本", heading: "标题", text: "正文", send: "发布", signatures: "{n} 人签收", banner: "《{title}》第 {n} 版请您阅读并签收。", read: "去阅读", versions: "各版本",
  },
};
