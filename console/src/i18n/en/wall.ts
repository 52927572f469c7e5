export default {
  wall: {
    calm: "All figures within their limits", limits: "Alarm limits", limitsText: "Beyond its limit for so many seconds, a figure turns the top of the wall red; with “Telephone” the duty phones ring too, once. Changes count at once.", measure: "Figure", limit: "Limit", seconds: "For (seconds)", active: "On", phone: "Telephone", less: "below", more: "above",
    measure_waiting: "Callers waiting", measure_longest_wait: "Longest wait", measure_answered_in_time: "Answered in 15 s", measure_owed_calls: "Call-backs owed", measure_follow_ups_due: "Follow-ups due", measure_follow_ups_late: "Follow-ups late", measure_ready_seats: "Seats ready", measure_red: "Open emergencies", measure_silent_terminals: "Silent terminals", measure_probe_ms: "Test press", measure_dissatisfied: "Dissatisfied, undecided (V-3)",
    unit_waiting: "", unit_longest_wait: "s", unit_answered_in_time: "%", unit_owed_calls: "", unit_follow_ups_due: "", unit_follow_ups_late: "", unit_ready_seats: "", unit_red: "", unit_silent_terminals: "", unit_probe_ms: "ms", unit_dissatisfied: "",
    seats: "Seats", seat_ready: "ready", seat_talking: "talking", seat_wrap_up: "wrap-up", seat_paused: "paused", seat_offline: "off",
    followUps: "Follow-ups", followUpsDue: "due", followUpsLate: "late",
    rungs: "Emergencies by rung", none: "None", rung: "rung {n}", noLadder: "not begun", exhausted: "nobody has it", owned: "in charge",
    terminals: "Terminals off", probe: "Test press", ms: "ms", stage_console: "no service", stage_sip: "no telephone", stage_pop: "no pop", stage_answer: "no answer", stage_hang_up: "not hung up",
    calls: "Calls by the hour today", hour: "Hour", inTime: "in 15 s", late: "later or waiting", abandoned: "gave up", usual: "usual for this weekday", presses: "Test press to pop, 24 hours", pop: "to pop", failed: "failed",
  },
};
