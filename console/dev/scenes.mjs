// Scenes for looking at: each brings the made-up world into one state.
import { agents, ago, caseOf, meta } from "./demo-data.mjs";

const NAMES = ["王秀英", "李德福", "钟招娣", "138 7970 **34", "刘福生", "谢金秀", "赖水生"];
const line = (at, kind, data = {}, by = null) => ({ at: ago(at), kind, data, by });
const story = (entries) => entries.map((entry, index) => ({ ...entry, seq: index + 1 }));
const offer = (seconds = 20) => ({ id: "o1", seat: "8001", since: ago(0.02), ring_until: new Date(Date.now() + seconds * 1000).toISOString(), count: 1 });
const arrived = (member) => story([
  line(0.3, "arrived", { line: "123", source: "hotline" }), line(0.29, "identified", { member: member.name }),
  line(0.28, "queued", { position: 1 }), line(0.1, "offered", { seat: "8001" })]);

function world(api) {
  for (const key of [...api.world.keys()]) { const noun = key.slice(0, key.indexOf("/")), id = key.slice(noun.length + 1); if (api.get(noun, id)) api.put(noun, id, null); }
  const states = ["ready", "talking", "wrap_up", "offline", "paused", "offline"];
  meta.seats.forEach((seat, n) => api.put("seat", seat.extension, {
    ...seat, agent: states[n] === "offline" ? null : (agents[n] ?? agents[1]).name, presence: states[n], pause_reason: states[n] === "paused" ? "meal" : null, since: ago(3 + n * 4),
    case_id: null, phone: { registered: n !== 5, reachable: n !== 5 }, emergency_only: n === 2 }));
  api.put("figures", "today", { calls: 128, answered: 121, answered_in_15s: 118, abandoned: 4, called_back: 3, waiting: 0, longest_wait_since: null, red: 0, ready_seats: 1, follow_ups_due: 4, follow_ups_late: 1 });
  for (const [id, zh, en] of [["asterisk", "已连接", "connected"], ["ami", "已连接", "connected"], ["database", "3 毫秒", "3 ms"]]) api.put("health", id, { up: true, since: ago(900), detail_zh: zh, detail_en: en });
  for (let n = 0; n < 46; n++) api.put("terminal", `YJT-10${300 + n}`, { serial: `YJT-10${300 + n}`, account: `yjt${300 + n}`, member: NAMES[n % 7], registered: n !== 11 && n !== 30, reachable: true, changed_at: ago(90 + n) });
}
/** An emergency of this seat with its ladder; `until` stands at that step, 0 plays. */
function climbing(api, steps, until, part = {}, id = "case-2") {
  world(api);
  scenes.emergency(api, id);
  api.ladders.start(id, { level: 2, opened: 0.3 });
  api.ladders.play(id, api.ladders[steps], { until, pace: api.pace });
  if (until) api.put("case", id, { ...api.get("case", id), ...part });
}
const spoken = { state: "talking", offer: null, answered_at: ago(0.4), seat: "8001", agent: "张敏" };
const seatIs = (api, presence, case_id) => api.edit("seat", "8001", { presence, case_id, since: ago(presence === "talking" ? 2.2 : 0.05) });

export const scenes = {
  idle: world,
  busy(api) {
    world(api);
    api.edit("figures", "today", { waiting: 2, longest_wait_since: ago(0.9), red: 1 });
    api.put("call", "w1", { ...scenes.row(2), id: "w1", state: "waiting", waiting_since: ago(0.9), position: 1, seat: null, agent: null });
    api.put("call", "w2", { ...scenes.row(3), id: "w2", state: "waiting", waiting_since: ago(0.35), position: 2, seat: null, agent: null });
    api.put("call", "t1", { ...scenes.row(4), id: "t1", state: "talking", waiting_since: null, seat: "8002", agent: "赖小红" });
    api.put("call", "red1", { ...scenes.row(0), id: "red1", kind: "emergency", state: "talking", red: true, level: 3, waiting_since: null, opened_at: ago(3.4), seat: "8003", agent: "钟海燕" });
    const task = { case_id: "case-9", kind: "call_back", owner: null, outcome: null, state: "open" };
    api.put("task", "t-1", { ...task, id: "t-1", case_number: "20261121-0003", red: false, who: "李德福", caller_display: "139 7970 1122", created_at: ago(20), due_at: ago(-12) });
    api.put("task", "t-2", { ...task, id: "t-2", case_number: "20261121-0001", red: true, who: "谢金秀", caller_display: "137 7970 4410", created_at: ago(20), due_at: ago(2), state: "taken", owner: "张敏" });
    api.put("warning", "x1", { at: ago(14), kind: "wrong_password", account: "8005", remote: "192.168.10.77", count: 6, zh: "分机 8005 密码错误，来自 192.168.10.77", en: "Wrong password for 8005 from 192.168.10.77" });
    api.put("warning", "x2", { at: ago(75), kind: "safe_mode", account: null, remote: null, count: 1, zh: "服务中断 40 秒，期间 1 个来电由应急直通接听", en: "Service away for 40 s: one call was answered in safe mode" });
  },
  offer(api) { seatIs(api, "offered", "case-1"); api.put("case", "case-1", caseOf({ offer: offer(), member: api.li, member_id: api.li.id, timeline: arrived(api.li) })); },
  emergency(api, id = "case-2") {
    seatIs(api, "offered", id);
    api.put("case", id, caseOf({ id, kind: "emergency", source: "terminal", red: true, level: 2, line: "120001", line_name: "一键通急救专线", offer: offer(), member: api.wang, member_id: api.wang.id,
      timeline: [...arrived(api.wang), { seq: 5, ...line(0.05, "press_joined", { level: 2 }) }] }));
  },
  ladder(api) { climbing(api, "story", 0); },
  lonely(api) { climbing(api, "lonely", 0); },
  "ladder-family"(api) { climbing(api, "story", 6); },
  "ladder-heard"(api) { climbing(api, "story", 7); },
  "ladder-going"(api) { climbing(api, "story", 11, { state: "callback", offer: null }); },
  "ladder-assisted"(api) {
    climbing(api, "lonely", 11, spoken);
    seatIs(api, "talking", "case-2");
  },
  "ladder-talking"(api) {
    climbing(api, "story", 7, spoken);
    seatIs(api, "talking", "case-2");
    const { set, get, dial, answer, change } = api.ladders;
    set("case-2", { case: { ...get("case-2").case, state: "talking" } });
    dial("case-2", "daughter", { rung: -2, asked: true });
    answer("case-2", "daughter");
    change("case-2", "daughter", { state: "answered", answered_at: ago(0.1), joined: true, result: "connected" });
    dial("case-2", "120", { rung: -2, asked: true });
    answer("case-2", "120");
    change("case-2", "120", { state: "answered", answered_at: ago(0.1), joined: true, result: "connected" });
  },
  "ladder-exhausted"(api) { climbing(api, "lonely", 13, { state: "callback", offer: null }); },
  "ladder-alarm"(api) {
    climbing(api, "story", 2);
    const item = api.get("case", "case-2");
    api.put("case", "case-2", { ...item, alarms: [item.offer], offer: { ...item.offer, id: "o2", seat: "8003" } });
  },
  "ladder-others"(api) {
    world(api);
    for (const [id, who, steps, until] of [["o-1", "李**", "story", 6], ["o-2", "钟**", "lonely", 13]]) {
      api.ladders.start(id, { who, state: "callback", opened: 3 });
      api.ladders.play(id, api.ladders[steps], { until });
      const held = api.ladders.get(id);
      api.put("ladder", id, { ...held, can_call: undefined, card: undefined, attempts: held.attempts.map((one) => ({ ...one, name: "***", number: "***" })) });
    }
  },
  "ladder-wall"(api) {
    scenes.busy(api);
    for (const [id, who, steps, until] of [["red1", "王秀英", "story", 7], ["o-2", "钟招娣", "lonely", 13], ["o-3", "谢金秀", "story", 11]]) {
      api.ladders.start(id, { who, state: "callback", opened: 3, level: id === "red1" ? 3 : 1 });
      api.ladders.play(id, api.ladders[steps], { until });
    }
  },
  "ladder-drill"(api) {
    world(api);
    api.ladders.drillCase("drill-1");
    api.ladders.start("drill-1", { drill: true, who: "王秀英" });
    api.ladders.play("drill-1", api.ladders.story, { until: 7 });
  },
  talking(api) {
    scenes.emergency(api);
    seatIs(api, "talking", "case-2");
    const held = api.get("case", "case-2");
    api.put("case", "case-2", { ...held, state: "talking", offer: null, answered_at: ago(2.2), seat: "8001", agent: "张敏", recordings: [{ id: "rec1", started_at: ago(2.2), seconds: null, state: "recording" }],
      timeline: story([...held.timeline, line(0, "answered", { seat: "8001", waited_seconds: 6.2 }), line(0, "recording_started"), line(0, "note", { text: "胸闷，能说话；儿子已在路上，约 10 分钟。" }, "张敏")]) });
  },
  wrapup(api) {
    seatIs(api, "wrap_up", "case-1");
    api.put("case", "case-1", caseOf({ state: "wrap_up", wrap_up_until: ago(-1.7), answered_at: ago(3), ended_at: ago(0.3), seat: "8001", agent: "张敏", member: api.li, member_id: api.li.id,
      recordings: [{ id: "rec1", started_at: ago(3), seconds: 14, state: "stored" }], draft: { category: "consult", subcategory: "consult_service", summary: "询问上门理发，约周三上午。" },
      timeline: story([...arrived(api.li), line(3, "answered", { seat: "8001", waited_seconds: 5 }), line(0.3, "caller_hung_up"), line(0.3, "recording_stored", { seconds: 14 })]) }));
  },
  several(api) { seatIs(api, "talking", "case-1"); api.put("case", "case-1", caseOf({ state: "talking", answered_at: ago(0.3), seat: "8001", candidates: [api.li, api.liWife], timeline: story([line(0.4, "ambiguous", { count: 2 })]) })); },
  unknown(api) { seatIs(api, "talking", "case-1"); api.put("case", "case-1", caseOf({ state: "talking", answered_at: ago(0.3), seat: "8001", timeline: story([line(0.4, "unknown_caller")]) })); },
  anonymous(api) { seatIs(api, "talking", "case-1"); api.put("case", "case-1", caseOf({ state: "talking", answered_at: ago(0.3), seat: "8001", caller: { number: null, anonymous: true, display: "" }, timeline: story([line(0.4, "anonymous_caller")]) })); },
  detail(api, id) {
    return caseOf({ id, kind: "emergency", source: "terminal", red: id === "red1", level: 3, state: id === "red1" ? "talking" : "closed", seat: "8003", agent: "钟海燕", member: api.wang, member_id: api.wang.id, category: "emergency", disposition: "family_going",
      summary: "胸闷，儿子已前往。", recordings: [{ id: "rec1", started_at: ago(3), seconds: 14, state: "stored" }],
      timeline: story([...arrived(api.wang), line(3, "offer_missed", { seat: "8001" }), line(2.8, "answered", { seat: "8003", waited_seconds: 11 }), line(2, "note", { text: "已联系儿子刘建国，约 10 分钟到。" }, "钟海燕"), line(1, "recording_stored", { seconds: 14 })]) });
  },
  row(n) {
    return { id: `case-r${n}`, number: `20261121-00${String(40 - n).padStart(2, "0")}`, kind: n % 4 === 0 ? "emergency" : "life_help", state: "closed", red: false, level: 1, who: NAMES[n % 7], district: ["象湖镇", "叶坪镇", "沙洲坝镇"][n % 3],
      caller_display: "138 7970 **34", opened_at: ago(4 + n * 17), waiting_since: null, position: null, seat: `800${(n % 3) + 1}`, agent: agents[n % 3].name };
  },
};
