export default {
  phone: {
    device: "Rings", desk: "Desk phone", browser: "Browser", settings: "Headset and microphone", deskOk: "Phone OK", browserOk: "Browser OK",
    desk_gone: "No phone", desk_silent: "Phone silent", line_connecting: "Connecting…", line_lost: "Not registered",
    microphone_lost: "No microphone", microphone_denied: "Microphone blocked", microphone_unsupported: "No microphone here",
    help_desk_gone: "The desk phone is away: no call can ring here. Check its cable, or answer in the browser.", help_desk_silent: "The desk phone does not answer: calls may not ring. Check its cable, or answer in the browser.",
    help_line_lost: "The browser's phone is not registered: no call can ring here. It tries again by itself; the desk phone is the quicker way.",
    help_microphone_lost: "The microphone is gone, so no calls are offered. Plug the headset in, then press F2.",
    help_microphone_denied: "The browser blocks the microphone. Click the lock in the address bar and allow it.",
    help_microphone_unsupported: "This address is not HTTPS, so the browser allows no microphone. Use the desk phone and tell the administrator.",
    ringing: "A call rings — answer here", answer: "Answer", coming: "Reaching your browser…", mute: "Mute", unmute: "Unmute", mutedNote: "Muted: they cannot hear you",
    elsewhere: "This call is heard in another tab", microphone: "Microphone", speaker: "Speaker", usual: "The computer's usual one", level: "Speak: the green bar should move", processing: "Remove echo and noise",
    hold: "Hold", unhold: "Take back", held: "They hear music", keypad: "Keypad",
    listener_listen: "{name} is listening", listener_whisper: "{name} whispers to you", listener_barge: "{name} is in the call",
    renew: "New password", renewSure: "The old password ends at once: this phone answers again only when the new one is typed in.", renewYes: "Yes, make a new one",
    notice: "A call: please answer", noticeAllow: "Notify me of calls while I am in another window",
  },
};
