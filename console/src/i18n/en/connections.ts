import type { Messages } from "../zh-CN";

const messages: Pick<Messages, "connections" | "consents"> = {
  connections: {
    intro: "Other systems (a district platform, a family's app, finance) call the interface with a key, or are told what happens. Every call and every change is kept.", docs: "Interface description",
    keys: "Keys", newKey: "New key", name: "Name", nameHint: "e.g. district platform", role: "Acts as", scopes: "Scopes", scope_read: "Read", scope_write: "Act", key: "Key", perMinute: "Calls a minute", until: "Valid until", untilHint: "Valid until (empty: without end)", noEnd: "no end", lastUsed: "Last used", never: "—", revoke: "Revoke", revoked: "revoked", revokeAsk: "“{name}” can call no more from now on; this cannot be undone.", noKeys: "No keys yet. When a system is to be connected, make one.",
    notCopied: "The browser does not allow copying: mark the text and press Ctrl+C, or write it down.", once: "This is shown once. Hand it over now; nobody can read it afterwards.", copy: "Copy", copied: "Copied", noted: "Noted", yourKey: "The new key", yourSecret: "The signing secret",
    webhooks: "Subscriptions", newWebhook: "New subscription", url: "Address", events: "What is told", eventsOf: "{n} kinds", withPersons: "names the elder", personsHint: "Messages name the elder, address and numbers (each is journalled)", state: "State", on: "On", off: "Off", failing: "not arriving since {time}", waiting: "Waiting", dead: "Given up", arrived: "Last arrived", edit: "Edit", renew: "New signing secret (the old one signs for 24 hours more)", deadAlarm: "{n} messages were given up after many tries. When the other side is mended, send them again under Messages.", noWebhooks: "No subscriptions yet. Make one with the address that the other side gave.",
    messages: "Messages", messagesOf: "Messages to “{name}”", event: "Event", happened: "Happened", tries: "Tries", answer: "Answer", next: "next {time}", resend: "Send again", test: "Send a test message", reload: "Reload", all: "All", message_pending: "waiting", message_delivered: "arrived", message_dead: "given up", noMessages: "No messages yet.",
  },
  consents: {
    title: "Consents", record: "Record a consent", given: "Agreed", refused: "Refused or withdrawn", never: "Not asked", kind: "About", answer: "Answer", byWhom: "Said by", byWhomHint: "the elder, or a relative and how related", how: "How", at: "When", note: "Note", scan: "Scan", scanHint: "A consent on paper may have a scan (PDF, PNG, JPEG)", history: "All that was recorded", version: "No. {n}", by: "Recorded by", not: "Not agreed: {what}", ask: "Not asked: {what}", open: "Open the scan", none: "Nothing recorded yet. Ask during a call, then record it.", short_recording: "recording", short_family: "telling family", short_public_help: "data to 110/120", short_location: "location", short_home_entry: "entering", entryAgreed: "agreed to entry in an emergency",
  },
};
export default messages;
