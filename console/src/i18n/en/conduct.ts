export default {
  quality: {
    tab_listen: "To be reviewed", tab_reviews: "Reviews", tab_trend: "Trend", tab_rubric: "Rubric", drawn: "Drawn at random from each person's recordings of the week. Each reading is journalled.", nothingDrawn: "All that was drawn this week is reviewed.", noReviews: "No review yet.", agent: "Seat", call: "Call", length: "Length", score: "Score", points: "Points", by: "Reviewed by", at: "Reviewed", comment: "Comment", answer: "Their word", answerNow: "Answer", answerSend: "Send", notAnswered: "none yet",
    listen: "Listen and score", save: "Save", total: "Total", version: "rubric version {n}", week: "Week", mean: "Mean share", reviews: "Reviews", trendOf: "Mean share by week", noTrend: "Shown once there are reviews.", editRubric: "The points of all items are 100 together. Saved, it is a new version; reviews stay as they were.", item: "Item", itemEn: "English", most: "Points", add: "Add an item", remove: "Remove", saveRubric: "Save as a new version", note: "What changed", commentHint: "What was good, what could be better",
  },
  contribution: {
    title: "Contributions", hint: "A number, a resource or good words that you came across: write them down; once taken over everybody finds them.", propose: "Contribute", kind: "Kind", kind_key_number: "key number", kind_resource: "resource or course", kind_script: "script", name: "Name", number: "Number", text: "Text", send: "Send", state_proposed: "proposed", state_accepted: "taken over", state_refused: "not taken over", accept: "Take over", refuse: "Do not", category: "Kind in the catalogue", reason: "Why not", by: "By", none: "Nobody has contributed yet.", record: "No. {ref} in the catalogue",
  },
  signing: {
    title: "Signing the rules", none: "No text was published yet.", noneHint: "Once the head or a supervisor publishes it, everybody signs it once.", current: "version {n} counts", from: "from {day}", signedAt: "You signed it on {time}.", sign: "Read and signed", name: "Your own name", missing: "Not signed yet ({n})", allSigned: "Everybody has signed.", publish: "Publish a version", heading: "Title", text: "Text", send: "Publish", signatures: "{n} signatures", banner: "“{title}”, version {n}: please read and sign it.", read: "Read", versions: "Versions",
  },
};
