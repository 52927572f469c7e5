export default {
  ladder: {
    board: "Emergency board", open: "Open the board", fold: "Fold", drill: "DRILL", drillText: "This is a drill: the drill line only, nobody real is phoned", presses: "{n} presses", sinceOpened: "for",
    round: "round {n}", rung: "Rung {n}", place: "rung {n} of {of}", next: "next rung", earlier: "{n} calls in earlier rounds", noAttempts: "nobody has been phoned yet", maskedWho: "Emergency",
    running: "Climbing the ladder", starting: "The ladder starts", nextIn: "in {time}: {targets}", lastRung: "last rung", withSeat: "A seat has the case, the ladder rests",
    exhausted: "LADDER EXHAUSTED · nobody in charge", paging: "Paging the duty supervisor · {n} pages", acknowledged: "Somebody has taken charge", ended: "Emergency settled", again: "unless settled, the ladder starts again in {time}", overdue: "overdue: the ladder starts again",
    ended_drill_passed: "Drill passed: somebody answered and pressed a key", ended_drill_exhausted: "Drill over: nobody took charge", ended_drill_stopped: "Drill stopped", ended_settled: "settled",
    thank: "Tell the elder: “Thank you, it is quite all right, now we know that the device works.” The press counts as a passed test of the terminal.",
    by_going: "{name} is on the way", by_joined: "{name} has joined the call", by_seat: "{name} (seat) has taken charge", by_supervisor: "{name} (supervisor) has taken charge", alsoBy: "also: {names}",
    state_done: "done", state_running: "running", state_passed: "passed over, somebody has it", state_next: "next", state_later: "later",
    condition_always: "until settled", condition_until_acknowledged: "until somebody takes charge", condition_until_seat_answers: "while no seat has it", order_in_order: "one by one", order_parallel: "all at once",
    detail: "{order} · tries: {tries} · rings {ring} s", after: "after {seconds} s", atOnce: "at once", seatsRing: "Seats ringing: {seats}", asked: "Asked for by a person", callBack: "Phoning the elder back", page: "Paging the supervisor", safeMode: "Called in safe mode", earlierRounds: "Earlier rounds",
    dialling: "dialling", ringing: "ringing", listening: "answered, hears the announcement", online: "on the line", joined: "in the call", leaving: "ending",
    key_1: "1 is going", key_2: "2 cannot", key_0: "0 joins", reference: "reference {reference}",
    callFamily: "Call family", callOther: "Call", noFamily: "no family to call", call: "Call {number}", callNow: "Call {number} NOW", assistedAsked: "The ladder asks you to call", calling: "calling", onLine: "on the line", contacts: "Who can be called",
    join: "Join", joinAll: "Join all who answered ({n})", joinNone: "nobody waits to join", drop: "Drop", takeCharge: "I take charge", safe: "Confirmed safe", falseAlarm: "False alarm", stopDrill: "Stop the drill", report: "Report", card: "Reading card",
    fact_busy: "busy", fact_later: "later",
    card120: "Read this to {number}", cardAddress: "Address", cardDoor: "Door code", cardState: "State", cardIll: "Illnesses", cardAllergy: "Allergies", cardKey: "Spare key", cardWho: "Elder", cardMedication: "Medication", cardHospital: "Hospital", cardBlood: "Blood type", cardPhone: "Phone", cardRef: "Reference from {number}", cardSave: "Note it", cardSaved: "noted: {reference}", cardNone: "{number} has not been called yet", cardUse: "Read it out line by line; ask for their reference and note it below.",
    strip: "Other emergencies", nobody: "nobody in charge", stripSeat: "with seat {seat}", moreStrip: "{n} more", chip: "rung {n}/{of}", chipExhausted: "exhausted", chipOwner: "taken charge of",
  },
  result: {
    going: "on the way", cannot: "cannot come", joined: "joined the call", connected: "connected", reached: "the elder was reached", no_key: "no key (an answering machine?)", hung_up: "answered, hung up", busy: "busy", no_answer: "no answer", rejected: "rejected", invalid_number: "no such number", congestion: "lines congested", trunk_down: "line out of order", interrupted: "interrupted", withdrawn: "stopped, no longer needed", voided: "never sent, void", removed: "contact was removed", in_use: "number is being called", refused: "not permitted, not dialled",
  },
  target: {
    emergency_seats: "emergency seats", all_seats: "all seats", family: "family", neighbour: "neighbour", community: "community worker", supervisor: "duty supervisor", "110": "110", "119": "119", "120": "120", terminal: "the elder's terminal", landline: "the elder's phone",
  },
  drill: {
    start: "Drill the ladder", title: "Drill: {name}", what: "Walks the whole ladder by today's policy. All calls go by the drill line, nobody real is phoned; who answers hears that it is a drill.", begin: "Start the drill", who: "Choose a member first", administratorOnly: "A duty supervisor starts drills.",
  },
};
