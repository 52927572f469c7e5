// A stand-in for the service, for looking at the console: it speaks docs/api.md with made-up data and keeps no rules.
// node dev/fake-server.mjs [port]     POST /dev/scene/<name> brings a scene, POST /dev/drop cuts every connection.
import { randomUUID } from "node:crypto";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import { agents, ago, caseOf, li, liWife, meta, wang } from "./demo-data.mjs";
import { ladders, policy as firstPolicy, preview } from "./ladder.mjs";
import { scenes } from "./scenes.mjs";
import { tone } from "./tone.mjs";

const PORT = Number(process.argv[2] ?? 8080);
const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const CSP = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' blob:; connect-src 'self'";
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const people = [wang, li, liWife];
const sessions = new Map();
const sockets = new Map();
const epoch = randomUUID();
let seq = 0;
let refuse = false;
/** noun/id → {noun, id, version, data} */
const world = new Map();

function put(noun, id, data) {
  const version = (world.get(`${noun}/${id}`)?.version ?? 0) + 1;
  if (noun === "case" && data) data.version = version;
  world.set(`${noun}/${id}`, { noun, id, version, data });
  seq += 1;
  for (const [ws, me] of sockets) if (mayKnow(me, noun)) ws.send(JSON.stringify({ type: "change", seq, noun, id, version, data }));
}
const get = (noun, id) => world.get(`${noun}/${id}`)?.data ?? null;
const edit = (noun, id, part) => get(noun, id) && put(noun, id, { ...get(noun, id), ...part });
const tell = (id, kind, data = {}, by = null) => {
  const noun = get("case", id) ? "case" : "drill-case";
  const item = get(noun, id);
  if (item) put(noun, id, { ...item, timeline: [...item.timeline, { seq: item.timeline.length + 1, at: new Date().toISOString(), kind, by, data }] });
};
const mayKnow = (me, noun) => (noun === "drill-case" ? false : noun === "case" ? me.role === "seat" : ["terminal", "warning"].includes(noun) ? me.role !== "seat" : true);
const problem = (code, status, zh, en, remedy_zh = "", remedy_en = "", rule = null) => ({ code, status, zh, en, remedy_zh, remedy_en, rule });
const api = { world, put, get, edit, tell, ago, caseOf, wang, li, liWife, pace: 1 };
api.ladders = ladders(api);
let policy = { policy: firstPolicy, saved_by: null, saved_at: null, public_enabled: false };
let duty = [{ id: "d1", name: "杨主任", number: "13970790001", position: 1, active: true }, { id: "d2", name: "曾副主任", number: "13970790002", position: 2, active: true }];
const reports = new Map();
const faults = (wanted) => {
  for (const [n, rung] of wanted.rungs.entries()) {
    if (!rung.targets.length) throw problem("policy_targets", 422, `第${n + 1}级的联系对象为空、重复或无法识别。`, `Rung ${n + 1}: targets are missing, repeated or unknown.`, "", "", "R-12");
    if (!(rung.delay_seconds >= 0 && rung.delay_seconds <= 1800)) throw problem("policy_delay", 422, `第${n + 1}级的间隔须在0至1800秒。`, `Rung ${n + 1}: the delay is 0 to 1800 s.`, "", "", "R-12");
    if (!(rung.ring_seconds >= 5 && rung.ring_seconds <= 90) || !(rung.tries >= 1 && rung.tries <= 5)) throw problem("policy_tries", 422, `第${n + 1}级:次数1至5,振铃5至90秒。`, `Rung ${n + 1}: 1 to 5 tries, 5 to 90 s of ringing.`, "", "", "R-12");
  }
  if (!wanted.rungs.some((rung) => rung.targets.includes("supervisor"))) throw problem("policy_no_supervisor", 422, "阶梯中须有值班主任:最后总要有人负责。", "The ladder needs the duty supervisor.", "", "", "R-12");
  if (wanted.public.some((one) => one.way === "trunk")) throw problem("policy_public_disabled", 422, "120 不能走真实线路:本系统未启用真实公共号码。", "120 cannot go by the real trunk: public numbers are not enabled here.", "", "", "R-12");
  if (wanted.key_seconds < 5) throw problem("policy_figure", 422, "按键等待须在5至120之间。", "A figure is outside 5 to 120.", "", "", "R-12");
};

const commands = {
  set_presence: (me, { presence, reason, emergency_only }) => edit("seat", me.seat, { presence, pause_reason: reason ?? null, since: ago(0), emergency_only: emergency_only ?? get("seat", me.seat).emergency_only }),
  force_presence: (_me, { seat, presence, reason }) => edit("seat", seat, { presence, pause_reason: reason, since: ago(0) }),
  decline: (me, { case_id }) => { put("case", case_id, null); edit("seat", me.seat, { presence: "ready", since: ago(0) }); },
  hang_up: (me, { case_id }) => {
    edit("case", case_id, { state: "wrap_up", ended_at: ago(0), wrap_up_until: ago(-2), offer: null });
    tell(case_id, "seat_hung_up", { seat: me.seat });
    edit("seat", me.seat, { presence: "wrap_up", since: ago(0) });
  },
  take: (me, { case_id }) => { scenes.emergency(api, case_id); put("call", case_id, null); edit("seat", me.seat, { presence: "offered", since: ago(0) }); },
  note: (me, { case_id, text }) => tell(case_id, "note", { text }, me.name),
  draft: (_me, { case_id, draft }) => { const held = get("case", case_id); if (held) held.draft = draft; },
  choose_member: (me, { case_id, member_id }) => {
    const member = people.find((person) => person.id === member_id);
    edit("case", case_id, { member, member_id });
    tell(case_id, "member_chosen", { member: member.name }, me.name);
  },
  create_member: (me, { case_id, name, gender, address, district }) => {
    edit("case", case_id, { member_id: "m-new", member: { ...li, id: "m-new", name, gender, honorific: gender === "f" ? "阿姨" : "叔叔", address, district, age: null, illnesses: [], medication: [], contacts: [], hospital: null, blood_type: null, better_ear: null, key_holder: null, department: null } });
    tell(case_id, "member_created", { member: name }, me.name);
  },
  wrap_up: (me, args) => {
    if (!args.category || !args.disposition) throw problem("incomplete", 422, "求助件还缺少类别或处理方式。", "Category or disposition is missing.", "请选择求助类别和处理方式后再提交。", "Choose both, then send again.", "R-3");
    put("case", args.case_id, null);
    edit("seat", me.seat, { presence: "ready", since: ago(0), case_id: null });
  },
  take_task: (me, { task_id }) => edit("task", task_id, { state: "taken", owner: me.name }),
  complete_task: (_me, { task_id }) => put("task", task_id, null),
  ...api.ladders.commands,
  write_report: (me, { case_id, report }) => { reports.set(case_id, { ...reports.get(case_id), data: report, written_by: me.name, written_at: ago(0) }); },
  sign_report: (_me, { case_id, signer }) => {
    const held = reports.get(case_id);
    if (!held?.data?.condition || !held.data.actions || !held.data.outcome) throw problem("report_incomplete", 422, "报告还没有写完:老人状况、处置经过、结果必填。", "The report is not whole: condition, actions and outcome are needed.", "", "", "R-12");
    reports.set(case_id, { ...held, signer, signed_at: ago(0) });
  },
  settle: (me, { case_id, outcome, note }) => {
    if (get("case", case_id)?.state === "waiting") throw problem("still_waiting", 409, "老人仍在线等待,请先接听。", "The elder is still on the line: answer first.", "点“接起”后再确认平安。", "Take the call, then settle.", "R-19");
    if (get("ladder", case_id)) api.ladders.finish(case_id, outcome);
    edit("case", case_id, { red: false }); edit("call", case_id, { red: false }); tell(case_id, "settled", { outcome, note }, me.name); },
};

const server = createServer(async (request, response) => {
  const { pathname: path, searchParams } = new URL(request.url, "http://x");
  const me = sessions.get(/cc_session=([^;]+)/.exec(request.headers.cookie ?? "")?.[1]);
  const send = (status, body, headers = {}) => {
    response.writeHead(status, { "Content-Type": status >= 400 ? "application/problem+json" : "application/json", ...headers });
    response.end(body === undefined ? "" : JSON.stringify(body));
  };
  const read = async () => { const parts = []; for await (const part of request) parts.push(part); return Buffer.concat(parts); };
  if (path === "/api/seats") return send(200, meta.seats.map((seat) => ({ ...seat, taken: seat.extension === "8002" })));
  if (path === "/api/centre") return send(200, meta.centre);
  if (path === "/api/meta") return send(200, meta);
  if (path === "/api/login") {
    const { user, password, seat } = JSON.parse(await read());
    const agent = agents.find((item) => item.user === user);
    if (!agent || password !== "demo") return send(401, problem("wrong_credentials", 401, "工号或密码不对。", "User or password is wrong.", "请核对后重新输入；忘记密码请找管理员。", "Check both; an administrator can set a new password."));
    if (seat === "8002" && user !== "1002") return send(409, problem("seat_taken", 409, "8002 坐席有人在用。", "Seat 8002 is in use.", "请选择另一个坐席。", "Choose another seat."));
    const key = randomUUID();
    const who = { agent_id: agent.id, user, name: agent.name, role: agent.role, seat: seat ?? agent.seat };
    sessions.set(key, who);
    if (who.seat) edit("seat", who.seat, { agent: who.name, presence: "ready", since: ago(0) });
    return send(200, who, { "Set-Cookie": `cc_session=${key}; HttpOnly; SameSite=Strict; Path=/` });
  }
  if (path.startsWith("/dev/scene/")) {
    api.pace = Number(searchParams.get("pace") ?? 1);
    scenes[path.slice(11)]?.(api, searchParams.get("id") ?? undefined);
    return send(204);
  }
  if (path === "/dev/drop") {
    refuse = searchParams.get("stay") === "1";
    for (const ws of sockets.keys()) ws.close(Number(searchParams.get("code") ?? 1012));
    return send(204);
  }
  if (path.startsWith("/api/") && !me) return send(401, problem("not_logged_in", 401, "请先登录。", "Please log in."));
  if (path === "/api/me") return send(200, me);
  if (path === "/api/logout") {
    sessions.delete(/cc_session=([^;]+)/.exec(request.headers.cookie)[1]);
    return send(204);
  }
  if (path === "/api/policy" || path === "/api/policy/preview") {
    if (request.method === "GET") return send(200, policy);
    const body = JSON.parse(await read());
    try {
      faults(body.policy ?? body);
      if (path.endsWith("preview")) return send(200, preview(body));
      if (body.version !== policy.policy.version) throw problem("policy_changed", 409, "别人已经改了策略。", "Somebody else has changed the policy.", "请载入新版本后再改。", "Load the new version first.");
    } catch (error) { return send(error.status, error); }
    policy = { ...policy, policy: { ...body, version: body.version + 1 }, saved_by: me.name, saved_at: ago(0) };
    return send(200, policy);
  }
  if (path.startsWith("/api/duty-phones")) {
    const id = path.split("/")[3];
    if (request.method === "DELETE") duty = duty.filter((one) => one.id !== id);
    else if (request.method !== "GET") {
      const body = JSON.parse(await read());
      if (id) duty = duty.map((one) => (one.id === id ? { ...one, ...body } : one));
      else duty = [...duty, { id: randomUUID(), position: duty.length + 1, active: true, ...body }];
      duty.sort((a, b) => a.position - b.position);
    }
    return request.method === "GET" ? send(200, duty) : send(request.method === "DELETE" ? 204 : 200, request.method === "DELETE" ? undefined : duty);
  }
  if (path === "/api/drills") {
    const id = `drill-${seq}`;
    api.ladders.drillCase(id);
    api.ladders.start(id, { drill: true });
    api.ladders.play(id, api.ladders.story, { pace: 2 });
    return send(201, { case_id: id });
  }
  if (path.startsWith("/api/cases/") && path.endsWith("/report")) {
    const id = path.split("/")[3];
    const held = get("ladder", id);
    const detail = get("case", id) ?? scenes.detail(api, id);
    const { attempts = [], ...ladder } = held ?? {};
    return send(200, { case: { ...scenes.row(0), ...detail, who: "王秀英", district: "象湖镇", settled_at: ago(1), answered_at: ago(2.5), opened_at: detail.opened_at }, person: { ...(held?.card ?? {}), name: wang.name, age: 85, gender: "f", address: wang.address, door_code: wang.door_code, key_holder: wang.key_holder, illnesses: wang.illnesses, medication: wang.medication, allergies: wang.allergies, blood_type: "A", hospital: wang.hospital, state_zh: "胸闷，能说话", state_en: "chest tightness, able to speak", phone: "13879701234" },
      ladder: held ? ladder : null, attempts, timeline: detail.timeline, data: {}, written_by: null, written_at: null, signer: null, signed_at: null, ...reports.get(id) });
  }
  if (path === "/api/members") return send(200, people.filter((p) => JSON.stringify(p).includes(searchParams.get("q") ?? "")).map((p) => ({ ...p, numbers: ["138 7970 1234"] })));
  if (path === "/api/members/import") {
    const text = (await read()).toString("latin1");
    const bad = text.includes("bad") ? [{ row: 7, column: "手机号", value: "1387970", zh: "号码位数不对", en: "The number is too short" }, { row: 12, column: "出生日期", value: "1941-13-02", zh: "日期不存在", en: "No such date" }] : [];
    return send(200, { file: "members.csv", rows: 214, added: 198, changed: 12, unchanged: 4, bad, applied: searchParams.get("dry_run") === "false" });
  }
  if (path.startsWith("/api/members/")) return send(200, people.find((p) => path.endsWith(p.id)) ?? wang);
  if (path === "/api/cases") {
    const rows = Array.from({ length: 24 }, (_, n) => ({ ...scenes.row(n), state: ["closed", "open", "wrap_up", "closed", "callback"][n % 5], disposition: meta.dispositions[n % 6].id }));
    return send(200, { items: rows.filter((row) => !searchParams.get("state") || row.state === searchParams.get("state")), next: "cursor" });
  }
  if (path.startsWith("/api/cases/")) return send(200, get("case", path.slice(11)) ?? get("drill-case", path.slice(11)) ?? scenes.detail(api, path.slice(11)));
  if (path.startsWith("/api/recordings/")) { response.writeHead(200, { "Content-Type": "audio/wav" }); return response.end(tone(14)); }
  if (path === "/api/agents") return send(200, agents);
  if (path.startsWith("/api/agents/")) return send(200, agents[0]);
  if (/credentials$/.test(path)) return send(200, { extension: path.split("/")[3], password: "q7Zk-3nTw-x9Lp", server: "192.168.10.5", port: 5060, transport: "udp" });
  const file = join(DIST, normalize(path));
  const found = existsSync(file) && statSync(file).isFile() ? file : join(DIST, "index.html");
  response.writeHead(200, { "Content-Type": TYPES[extname(found)] ?? "application/octet-stream", "Content-Security-Policy": CSP });
  createReadStream(found).pipe(response);
});

new WebSocketServer({ server, path: "/ws" }).on("connection", (ws, request) => {
  const me = sessions.get(/cc_session=([^;]+)/.exec(request.headers.cookie ?? "")?.[1]);
  if (!me || refuse) return ws.close(refuse ? 1012 : 4001);
  for (const [other, who] of sockets) if (who.seat && who.seat === me.seat) other.close(4009);
  ws.on("close", () => sockets.delete(ws));
  ws.on("message", (text) => {
    const frame = JSON.parse(text);
    const say = (answer) => ws.send(JSON.stringify(answer));
    if (frame.type === "hello") {
      sockets.set(ws, me);
      const entities = [...world.values()].filter(({ noun, data }) => data && mayKnow(me, noun));
      return say({ type: "snapshot", epoch, seq, entities });
    }
    if (frame.type === "ping") return say({ type: "pong", at: new Date().toISOString() });
    try {
      const data = commands[frame.name](me, frame.args) ?? null;
      say({ type: "result", id: frame.id, ok: true, data: data === undefined ? null : data });
    } catch (error) {
      say({ type: "result", id: frame.id, ok: false, problem: error.code ? error : problem("internal", 500, String(error), String(error)) });
    }
  });
});
scenes.idle(api);
server.listen(PORT, "127.0.0.1", () => console.log(`http://127.0.0.1:${PORT}  users 1001, 2001, 9001, password demo`));
