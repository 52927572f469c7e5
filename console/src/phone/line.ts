/** The SIP line: registers by our own address, rings, answers. It knows no cases; what a call is about stands in the store. */
import { UA, WebSocketInterface } from "jssip";
import { steadyInterval, steadyTimeout } from "@/composables/steady";
import type { IncomingRTCSessionEvent, OutgoingRTCSessionEvent } from "jssip/lib/UA";
import type { RTCSession } from "jssip/lib/RTCSession";

export interface Credentials {
  uri: string;
  user: string;
  password: string;
  websocket: string;
  ice_servers: RTCIceServer[];
}

export interface Heard {
  /** `refused`: the password is no longer right. */
  onState(state: "connecting" | "registered" | "lost" | "refused"): void;
  onRing(call: Call, byItself: boolean): void;
}

/** Host addresses are found at once; a server that does not answer must not hold up the answer for longer. */
const GATHER = 600;
const BUSY_HERE = 486;
const EXPIRES = 120;
/** Registered anew well before it ends, also in a tab whose own timers sleep. */
const AGAIN = 45_000;
const RECONNECT = 3_000;
const REFUSED = [401, 403, 407];

/** One call on the line. */
export class Call {
  private readonly sound = new Audio();
  private stopGathering = () => {};
  onUp: () => void = () => undefined;
  onOver: () => void = () => undefined;

  constructor(
    private readonly session: RTCSession,
    private readonly servers: RTCIceServer[],
    speaker: string,
  ) {
    this.sound.autoplay = true;
    void this.useSpeaker(speaker);
    session.on("peerconnection", ({ peerconnection }) => {
      (peerconnection as unknown as RTCPeerConnection).addEventListener("track", (event) => {
        this.sound.srcObject = event.streams[0] ?? new MediaStream([event.track]);
      });
    });
    session.on("icecandidate", ({ ready }) => {
      this.stopGathering();
      this.stopGathering = steadyTimeout(ready, GATHER);
    });
    session.on("confirmed", () => this.onUp());
    session.on("ended", () => this.over());
    session.on("failed", () => this.over());
  }

  answer(microphone: MediaStream): void {
    this.session.answer({ mediaStream: microphone, mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: this.servers } });
  }

  /** Another microphone, in the middle of the call. */
  async speakInto(track: MediaStreamTrack): Promise<void> {
    const connection = this.session.connection as unknown as RTCPeerConnection | null;
    await connection?.getSenders().find((sender) => sender.track?.kind === "audio" || !sender.track)?.replaceTrack(track);
  }

  async useSpeaker(id: string): Promise<void> {
    try {
      await this.sound.setSinkId(id);
    } catch {
      // It is not plugged in: the computer's usual one is heard instead.
    }
  }

  end(): void {
    if (!this.session.isEnded()) this.session.terminate();
  }

  private over(): void {
    this.stopGathering();
    this.sound.srcObject = null;
    this.onOver();
  }
}

export class Line {
  private readonly ua: UA;
  private stopped = false;
  /** Where calls are heard. */
  speaker = "";
  private calls = 0;
  private stopRegistering = () => {};
  private stopReconnecting = () => {};

  constructor(credentials: Credentials, heard: Heard) {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.ua = new UA({
      sockets: [new WebSocketInterface(`${scheme}://${location.host}${credentials.websocket}`)],
      uri: credentials.uri,
      authorization_user: credentials.user,
      password: credentials.password,
      register_expires: EXPIRES,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 8,
      user_agent: "callcenter",
    });
    const tell: Heard["onState"] = (state) => {
      if (!this.stopped) heard.onState(state);
    };
    this.ua.on("connecting", () => tell("connecting"));
    this.ua.on("connected", () => this.stopReconnecting());
    this.ua.on("disconnected", () => {
      // The library tries again by itself, by timers that sleep in a tab in the background.
      this.stopReconnecting();
      if (!this.stopped) this.stopReconnecting = steadyInterval(() => this.reconnect(), RECONNECT);
      tell("lost");
    });
    this.ua.on("registered", () => {
      this.stopRegistering();
      this.stopRegistering = steadyInterval(() => this.ua.isConnected() && this.ua.register(), AGAIN);
      tell("registered");
    });
    this.ua.on("registrationFailed", ({ response }) => tell(response && REFUSED.includes(response.status_code) ? "refused" : "lost"));
    this.ua.on("newRTCSession", ({ session, originator, request }: IncomingRTCSessionEvent | OutgoingRTCSessionEvent) => {
      if (originator !== ("remote" as typeof originator)) return;
      if (this.calls > 0 || this.stopped) {
        session.terminate({ status_code: BUSY_HERE });
        return;
      }
      this.calls += 1;
      const over = () => (this.calls -= 1);
      session.on("ended", over);
      session.on("failed", over);
      // What one's own click has ordered answers by itself, as desk phones do.
      const byItself = /answer-after\s*=\s*0/i.test(request.getHeader("Call-Info") ?? "") || /auto-?answer/i.test(request.getHeader("Alert-Info") ?? "");
      heard.onRing(new Call(session, credentials.ice_servers, this.speaker), byItself);
    });
  }

  start(): void {
    this.ua.start();
  }

  private reconnect(): void {
    const transport = (this.ua as unknown as { transport: { connect(): void } | null }).transport;
    if (!this.ua.isConnected()) transport?.connect();
  }

  /** No further calls come here; what is spoken goes on. */
  retire(): void {
    this.stopped = true;
    this.stopRegistering();
    this.ua.unregister();
  }

  /** The end of it all: also of what is spoken. */
  stop(): void {
    this.stopped = true;
    this.stopRegistering();
    this.stopReconnecting();
    this.ua.stop();
  }
}
