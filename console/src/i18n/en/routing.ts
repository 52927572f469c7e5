import type { Messages } from "../zh-CN";

const routing: Messages["routing"] = {
  title: "Queues and skills", tabQueues: "Queues", tabSeats: "Seats", tabSkills: "Skills", tabHours: "Hours and holidays",
  queuesText: "Calls enter a queue by their line. Emergencies always stand first; the others by starting weight plus ageing per minute, and from 100 on nobody passes them. While there are no queues every seat serves every call, the longest wait first.",
  none: "There are no queues yet: every seat serves every call.", add: "New queue", edit: "Change", remove: "Remove", removeSure: "Really remove", save: "Save", saved: "Saved", readOnly: "Only the administrator changes this.",
  kind: "Kind", nameZh: "Name", nameEn: "English name", lines: "Lines", linesAll: "All other lines", priority: "Starting weight (0–100)", ageing: "Weight per minute", full: "full after {minutes} min",
  dialect: "Dialect", district: "District", service: "Speciality", need: "Need", need_none: "Ignored", need_preferred: "Preferred", need_required: "Required", serviceWhich: "Speciality needed (empty: none)",
  required: "“Required” holds for at most (s)", familiar: "Wait for the familiar seat (s, 0: only while free)", seatsAfter: "Seats of other queues help after (s)", dutyAfter: "Duty mobiles are phoned after (s; empty: never)",
  order: "Order", needs: "Skills", overflow: "Overflow", seats: "Seats", seatsAll: "All seats", never: "No duty mobiles", after: "{seconds} s", toSeats: "Other seats {seconds} s", toDuty: "Duty mobiles {seconds} s",
  seatsText: "A seat without a tick serves all queues. A change counts at once, and the seat sees who made it.", all: "All queues", seat: "Seat", moved: "Moved by {by}, {time}",
  skillsText: "Skills belong to people: they come along to whatever seat.", agent: "Person", skills: "Skills", addSkill: "Add", skillKind: "Kind of skill", skillValue: "Skill", noSkills: "None",
  hoursText: "A line without hours is served around the clock; emergency lines always are. Outside hours no caller is refused: they hear when service begins, a call-back is noted, and any key, or staying on the line, makes it an emergency.",
  line: "Line", opens: "Opens", closes: "Closes", days_every: "Every day", days_work: "Work days", days_off: "Days off", always: "Around the clock", addHours: "Add hours", addHoursTo: "Add hours to {line}", removeHours: "Remove this row",
  daysTitle: "Holidays and worked weekends of {year}", daysText: "What the State Council published is there already; enter the days that are different in this centre. They count more.", unknown: "The holidays of {year} are not published, or not known here yet: weekends are counted as days off. Enter your own days.",
  day: "Day", works: "Work", off: "Off", own: "This centre", national: "National", dayName: "Remark", setDay: "Enter", clearDay: "As the nation", year: "Year",
  alarm: "Nobody takes an emergency", alarmMore: "and {n} more", takeNow: "Take it", parkAndTake: "Park my call, take the emergency", leaveAndTake: "Leave wrap-up and take it", inEmergency: "You are in another emergency: another seat must take it", waited: "waiting",
  cardTitle: "Call back", cardPromised: "Called outside hours, was promised a call", cardOwed: "Hung up before anybody answered", cardTake: "Call back now", cardPass: "Pass on", cardLeft: "{seconds} s left", cardHow: "Your phone rings first, then theirs",
  parked: "parked", parkedHere: "parked by you", closed: "outside hours", pauseLeft: "{time} left", pauseOver: "{time} over", pauseLong: "Pause too long", queuesOf: "Queues", moveTitle: "Serves these queues", moveSave: "Move",
};
export default { routing };
