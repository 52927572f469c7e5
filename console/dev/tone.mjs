// A recording to listen to: 8 kHz mono, bursts like two people taking turns.
export function tone(seconds) {
  const rate = 8000;
  const samples = rate * seconds;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write("RIFF", 0); wav.writeUInt32LE(36 + samples * 2, 4); wav.write("WAVEfmt ", 8); wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20); wav.writeUInt16LE(1, 22); wav.writeUInt32LE(rate, 24); wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32); wav.writeUInt16LE(16, 34); wav.write("data", 36); wav.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i++) {
    const at = i / rate;
    const speaks = Math.max(0, Math.sin(at * 2.1)) * (0.4 + 0.6 * Math.abs(Math.sin(at * 13)));
    wav.writeInt16LE(Math.round(9000 * speaks * Math.sin(at * 2 * Math.PI * (at % 3 < 1.5 ? 180 : 240))), 44 + i * 2);
  }
  return wav;
}
