export default {
  tab_week: "Weekly meeting", tab_service: "Service level", tab_calls: "Calls and cases", tab_providers: "Partners", tab_fees: "Fees", tab_collection: "Typical cases",
  period: "Period", first: "First day", last: "Last day", by: "By", total: "Total", none: "Nothing in these days.",
  preset_today: "Today", preset_week: "This week", preset_lastWeek: "Last week", preset_month: "This month", preset_thirty: "30 days",
  by_day: "by day", by_week: "by week", by_month: "by month", by_hour: "by hour", by_line: "by line", by_seat: "by seat", by_person: "by person",
  earlier: "The week before", later: "The week after", weekTitle: "Weekly meeting", week: "Week",
  remark: "My remarks", remarkHint: "written before the meeting, kept with the week", write: "Save", remarks: "What each wrote",
  proof: "Calls against cases: {days} days checked, {seen} calls, {orphans} without a case, {ownerless} cases without an owner",
  proofPending: "Calls against cases: no day of this week was checked yet; each is on the next day.",
  sign: "Signature of the head", comment: "The head's comment", signer: "Head of department", signIt: "Read and signed", signedBy: "Signed by {name}, {time}",
  collectionHint: "Cases are nominated on their own page; each week the supervisor or the head chooses.", toChoose: "To be chosen", noneNominated: "Nothing is nominated. Nominate on a case's page.",
  caseTitle: "Title", caseText: "Case study", caseHint: "The elder, what was asked, what was done, the result, what we learnt", save: "Save", cancel: "Cancel", edit: "Edit", choose: "Choose", decline: "Decline",
  book: "Typical cases", bookEmpty: "Nothing was chosen this year yet.", printBook: "Print the book", commented: "Comment", writer: "Written by", chooser: "Chosen by", maker: "Made by",
};
