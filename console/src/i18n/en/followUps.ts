export default {
  followUp: {
    view_today: "Due today", view_late: "Late", view_mine: "Mine", view_open: "All to be made", view_loop: "Dissatisfied", view_checks: "Spot checks", view_done: "Done", coverage: "Coverage",
    empty: "No follow-up here.", emptyHint: "Follow-ups are listed by themselves once a case is in hand, a service was done or a case was closed.", due: "Due", who: "Elder", about: "About", kind: "Kind", owner: "Caller", attempts: "Not reached", state: "State", times: "{n} ×", anybody: "any caller", open: "Open",
    kind_service: "after a service", kind_before_closure: "before closure", kind_after_closure: "after closure", check: "spot check", again: "asked again", planned: "planned", visit: "visit",
    take: "I call", taken: "mine", number: "Telephone", call: "Call", calling: "Follow-up call", hangUp: "Hang up", noSeat: "You are at no seat: dial the number above by hand.", callState: "Call: {state}", history: "Failed attempts", plan: "What to ask",
    form: "Follow-up record", asked_at: "Time", name: "Name", address: "Address", content: "Service", quality: "Quality", satisfaction: "Satisfaction", remark: "What the elder said (needed when dissatisfied)", six: "all six are needed",
    quality_good: "good", quality_fair: "fair", quality_poor: "poor", s1: "very dissatisfied", s2: "dissatisfied", s3: "fairly satisfied", s4: "satisfied", s5: "very satisfied",
    otherNeed: "Anything else that is needed? (must be asked)", otherNo: "no", otherYes: "yes", need: "What is needed", introduced: "What was explained (service, standard, process, price)", needKind: "Category of the need", newCase: "A new case is opened for it.",
    way: "By", way_phone: "telephone", way_visit: "visit (group leader)", visitedBy: "Who went (with commas, at least two)", signer: "Signed by",
    submit: "Hand in", tried: "Not reached", tryResult: "Why not", r_no_answer: "no answer", r_busy: "busy", r_refused: "refused", r_wrong_number: "wrong number", r_away: "away", note: "Note",
    told: "New case: {numbers}", loop: "Dissatisfaction", told_leader: "The group leader was told and decides by {time}.", decide: "The group leader decides", handle: "handle it", report: "report it", measure: "Measure", m_redo: "serve again", m_rework: "put right", m_replace_worker: "another worker", m_refund: "refund", m_explain: "explain", m_visit: "visit and apologise",
    party: "Whose fault", decisionText: "Decision (what is to be put right)", decideNow: "Hand in", resolve: "Record the outcome", outcome: "Outcome", o_put_right: "put right", o_compensated: "compensated", o_explained: "explained", o_unjustified: "not so", o_handed_on: "handed on", resolutionText: "What came of it", waiting: "The outcome is due by {time}.", waitFor: "The supervisor records the outcome of what was reported.",
    first: "First call", second: "Spot check", same: "As the first.", differs: "Differences", order: "Order", linked_need: "new need", linked_relapse: "came back", linked_call: "call", orderCheck: "Check this one",
    alarm: "{n} dissatisfied: your decision is waited for.", alarmUp: "{n} reported to you: the outcome is needed.", go: "Open",
    since: "Opened from", until: "to", group_service: "About services", group_life_help: "Life help", group_rescue: "Rescues", total: "Owed", done: "Made", pending: "Not due yet", missed: "Missed", share: "Coverage", target: "target {n}", misses: "Missed", noMisses: "Nobody was missed.", case: "Case", caseOwner: "Owner", opened: "Opened", closedAs: "closed without", lateNow: "late",
    planOne: "Plan a follow-up",
  },
};
