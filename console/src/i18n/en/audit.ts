export default {
  audit: {
    title: "Audit", whole: "Integrity", openings: "Emergency access", readings: "Readings and changes",
    seal: "Newest seal", sealPlace: "No. {place}, {at}", noSeal: "No seal yet; one is made within an hour once there are records.",
    sealHint: "Every hour all records are sealed into one fingerprint. Noted on paper, it proves later that nothing before it was changed.",
    copy: "Copy", copied: "Copied", check: "Check every record", checking: "Checking line by line…", known: "Seal noted on paper (optional)",
    good: "All whole: {lines} records and {seals} seals were checked.", bad: "{count} breaks found. Report to the department head at once and leave the database as it is.",
    unknownSeal: "This seal is not there: the records after it may have been replaced as a whole.",
    what: { changed: "Changed", missing: "A record before it is gone", cut: "Records at the end are gone", rewritten: "Another record stands here", seal: "The seal is not what it was" },
    chain: "Chain", place: "Record", finding: "Finding",
    who: "Who", when: "When", member: "Member", reason: "Reason", verdict: "Review", waiting: "To be reviewed", justified: "Justified", unjustified: "Not justified",
    note: "Remark", by: "{name}, {at}", noOpenings: "No emergency access.", onlyOpen: "To be reviewed only", review: "Review",
    person: "Person", action: "Action", subject: "Subject id", detail: "Details", any: "All actions", noReadings: "Nothing fits.",
    actions: {
      profile_read: "Read a profile", history_read: "Read a profile's history", profile_changed: "Changed a profile", case_read: "Read a case", recording_read: "Heard a recording",
      report_read: "Read a report", contacts_read: "Read contacts", credentials_read: "Read a phone's password", credentials_renewed: "Renewed a phone's password",
      softphone_opened: "Opened the browser phone", import: "Imported members", agent_added: "Added a person", agent_changed: "Changed a person", policy_saved: "Changed the contact policy",
      duty_phone_added: "Added a duty phone", duty_phone_changed: "Changed a duty phone", duty_phone_removed: "Removed a duty phone", threshold_changed: "Changed a board limit",
      emergency_access: "Emergency access", emergency_access_reviewed: "Reviewed an emergency access", traces_verified: "Checked the records",
    },
    open: {
      title: "Emergency access", hint: "For when a member's profile is needed at once and there is no case. Give the reason: you may read for 15 minutes, and somebody else reviews every access.",
      reason: "Reason", reasonHint: "e.g. a neighbour phoned: the elder fell", go: "Read the profile", until: "Readable until {at}", choose: "Find the member on the left first.",
    },
  },
};
