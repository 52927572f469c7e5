export default {
  records: {
    filter: "筛选：名称、编号、电话 …", count: "{n} 条", export: "导出 Excel", import: "导入 Excel", add: "新增", edit: "修改", copy: "新版本", state: "状态", versions: "历史", member: "老人", inStock: "库存", battery: "电量", lastSeen: "最近在线", silent: "失联", online: "在线", incidents: "事件",
    noHits: "没有符合的内容", none: "还没有内容。可以新增，也可以下载模板用 Excel 导入。", history: "修改历史：{name}", noHistory: "还没有人修改过。", version: "第 {n} 版", blank: "空",
    kind_found: "修改前", kind_add: "新增", kind_edit: "修改", kind_import: "导入",
    step1Text: "按模板填写“{what}”，一行一条。", step2Text: "试导入只检查，不改动任何内容。", at_reading: "正在检查：已读 {rows} 行", at_writing: "正在比对和写入：已处理 {rows} 行",
    tab_services: "服务项目", tab_key_numbers: "重点电话", tab_resources: "资源与课程", tab_partners: "加盟单位", tab_workers: "服务人员", tab_departments: "社养部", tab_districts: "辖区", tab_lines: "线路", tab_seats: "坐席", tab_terminals: "终端", tab_consents: "授权同意",
    about_services: "调价或改标准请点“新版本”，填新的生效日期；已派的工单仍按当时的内容。", about_key_numbers: "通话中可按名称、拼音、首字母、号码查到。", about_resources: "“已发布”的，前台和调度才能查到（F-1）。",
    about_partners: "没有合同或已停用的单位不能派工；派给谁由规则排序（W-7）。", about_workers: "本单位人员，派工时优先于外派。", about_departments: "“本中心”为否的，是其他辖区的社养部，用于转介（C-5）。",
    about_consents: "每人每项以最近一次为准，以前的都保留；导入的日期须晚于已登记的。老人当面或来电表示的，在老人档案里登记。", about_districts: "按小区和道路名称，从住址认出辖区。", about_lines: "紧急求助至少保留一条线路。", about_seats: "停用的坐席不能登录，话机账号随即收回。", about_terminals: "失联的排在前面；装在谁家，同时记入那位老人的档案。",
  },
  directory: {
    title: "查服务、电话", find: "名称、拼音、首字母、号码、小区", none: "没有找到", type: "输入即查，或点下面的分类浏览", all: "全部",
    kind_service: "服务", kind_key_number: "电话", kind_resource: "资源课程", kind_partner: "加盟单位", kind_department: "社养部",
    agreed: "面议", free: "免费", per: "{price} 元/{unit}", yuan: "{price} 元", minutes: "约 {n} 分钟", special: "须先审批", changes: "{date} 起有变化", standards: "标准", process: "流程", eligibility: "对象", schedule: "时间", place: "地点", owner: "责任人", hours: "值守", contact: "联系人", services: "项目", noContract: "不在合同期", district: "辖区", town: "全市", notOurs: "其他辖区",
    told: "已告知号码", refer: "建议联系（C-3）", handOver: "转介（C-5）", join: "接入通话", toldDone: "已记入过程：{name} {number}",
    awayTitle: "不在本中心辖区：{district}", awayText: "请告知 {name} 的电话 {number}，并请对方记下。", 
    ask: "请示值班主任", askHint: "老人要求什么、您想怎么办", send: "发送请示", waiting: "已请示，等待答复：{text}", answer: "值班主任答复：{text}", withdraw: "撤回",
    card: "未办服务卡，符合条件的可登记办卡（C-4）", cardOffice: "到社养部办", cardHome: "上门办理", cardOpen: "已登记办卡（{where}）", cardNote: "方便的时间",
  },
  question: { title: "坐席请示", none: "没有待答复的请示", answer: "答复", hint: "怎么办、依据什么", send: "答复坐席" },
};
