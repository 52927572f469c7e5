// What a test must see of the telephone in the page: its connections, and a microphone that can be unplugged.
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
  await new Promise((done) => setTimeout(done, 400));
  const bins = new Uint8Array(analyser.frequencyBinCount);
  analyser.getByteFrequencyData(bins);
  const top = bins.indexOf(Math.max(...bins));
  return { hertz: (top * window.__ear.sampleRate) / analyser.fftSize, loud: bins[top] };
};
