export default {
  duty: {
    seat: "Answers, records, replies, and takes each own case to its closure.",
    supervisor: "On duty today: names owners, and handles what is late or dissatisfied.",
    administrator: "Looks after people, seats, members and settings.",
    dispatcher: "Takes the front desk's needs, sends workers or providers, and follows each until it is done.",
    group_leader: "Handles poor quality, dissatisfaction and exceptions; answers for dispatch and follow-up.",
    department_head: "Approves transfers and outside work, signs what is archived, gives assignments.",
    business_development: "Takes cases that were handed over, and finds providers for needs nobody could meet.",
    finance: "Posts fees, issues receipts, checks them against the work orders.",
    auditor: "Reads cases, approvals and traces; changes nothing.",
  },
};
