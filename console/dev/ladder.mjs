// A made-up ladder that plays by itself: press, family, voicemail, busy, a key, or nobody at all; and a drill.
import { ago, caseOf, wang } from "./demo-data.mjs";

const at = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();
export const policy = {
  name: "默认策略", version: 3, key_seconds: 20, announcements: 3, retry_seconds: 20, resolve_seconds: 1200, page_seconds: 60, call_back_tries: 3,
  rungs: [
    { targets: ["emergency_seats"], delay_seconds: 0, condition: "until_seat_answers", order: "parallel", tries: 1, ring_seconds: 25 },
    { targets: ["all_seats"], delay_seconds: 6, condition: "until_seat_answers", order: "parallel", tries: 1, ring_seconds: 25 },
    { targets: ["family"], delay_seconds: 20, condition: "until_seat_answers", order: "in_order", tries: 2, ring_seconds: 25 },
    { targets: ["neighbour", "community"], delay_seconds: 50, condition: "until_seat_answers", order: "parallel", tries: 1, ring_seconds: 25 },
    { targets: ["120"], delay_seconds: 50, condition: "until_seat_answers", order: "in_order", tries: 2, ring_seconds: 30 },
    { targets: ["supervisor"], delay_seconds: 0, condition: "until_acknowledged", order: "in_order", tries: 2, ring_seconds: 25 },
  ],
  public: [{ code: "110", mode: "assisted", way: "drill" }, { code: "119", mode: "assisted", way: "drill" }, { code: "120", mode: "automatic", way: "drill" }],
};
const people = {
  son: { target: "contact:c1", kind: "family", name: "刘建国", relation: "儿子", number: "13879701234" },
  daughter: { target: "contact:c2", kind: "family", name: "刘晓梅", relation: "女儿", number: "13979705678" },
  grandson: { target: "contact:c5", kind: "family", name: "刘洋", relation: "孙子", number: "13679702233" },
  neighbour: { target: "contact:c3", kind: "neighbour", name: "陈大姐", relation: "邻居", number: "13707970021" },
  community: { target: "contact:c4", kind: "community", name: "钟主任", relation: "社区", number: "07972522123" },
  "120": { target: "120", kind: "120", name: "120", relation: "", number: "120" },
  "110": { target: "110", kind: "110", name: "110", relation: "", number: "110" },
  "119": { target: "119", kind: "119", name: "119", relation: "", number: "119" },
  duty: { target: "duty:d1", kind: "supervisor", name: "杨主任", relation: "", number: "13970790001" },
};
const card = {
  name: wang.name, age: wang.age, gender: "f", address: wang.address, door_code: wang.door_code, key_holder: wang.key_holder, illnesses: wang.illnesses, medication: wang.medication, allergies: wang.allergies,
  blood_type: wang.blood_type, hospital: wang.hospital, state_zh: "按下一键通求助，尚未通话", state_en: "pressed the emergency button, nobody has spoken with her yet",
};

export function ladders(api) {
  const timers = new Map();
  let count = 0;
  const get = (id) => api.get("ladder", id);
  function set(id, part) {
    const next = { ...get(id), ...part };
    api.put("ladder", id, next);
    const item = api.get("case", id);
    const { attempts, case: about, ...ladder } = next;
    if (item) api.put("case", id, { ...item, ladder, attempts });
    const row = api.get("call", id);
    if (row) api.put("call", id, { ...row, ladder: { state: next.state, rung: next.rung, rungs: next.rungs.length, next_at: next.next_at, owner: next.owner } });
    return about;
  }
  function start(id, { drill = false, level = 1, opened = 0.02, who = "王秀英", source = drill ? "drill" : "terminal", state = drill ? "open" : "waiting" } = {}) {
    clear(id);
    api.put("ladder", id, {
      case_id: id, state: "running", drill, round: 1, rung: 0, rungs: policy.rungs.map((rung, n) => ({ ...rung, place: n + 1, state: n ? "later" : "next", starts_at: null })), next_at: null, started_at: ago(opened), owner: null,
      acknowledgements: [], resolve_by: null, pages: 0, exhausted_at: null, assisted: [], ended_at: null, outcome: null, policy: { name: policy.name, version: policy.version },
      can_call: Object.values(people).slice(0, 8), card, attempts: [], case: { number: "20261121-0009", state, who, district: "象湖镇", opened_at: ago(opened), level, source },
    });
    api.put("call", id, { id, number: "20261121-0009", kind: "emergency", state, red: true, level, who, district: "象湖镇", caller_display: "138 7970 1234", opened_at: ago(opened), waiting_since: state === "waiting" ? ago(opened) : null, position: null, seat: null, agent: null, source, ladder: null });
    tell(id, "ladder_started", { drill });
    tell(id, "policy_frozen", { policy: policy.name, version: policy.version });
  }
  const tell = (id, kind, data, by) => api.tell(id, kind, data, by);
  function rung(id, place, next = 20) {
    const held = get(id);
    set(id, { rung: place, next_at: at(next), rungs: held.rungs.map((one) => ({ ...one, state: one.place < place ? "done" : one.place === place ? "running" : one.place === place + 1 ? "next" : "later", starts_at: one.place === place + 1 ? at(next) : null })) });
    tell(id, "rung_started", { rung: place, targets: held.rungs[place - 1].targets, round: held.round });
  }
  function dial(id, who, { rung: place = get(id).rung, asked = false, state = "ringing" } = {}) {
    const attempt = { id: `at-${++count}`, rung: place, round: get(id).round, ...people[who], way: get(id).drill ? "drill" : "trunk", state, joined: false, key: null, result: null, cause: null, created_at: at(-1), rang_at: at(0), answered_at: null, ended_at: null, reference: null, asked };
    set(id, { attempts: [...get(id).attempts, attempt] });
    tell(id, "attempt_started", { attempt: attempt.id, name: attempt.name, relation: attempt.relation, what: attempt.kind, count: 1 });
    return attempt.id;
  }
  const change = (id, attempt, part) => set(id, { attempts: get(id).attempts.map((one) => (one.id === attempt || one.target === people[attempt]?.target && one.state !== "done" ? { ...one, ...part } : one)) });
  const person = (who) => ({ name: people[who].name, relation: people[who].relation });
  const answer = (id, who) => { change(id, who, { state: "answered", answered_at: at(0) }); tell(id, "attempt_answered", person(who)); };
  const end = (id, who, result) => { change(id, who, { state: "done", result, ended_at: at(0) }); tell(id, "attempt_ended", { ...person(who), result, cause: null }); };
  function own(id, kind, name) {
    const one = { kind, name, at: at(0), active: true };
    const held = get(id);
    set(id, { state: "acknowledged", owner: held.owner ?? one, acknowledgements: [...held.acknowledgements, one], resolve_by: at(policy.resolve_seconds), next_at: null, exhausted_at: null, assisted: [], rungs: held.rungs.map((r) => ({ ...r, state: r.state === "running" ? "done" : r.state === "next" ? "later" : r.state, starts_at: null })) });
    tell(id, "acknowledged", { by: kind, name });
  }
  const key = (id, who, digit) => { change(id, who, { key: digit, ...(digit === "1" && { result: "going" }) }); tell(id, "key_pressed", { ...person(who), key: digit }); if (digit === "1") own(id, "going", `${people[who].relation} ${people[who].name}`); };
  function exhaust(id) {
    set(id, { state: "exhausted", exhausted_at: at(-12), pages: 2, next_at: at(40), rung: 6, rungs: get(id).rungs.map((r) => ({ ...r, state: "done", starts_at: null })) });
    tell(id, "exhausted", { round: 1 });
    tell(id, "supervisor_paged", { count: 2 });
    dial(id, "duty", { rung: -3 });
  }
  function finish(id, outcome) {
    clear(id);
    set(id, { state: "ended", ended_at: at(0), outcome, assisted: [], next_at: null, attempts: get(id).attempts.map((one) => (one.state === "done" ? one : { ...one, state: "done", result: one.result ?? "withdrawn", ended_at: at(0) })) });
    tell(id, "ladder_ended", { outcome });
    timers.set(id, [setTimeout(() => api.put("ladder", id, null), 20_000)]);
  }
  function clear(id) { for (const timer of timers.get(id) ?? []) clearTimeout(timer); timers.delete(id); }

  const story = [
    [0, (id) => rung(id, 1, 6)], [6, (id) => rung(id, 2, 14)], [14, (id) => { rung(id, 3, 50); dial(id, "son"); }], [5, (id) => answer(id, "son")], [9, (id) => { end(id, "son", "no_key"); dial(id, "daughter"); }],
    [3, (id) => { end(id, "daughter", "busy"); dial(id, "grandson"); }], [4, (id) => answer(id, "grandson")], [5, (id) => { key(id, "grandson", "2"); end(id, "grandson", "cannot"); }],
    [12, (id) => { rung(id, 4, 50); dial(id, "neighbour"); dial(id, "community"); }], [4, (id) => { answer(id, "neighbour"); end(id, "community", "no_answer"); }], [5, (id) => key(id, "neighbour", "1")],
  ];
  const lonely = [
    ...story.slice(0, 9), [4, (id) => { end(id, "neighbour", "invalid_number"); end(id, "community", "trunk_down"); }], [4, (id) => { rung(id, 5, 50); set(id, { assisted: ["120"] }); }],
    [12, (id) => { set(id, { assisted: [] }); rung(id, 6, 50); dial(id, "duty"); }], [8, (id) => { end(id, "duty", "no_answer"); exhaust(id); }],
  ];
  /** Play it, or stand at once where step `until` leaves it. `pace` 4 is four times as quick. */
  function play(id, steps, { until = 0, pace = 1 } = {}) {
    for (const [, step] of steps.slice(0, until)) step(id);
    let wait = 0;
    if (!until) timers.set(id, steps.map(([delay, step]) => setTimeout(() => get(id) && get(id).state !== "ended" && step(id), (wait += delay * 1000 / pace))));
  }
  const drillCase = (id) => api.put("drill-case", id, caseOf({ id, kind: "emergency", source: "drill", state: "open", red: true, line_name: "", member: wang, member_id: wang.id, number: "20261121-0011", timeline: [] }));

  return { start, play, story, lonely, set, dial, answer, end, key, own, exhaust, finish, rung, drillCase, get, people, at, change,
    /** The commands of docs/api.md that move a ladder. */
    commands: {
      take_charge: (me, { case_id }) => own(case_id, me.role === "supervisor" ? "supervisor" : "seat", me.seat ?? me.name),
      call_contact: (me, { case_id, target }) => {
        const who = Object.keys(people).find((name) => people[name].target === target);
        set(case_id, { assisted: get(case_id).assisted.filter((code) => code !== target) });
        dial(case_id, who, { rung: -2, asked: true });
        tell(case_id, "contact_called", { name: people[who].name, relation: people[who].relation, what: people[who].kind }, me.name);
        setTimeout(() => get(case_id)?.state !== "ended" && answer(case_id, who), 4_000);
      },
      join_attempt: (_me, { case_id, attempt_id }) => { change(case_id, attempt_id, { joined: true, result: "connected" }); tell(case_id, "joined", get(case_id).attempts.find((one) => one.id === attempt_id)); },
      drop_attempt: (_me, { case_id, attempt_id }) => change(case_id, attempt_id, { state: "done", result: "hung_up", ended_at: at(0) }),
      note_reference: (_me, { case_id, attempt_id, reference }) => { change(case_id, attempt_id, { reference }); tell(case_id, "reference_noted", { number: "120", reference }); },
      stop_drill: (_me, { case_id }) => finish(case_id, "drill_stopped"),
    },
  };
}

/** A rough guess at who would be phoned; the service knows better. */
export function preview({ policy: wanted, at: from, seat_answers_after }) {
  const lines = [];
  let time = 0;
  const begin = Date.parse(from);
  const put = (kind, rung, part) => lines.push({ at: new Date(begin + time * 1000).toISOString(), after_seconds: time, rung, kind, what: null, who: null, relation: null, number: null, ring_seconds: null, note_zh: null, note_en: null, ...part });
  for (const [n, rung] of wanted.rungs.entries()) {
    time += rung.delay_seconds;
    if (seat_answers_after !== null && time >= seat_answers_after && rung.condition === "until_seat_answers") { put("rung", n + 1, { note_zh: "坐席已接听，略过", note_en: "a seat has answered: passed over" }); continue; }
    if (rung.targets.some((target) => target.endsWith("seats"))) { put("seats", n + 1, { what: rung.targets[0], ring_seconds: rung.ring_seconds, who: "8001 8002 8003" }); continue; }
    for (let round = 0; round < rung.tries; round++) for (const target of rung.targets) {
      const found = Object.values(people).filter((one) => one.kind === target);
      const mode = wanted.public.find((one) => one.code === target)?.mode;
      for (const one of found) {
        put(mode === "assisted" ? "assisted" : "call", n + 1, { what: one.kind, who: one.name, relation: one.relation, number: one.number, ring_seconds: rung.ring_seconds, ...(mode === "drill" && { note_zh: "演练号", note_en: "drill number" }) });
        if (rung.order === "in_order") time += rung.ring_seconds;
      }
    }
  }
  put("end", wanted.rungs.length, { note_zh: `无人负责：每 ${wanted.page_seconds} 秒呼叫一次值班主任`, note_en: `nobody in charge: the duty supervisor is paged every ${wanted.page_seconds} s` });
  return { lines, notes: [{ zh: "120 走演练线路，不会打到真实号码。", en: "120 goes by the drill line: nobody real is reached." }] };
}
