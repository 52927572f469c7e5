export default {
  records: {
    filter: "Filter: name, ref, number …", count: "{n} rows", export: "Export Excel", import: "Import Excel", add: "Add", edit: "Edit", copy: "New version", state: "State", versions: "History", member: "Member", inStock: "In stock", battery: "Battery", lastSeen: "Last seen", silent: "Silent", online: "Online", incidents: "Incidents",
    noHits: "Nothing fits", none: "Nothing here yet. Add a row, or fill in the template and import it.", history: "History: {name}", noHistory: "Nobody has changed it yet.", version: "Version {n}", blank: "empty",
    kind_found: "as found", kind_add: "added", kind_edit: "edited", kind_import: "imported",
    step1Text: "Fill in “{what}”, one row each.", step2Text: "Trying only checks; nothing is changed.", at_reading: "Checking: {rows} rows read", at_writing: "Comparing and writing: {rows} rows",
    tab_services: "Services", tab_key_numbers: "Key numbers", tab_resources: "Resources and courses", tab_partners: "Partner firms", tab_workers: "Own workers", tab_departments: "Departments", tab_districts: "Districts", tab_lines: "Lines", tab_seats: "Seats", tab_terminals: "Terminals", tab_consents: "Consents",
    about_services: "A new price or standard is a new version with its own date; orders keep that of their day.", about_key_numbers: "Found in a call by name, pinyin, initials and number.", about_resources: "Seats and dispatchers find what is published (F-1).",
    about_partners: "Without a contract, or out of use, nobody is sent; who is sent is ordered by rule (W-7).", about_workers: "Own staff come before outside firms.", about_departments: "Those that are not ours are for handing calls over (C-5).",
    about_consents: "Of each elder and matter the latest counts, and all stay; a file must be later than what is on record. What is said in a call is recorded at the profile.", about_districts: "By estates and roads an address is recognised.", about_lines: "One line for emergencies always stays.", about_seats: "Nobody logs in at a seat out of use; its phone's account is taken back.", about_terminals: "Silent ones first; whose it is stands in the member's profile, too.",
  },
  directory: {
    title: "Services and numbers", find: "Name, pinyin, initials, number, estate", none: "Nothing found", type: "Type, or choose a kind to look through", all: "All",
    kind_service: "Services", kind_key_number: "Numbers", kind_resource: "Resources", kind_partner: "Firms", kind_department: "Departments",
    agreed: "by agreement", free: "free", per: "{price} yuan per {unit}", yuan: "{price} yuan", minutes: "about {n} min", special: "Approval first", changes: "changes on {date}", standards: "Standards", process: "Process", eligibility: "For", schedule: "When", place: "Where", owner: "Owner", hours: "Hours", contact: "Contact", services: "Does", noContract: "No contract now", district: "District", town: "Whole town", notOurs: "Other area",
    told: "Number told", refer: "Referred (C-3)", handOver: "Handed over (C-5)", join: "Join to call", toldDone: "In the story: {name} {number}",
    awayTitle: "Outside our area: {district}", awayText: "Tell them the number of {name}, {number}, and ask them to note it.",
    ask: "Ask the supervisor", askHint: "What the elder wants, what you would do", send: "Send", waiting: "Asked, no answer yet: {text}", answer: "Supervisor: {text}", withdraw: "Withdraw",
    card: "No service card: register who fits (C-4)", cardOffice: "At the department", cardHome: "At home", cardOpen: "Registered for a card ({where})", cardNote: "When it suits them",
  },
  question: { title: "Questions of seats", none: "No question waits", answer: "Answer", hint: "What to do, and why", send: "Answer the seat" },
};
