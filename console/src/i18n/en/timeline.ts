export default {
  arrived: "Call arrived: {source}{line}", press_joined: "Pressed again, joined to this case, {level} in all", identified: "Recognised as {member}", ambiguous: "{count} members share the number",
  unknown_caller: "Number not known", anonymous_caller: "Anonymous, number withheld", member_chosen: "Confirmed as {member}", member_created: "New member {member}", queued: "Waiting, no. {position}", announced: "The caller was told: no. {position}",
  offered: "Offered to seat {seat}, ringing", offer_missed: "Seat {seat} did not answer", offer_declined: "Seat {seat} passed it on", offer_failed: "Seat {seat} could not be rung: {cause}", answered: "Seat {seat} answered after {waited_seconds} s",
  caller_hung_up: "The caller hung up", seat_hung_up: "Seat {seat} hung up", leg_lost: "Line lost: {party}", abandoned: "Hung up unanswered after {waited_seconds} s", task_created: "A call-back is owed", task_taken: "The call-back was taken", task_done: "Call-back done: {outcome}",
  note: "{text}", recording_started: "Recording started", recording_stored: "Recording stored, {seconds} s", recording_lost: "Recording lost", recording_read: "Recording listened to", profile_read: "Profile read", wrapped_up: "Wrapped up: {category} / {disposition}", wrap_up_ended: "Wrap-up ended", settled: "Emergency settled: {outcome}. {note}",
  closed: "Closed", safe_mode: "Safe mode: {reason}, answered by {answered_by}", adopted: "Call adopted after a restart", taken: "Seat {seat} took it", other: "{kind}", system: "system", party_caller: "caller", party_seat: "seat",
};
