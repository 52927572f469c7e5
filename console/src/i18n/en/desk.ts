export default {
  desk: {
    ready: "Ready", pause: "Pause", pauseWhy: "Why", limit: "{minutes} min at most", emergencyOnly: "Emergencies only",
    phoneOk: "Phone OK", phoneGone: "No phone", phoneUnreachable: "Phone silent", phoneHelp: "The desk phone is away: no call can ring here. Check its cable, or tell the duty supervisor.",
    noSeat: "You have no seat: log out and choose one.", over: "too long",
    call: "This call", noCall: "No call", ringing: "The phone on your desk rings — pick up", ringsOn: "Offer no. {count}", decline: "Pass on",
    talking: "Talking", hangUp: "Hang up", wrapUp: "Wrap-up", wrapUpLeft: "left for wrap-up", waitingFor: "waiting", connecting: "Calling your phone…",
    ended: "The call has ended", callbackState: "The caller has hung up and is owed a call", lines: "Several cases: choose one",
    waiting: "Waiting and emergencies", noWaiting: "Nobody is waiting", take: "Take", wait: "waiting", position: "no. {n}", unsettled: "unsettled", level: "{n} presses",
    tasks: "Call-backs", noTasks: "No call-backs", due: "due by {time}", overdue: "late by {time}", atOnce: "call now {time}", takeTask: "I will call", takenBy: "with {name}", done: "Done",
    taskTitle: "Finish the call-back", taskOutcome: "Outcome", taskNote: "Note", openCase: "Open", dial: "Dial {number} on your phone",
    idleTitle: "Ready", idleUnheard: "Ready, but no phone can ring", idlePaused: "Paused", idleText: "When a call comes, the person appears here before the phone rings.", pausedText: "No calls are offered while you are paused. Press F2 when you are back.", offlineText: "Press F2 to start taking calls.",
    today: "Today", keys: "Keys", lists: "Waiting and call-backs", keyHold: "Hold / take back", keyKeypad: "Keypad", keyTransfer: "Transfer", keyComplete: "Hand over", keyBack: "Back to me", keyBring: "Bring in", keyCallOut: "Call out", keyPages: "Navigation", keyReady: "Ready", keyPause: "Pause", keyAnswer: "Answer (browser)", keyMute: "Mute (browser)", keyHangUp: "Hang up", keyDecline: "Pass the call on", keyTake: "Take the first waiting", keySubmit: "Finish wrap-up", keyNote: "Write a note", keyForm: "To the form", keySettle: "Settle the emergency", keyBoard: "Open, fold the emergency board", keyCharge: "Take charge", keyFamily: "Call family", key120: "Call 120", keyJoin: "Join all who answered", keySafe: "Confirmed safe", keyFalse: "False alarm", keyClose: "Close",
    flash: "Call", flashRed: "EMERGENCY", restored: "Your unsent text has been restored",
  },
  figures: {
    calls: "Calls", answered: "Answered", inTime: "Answered ≤ {seconds} s", abandoned: "Abandoned", calledBack: "Called back", waiting: "Waiting", longest: "Longest wait", red: "Open emergencies", readySeats: "Ready seats", nobody: "nobody waits", target: "goal ≥ {value}",
  },
  person: {
    unknown: "Unknown number", unknownText: "No member has this number. Find an existing member, or create one in one step.", anonymous: "Anonymous caller", anonymousText: "The number is withheld, so nobody can be recognised. Ask name and address first, then search.",
    choose: "{count} members share this number: who is it?", chooseThis: "This one", again: "Somebody else", find: "Name, pinyin, number, address", noHits: "Nobody found", create: "New member", createButton: "Create", name: "Name", gender: "Gender", female: "Female", male: "Male", numberKept: "The caller's number {number} will be kept", switchCreate: "Create", switchFind: "Find",
    age: "{age} years", dialect: "speaks {dialect}", ear_left: "better ear: left", ear_right: "better ear: right", ear_both: "hears on both ears", alone: "lives alone", address: "Address", door: "Door code", keyHolder: "Spare key",
    illnesses: "Illnesses", medication: "Medication", allergies: "Allergies", hospital: "Hospital", blood: "Blood type", medical: "Health", none: "none recorded", department: "Department", card: "Service card", cardUntil: "valid until {date}", noCard: "No service card", cardExpired: "expired",
    contacts: "Contacts", answerRate: "answers {rate}", terminals: "Terminals", battery: "battery {percent}%", batteryLow: "battery low, {percent}%", lastSeen: "last seen {time}", lastTest: "last test {time}", recent: "Recent cases", remarks: "Remarks", born: "born {date}",
    reading: "Reading the profile…", numbers: "Numbers",
  },
  work: {
    form: "Outcome", category: "Category", unreasonable: "Unreasonable request", unreasonableWhy: "Because", explanation: "What was explained to the caller", disposition: "Disposition", summary: "Summary", summaryHint: "What was needed, what was found, who was called, how it ended", submit: "Finish wrap-up", submitted: "Sent", closes: "closes the case",
    saved: "saved", saving: "saving…", local: "kept on this computer", notes: "Notes", note: "Quick note", noteHint: "Points from the call; goes to the timeline", noteSubmit: "Add to timeline", timeline: "Timeline", recordings: "Recordings", noRecordings: "No recordings", notYet: "The form opens when the call is answered.",
    settle: "Settle emergency", settleTitle: "The person is safe, or somebody has taken over", settleOutcome: "Outcome", settleNote: "On what grounds (who was called, how confirmed)", settleConfirm: "Settle", redBand: "EMERGENCY", redOpen: "not settled", redSettled: "Emergency settled", levelText: "pressed {n} times", safeMode: "The call service did not have this call when it came: check and complete the record.",
    play: "Play", pause: "Pause", loadingAudio: "Loading the recording…", recNow: "recording", recLost: "recording lost", recDiscarded: "deleted: the elder refuses to be recorded", notRecorded: "not recorded", notRecordedWhy: "The elder refuses to be recorded; emergencies are recorded all the same", recStored: "Recording {n}", speed: "Speed", journalled: "Listening is journalled", position: "Position",
  },
};
