export default {
  policy: {
    title: "Escalation policy", tabPolicy: "Ladder", tabDuty: "Duty phones", version: "version {n}", savedBy: "saved by {name}, {time}", builtIn: "built-in, never saved", name: "Name", save: "Save policy", saved: "Saved as version {n}", dirty: "unsaved changes", revert: "Discard changes", runningKeep: "Ladders that run now keep the policy they began with.",
    conflict: "Somebody else has saved a newer version.", loadTheirs: "Load theirs (discard mine)", saveMine: "Save mine over it",
    rungs: "Rungs", add: "Add a rung", remove: "Remove rung {n}", up: "Move rung {n} up", down: "Move rung {n} down", drag: "Drag to reorder",
    targets: "Who", delay: "Delay (s)", delayHint: "after the rung before it", condition: "Condition", order: "Order", tries: "Tries each", ring: "Rings (s)",
    public: "Public emergency numbers", mode: "Mode", way: "Line", mode_drill: "Drill", mode_assisted: "One click", mode_automatic: "Automatic", modeText_drill: "dials the drill number and says so", modeText_assisted: "asks the seat to call with one click, shows the reading card", modeText_automatic: "the system dials and announces", way_drill: "Drill line", way_trunk: "Real line",
    wayWarning: "this reaches the real {code}!", wayOff: "Real public numbers are not enabled here: the drill line only.", figures: "General",
    key_seconds: "Wait for a key (s)", announcements: "Announcements", retry_seconds: "Pause before a retry (s)", resolve_seconds: "Resolve within (s)", page_seconds: "Page every (s)", call_back_tries: "Call-back tries", resolveHint: "taken charge of but not settled by then: the ladder starts again",
    preview: "What if: who would be phoned when", previewWho: "For", previewChange: "Somebody else", previewAt: "Pressed at", previewSeat: "A seat", previewNobody: "nobody answers", previewAfter: "answers after (s)", previewPick: "Choose a member, and see at once whom this policy would phone.", previewNone: "no calls at all", previewRing: "rings {seconds} s", previewSecond: "{n} s", previewing: "working it out…", previewEdited: "with your unsaved changes",
    line_seats: "Seats ring", line_call: "Call", line_assisted: "Ask a seat to call", line_end: "End", line_rung: "Starts: {what}",
    duty: "Duty supervisors' phones", dutyText: "When the ladder ends and nobody has taken charge, these are phoned in turn until somebody does.", dutyName: "Name", dutyNumber: "Number", dutyAdd: "Add", dutyActive: "active", dutyEmpty: "No duty phone: an exhausted ladder would have nobody to page!", dutyOrder: "Order", dutyRemove: "Delete", dutySure: "Really delete",
  },
};
