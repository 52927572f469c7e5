// Made-up people for trying the console by eye. Nothing here is real, nothing here is used by the service.
export const meta = {
  centre: {
    name_zh: "瑞金市居家养老服务中心", name_en: "Ruijin Home-Care Service Centre", time_zone: "Asia/Shanghai",
    lines: [{ number: "123", kind: "life_help", name: "123 生活帮助热线" }, { number: "120001", kind: "emergency", name: "一键通急救专线" }],
  },
  seats: [1, 2, 3, 4, 5, 6].map((n) => ({ extension: `800${n}`, name: `${n} 号席` })),
  categories: [
    { id: "emergency", zh: "紧急救援", en: "Emergency", children: [] },
    { id: "consult", zh: "咨询", en: "Consultation", children: [
      { id: "consult_service", zh: "服务咨询", en: "Services" }, { id: "consult_affairs", zh: "事务咨询", en: "Affairs" },
      { id: "consult_law", zh: "法律咨询", en: "Law" }, { id: "consult_other", zh: "其他咨询", en: "Other" }] },
    { id: "life_help", zh: "生活帮助", en: "Life help", children: [] },
  ],
  unreasonable: [
    { id: "unlawful", zh: "违法", en: "Unlawful" }, { id: "harassment", zh: "骚扰", en: "Harassment" }, { id: "false", zh: "虚假信息", en: "False" },
    { id: "money", zh: "索要财物", en: "Asks for money" }, { id: "unclear", zh: "信息不明", en: "Too little information" }],
  dispositions: [
    { id: "answered_now", zh: "已当场答复", en: "Answered at once", kinds: ["life_help"], closes: true },
    { id: "order", zh: "需派工", en: "Work order needed", kinds: ["life_help"], closes: false },
    { id: "find_out", zh: "查找后答复", en: "Find out and answer", kinds: ["life_help"], closes: false },
    { id: "family_going", zh: "家属已前往", en: "Family on the way", kinds: ["emergency"], closes: false },
    { id: "ambulance", zh: "已转 120", en: "Handed to 120", kinds: ["emergency"], closes: false },
    { id: "false_alarm", zh: "误按（按测试处理）", en: "False alarm (test)", kinds: ["emergency"], closes: true },
    { id: "refused", zh: "不合理，说明后结案", en: "Explained and closed", kinds: ["emergency", "life_help"], closes: true }],
  settle_outcomes: [
    { id: "safe", zh: "老人平安", en: "The person is safe" }, { id: "family", zh: "家属已到场", en: "Family is there" },
    { id: "ambulance_there", zh: "120 已到场", en: "Ambulance is there" }, { id: "false_alarm", zh: "误触,老人平安", en: "Pressed by mistake, the elder is well" }],
  pause_reasons: [
    { id: "meal", zh: "用餐", en: "Meal", limit_minutes: 30 }, { id: "rest", zh: "小休", en: "Short break", limit_minutes: 10 },
    { id: "meeting", zh: "例会", en: "Meeting", limit_minutes: null }, { id: "paper", zh: "整理资料", en: "Paperwork", limit_minutes: 20 }],
  task_outcomes: [
    { id: "reached", zh: "已联系上，平安", en: "Reached, all well" }, { id: "new_need", zh: "已联系上，有新需求", en: "Reached, new need" }, { id: "no_answer", zh: "无人接听", en: "No answer" }],
  system_pauses: [
    { id: "signed_in", zh: "刚登录,尚未就绪", en: "Signed in, not ready yet" }, { id: "no_answer", zh: "连续未接,已自动暂停", en: "Missed offers in a row, paused by the system" },
    { id: "supervisor", zh: "值班主任安排", en: "Set by the supervisor" }, { id: "phone_lost", zh: "话机离线", en: "The phone is off line" }],
  figures: { ring_seconds: 20, wrap_up_seconds: 120, repeat_window_seconds: 600, answer_within_seconds: 15, answer_target: 0.95 },
};

const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

export const wang = {
  id: "m-wang", name: "王秀英", honorific: "阿姨", gender: "f", birth_date: "1941-03-12", age: 85, dialect: "客家话", better_ear: "left", photo: null,
  district: "象湖镇", department: "书香园社养部", department_phone: "0797-2522123", address: "书香园小区 3 栋 2 单元 502 室", door_code: "单元门 5802#", key_holder: "邻居 陈大姐 501 室", lives_alone: true,
  illnesses: ["冠心病（2019 年支架）", "高血压", "2 型糖尿病"], medication: ["阿司匹林 100mg 早", "二甲双胍 0.5g 早晚", "硝酸甘油（床头抽屉）"], allergies: ["青霉素", "磺胺类"], hospital: "瑞金市人民医院 心内科", blood_type: "A",
  card: { number: "RJ-2024-00318", valid_until: "2027-12-31" },
  contacts: [
    { id: "c1", name: "刘建国", relation: "儿子（本市）", number: "138 7970 1234", order: 1, answer_rate: 0.92 },
    { id: "c2", name: "刘晓梅", relation: "女儿（赣州）", number: "139 7970 5678", order: 2, answer_rate: 0.75 },
    { id: "c3", name: "陈大姐", relation: "邻居，有钥匙", number: "137 0797 0021", order: 3, answer_rate: null }],
  terminals: [{ serial: "YJT-10318", model: "一键通 S2", battery_percent: 14, last_seen_at: ago(2), last_test_at: ago(60 * 24 * 12) }],
  recent_cases: [
    { id: "r1", number: "20261103-0012", opened_at: ago(60 * 24 * 18), kind: "life_help", disposition: "order" },
    { id: "r2", number: "20261019-0044", opened_at: ago(60 * 24 * 33), kind: "emergency", disposition: "false_alarm" }],
  remarks: "说话要慢；夜间起夜常误碰按键。不吃甜食。",
};
export const li = {
  ...wang, id: "m-li", name: "李德福", honorific: "叔叔", gender: "m", age: 79, dialect: null, better_ear: "both", lives_alone: false, address: "红都大道 88 号 1 栋 301 室",
  door_code: null, key_holder: "女儿", illnesses: ["高血压"], medication: ["氨氯地平 5mg 早"], allergies: [], card: null, remarks: "", recent_cases: [],
  terminals: [], contacts: [wang.contacts[1]], district: "叶坪镇",
};
export const liWife = { ...li, id: "m-zhou", name: "周桂兰", honorific: "阿姨", gender: "f", age: 76, dialect: "客家话", better_ear: "right", illnesses: ["白内障", "关节炎"], lives_alone: false };

export const agents = [
  { id: "a1", user: "1001", name: "张敏", role: "seat", seat: "8001", active: true }, { id: "a2", user: "1002", name: "赖小红", role: "seat", seat: "8002", active: true },
  { id: "a3", user: "1003", name: "钟海燕", role: "seat", seat: "8003", active: true }, { id: "a4", user: "1004", name: "谢文涛", role: "seat", seat: "8004", active: false },
  { id: "a5", user: "2001", name: "杨主任", role: "supervisor", seat: null, active: true }, { id: "a6", user: "9001", name: "管理员", role: "administrator", seat: null, active: true }];

export function caseOf(part) {
  const opened = ago(0.3);
  return {
    id: "case-1", number: "20261121-0007", kind: "life_help", source: "hotline", line: "123", line_name: "123 生活帮助热线", state: "waiting", red: false, level: 1,
    opened_at: opened, waiting_since: opened, answered_at: null, ended_at: null, caller: { number: "13879701234", anonymous: false, display: "138 7970 1234" },
    member_id: null, candidates: [], member: null, offer: null, seat: null, agent: null, wrap_up_until: null, draft: null, category: null, subcategory: null, unreasonable: null,
    disposition: null, summary: null, legs: [], recordings: [], timeline: [], tasks: [], version: 1, ...part,
  };
}
export { ago };
