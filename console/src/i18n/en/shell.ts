export default {
  app: { name: "Home-care call centre", console: "Console" },
  nav: {
    catalogue: "Services", partners: "Providers", places: "Places",
    duty: "Duty", audit: "Audit", emergencyAccess: "Emergency access",
    dispatch: "Dispatch desk", fees: "Fees",
    inbox: "My inbox", followUps: "Follow-ups", quality: "Quality", contributions: "Contributions", register: "Register a case", rules: "Rules", desk: "Workbench", board: "Live board", wall: "Wall", cases: "Cases", members: "Members",
    agents: "People", seats: "Desk phones", import: "Import", policy: "Policy", routing: "Queues & skills", report: "Report", logout: "Log out", language: "中文", seat: "Seat {seat}",
  },
  announce: { emergency: "Emergency, ringing: {who}", call: "A call, ringing: {who}", elsewhere: "A new emergency: {who} {district}", state: "Your call: {state}" },
  rail: {
    name: "Pages", open: "Unfold", fold: "Fold", key: "{key} goes to the navigation, arrows choose, Esc goes back",
    work: "Work", live: "Live", people: "Cases and members", service: "Services", duty: "Duty", figures: "Figures and quality", money: "Settlement", setup: "Settings",
  },
  role: { seat: "Seat", dispatcher: "Dispatcher", group_leader: "Dispatch group leader", supervisor: "Duty supervisor", department_head: "Department head", business_development: "Business development", finance: "Finance", auditor: "Auditor", administrator: "Administrator" },
  login: {
    title: "Log in", user: "User", password: "Password", seat: "Where do you sit today?", usual: "My usual seat",
    taken: "in use", submit: "Log in", ended: "Your session has ended, please log in again. What you wrote is kept on this computer.",
    welcome: "One press, and somebody answers", missing: "Please fill in user and password.",
  },
  connection: {
    online: "Connected", connecting: "Connecting", lost: "Connection lost",
    lostTitle: "No connection to the server for {since}", lostWhat: "Pops, the waiting list and the board are not being updated.",
    lostSafe: "Your phone is not affected, carry on talking. What you wrote is kept on this computer and is sent by itself afterwards.",
    retryIn: "next try in {seconds} s", retrying: "trying…", retryNow: "Try now",
    otherTitle: "This seat is open in another tab", otherText: "So that no call pops up where nobody looks, a seat works in one tab only. Your phone is not affected.",
    otherButton: "Work in this tab", service: "Out of order: {names}",
    node: "Telephone node {names} is away, calls come in by the others", nodeWhat: "Calls on it may be cut off; the others go on phoning contacts, and phone elders back. Tell whoever looks after the machines.",
  },
  sound: { blocked: "The browser does not allow sound yet: you would not hear a call arrive.", enable: "Enable sound" },
  health: { asterisk: "Telephony", ami: "Phone monitor", database: "Database", node: "Node {name}", up: "working", down: "failing", title: "System" },
  common: {
    save: "Save", cancel: "Cancel", close: "Close", search: "Search", loading: "Loading…", none: "none", retry: "Try again",
    more: "More", all: "All", yes: "yes", no: "no", empty: "Nothing here yet", rule: "Rule {rule}", key: "Key {key}", unknown: "not recorded",
  },
  kind: { emergency: "Emergency", life_help: "Life help" },
  source: { terminal: "One-key terminal", hotline: "Hotline", safe_mode: "Safe mode", outbound: "Call out", web: "Web", letter: "Letter", walk_in: "Walk-in", assignment: "Assignment", drill: "Drill" },
  state: { waiting: "Waiting", talking: "Talking", wrap_up: "Wrap-up", open: "Open", closed: "Closed", callback: "Call back" },
  presence: { offline: "Offline", ready: "Ready", offered: "Ringing", talking: "Talking", wrap_up: "Wrap-up", paused: "Paused" },
  cause: {
    no_ringing: "the phone did not ring", not_sent: "the order did not go out", lost: "line lost", node_lost: "telephone node lost", gone: "gone", "1": "no such extension", "3": "phone cannot be reached", "18": "phone does not respond", "20": "phone not registered", "27": "phone out of order", "31": "refused by the phone", "34": "all lines busy", "38": "network out of order",
  },
  reason: { FAILED: "the call service was away", TIMEOUT: "the call service did not take over in time" },
};
