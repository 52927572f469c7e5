export default {
  board: {
    title: "Live board", red: "Emergencies", noRed: "No unsettled emergency", live: "Waiting and live calls", noLive: "No calls now", seats: "Seats", tasks: "Call-backs", noTasks: "No call-backs", terminals: "Terminals registered", terminalsSilent: "Silent terminals", allPresent: "all present", warnings: "Warnings", noWarnings: "No warnings", system: "System",
    who: "Caller", state: "State", time: "Time", seat: "Seat", phoneOn: "phone on", phoneOff: "off", onlyRed: "urgent only", since: "since {time}", never: "never seen", force: "Set presence", forceTitle: "Set the presence of seat {seat}", forceReason: "Reason", forceTo: "To", times: "{n} times", nobodyOn: "nobody", more: "{n} more", asOf: "as of",
  },
  cases: {
    title: "Cases", number: "Number", opened: "Opened", kind: "Kind", who: "Person", state: "State", agent: "Agent", find: "Number, name, phone", onlyRed: "Unsettled emergencies only", anyState: "Any state", older: "Older cases", none: "No case matches", detail: "Case {number}", disposition: "Disposition", category: "Category", summary: "Summary", person: "Person", district: "District",
  },
  members: { ref: "Ref (optional)", addHint: "Then add numbers, contacts, terminals and card in the profile.", title: "Members", hint: "Search by name, pinyin, initials, number or address", none: "Nobody found", choose: "Choose a person on the left. Reading a profile is journalled." },
  admin: {
    noAgents: "Nobody yet. Add the first person.", agents: "People", add: "Add a person", edit: "Edit", user: "User", name: "Name", role: "Role", seat: "Usual seat", password: "First password", newPassword: "New password (leave empty to keep)", active: "active", inactive: "inactive", state: "State", noSeat: "none",
    seats: "Desk phones", credentials: "Show credentials", credentialsNote: "Enter these in the desk phone. Looking at them is journalled.", extension: "Extension", server: "Server", port: "Port", transport: "Transport", hide: "Hide",
    import: "Import members", step1: "Get the template", step1Text: "One row for each person.", step2: "Choose a file and try it", step2Text: "A trial only checks; it changes nothing.", step3: "Import", step3Text: "Possible after a trial without faults; one bad row and nothing is imported.", template: "Template (.xlsx)", choose: "Choose a file", check: "Try", apply: "Import {rows} rows", uploading: "Uploading {percent}%", checking: "The server is checking each row…",
    rows: "Rows", added: "New", changed: "Changed", unchanged: "Unchanged", bad: "Faults", badRow: "Row", badColumn: "Column", badValue: "Value", badWhy: "Why", ok: "No faults: ready to import.", notOk: "{n} faults, nothing was imported. Correct them and choose the file again.", applied: "Imported.",
  },
  missing: { title: "No such page", back: "Back" },
};
