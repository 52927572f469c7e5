// What a test must see of the telephone in the page: its connections, and a microphone that can be unplugged.
const later = window.setTimeout.bind(window);
window.__connections = [];
window.__microphones = [];
window.__unplugged = false;
const Connection = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Connection {
  constructor(...args) {
    super(...args);
    window.__connections.push(this);
  }
};
const take = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
if (take) {
  navigator.mediaDevices.getUserMedia = async (wish) => {
    if (window.__unplugged) throw new DOMException("no device", "NotFoundError");
    const stream = await take(wish);
    window.__microphones.push(...stream.getAudioTracks());
    return stream;
  };
}
window.__unplug = () => {
  window.__unplugged = true;
  for (const track of window.__microphones) {
    track.stop();
    track.dispatchEvent(new Event("ended"));
  }
};
window.__plug = () => {
  window.__unplugged = false;
  navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
};
/** The RTP counters of the latest connection. */
window.__counters = async () => {
  const found = { sent: 0, received: 0, codec: "" };
  const stats = await window.__connections.at(-1).getStats();
  for (const row of stats.values()) {
    if (row.type === "outbound-rtp") found.sent += row.packetsSent;
    if (row.type === "outbound-rtp") found.codec = stats.get(row.codecId)?.mimeType ?? "";
    if (row.type === "inbound-rtp") found.received += row.packetsReceived;
  }
  return found;
};
/** The loudest frequency that is heard, in Hz, and how loud it is (0 to 255). */
window.__hears = async () => {
  window.__ear ??= new AudioContext();
  const track = window.__connections.at(-1).getReceivers().find((one) => one.track.kind === "audio").track;
  const analyser = window.__ear.createAnalyser();
  analyser.fftSize = 8192;
  window.__ear.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  await new Promise((done) => later(done, 400));
  const bins = new Uint8Array(analyser.frequencyBinCount);
  analyser.getByteFrequencyData(bins);
  const top = bins.indexOf(Math.max(...bins));
  return { hertz: (top * window.__ear.sampleRate) / analyser.fftSize, loud: bins[top] };
};
/** Nobody looks at this tab, and the browser wakes its timers no more: as after some minutes in the background. */
window.__hide = (hidden) => {
  window.__asleep = hidden;
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (hidden ? "hidden" : "visible") });
  document.dispatchEvent(new Event("visibilitychange"));
};
for (const name of ["setInterval", "setTimeout"]) {
  const plain = window[name].bind(window);
  // What is short belongs to a library's own turn; what counts in seconds is what would not come.
  window[name] = (run, after = 0, ...args) => plain(() => (window.__asleep && after >= 250 ? undefined : run(...args)), after);
}
/** The notices that were shown, and whether they were taken back. */
window.__notices = [];
window.Notification = class {
  static permission = "granted";
  static requestPermission = async () => "granted";
  constructor(title, options) {
    this.open = true;
    window.__notices.push({ title, tag: options?.tag, closed: () => !this.open });
  }
  close() {
    this.open = false;
  }
};
/** Where calls are heard. */
window.__speakers = [];
HTMLMediaElement.prototype.setSinkId = async function (id) {
  window.__speakers.push(id);
};
/** How often each sound began: an oscillator is one of its notes. */
window.__notes = 0;
const note = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...args) {
  window.__notes += 1;
  return note.apply(this, args);
};
