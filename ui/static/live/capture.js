// Camera and microphone to the server: numbered pieces over one socket, kept until they are
// acknowledged. A short cut of the line loses nothing; after a long one a new segment begins.

const MIMES = [
  "video/webm;codecs=vp8,opus",
  "video/webm;codecs=h264,opus",
  "video/webm",
  "video/mp4;codecs=avc1.42E01E,mp4a.40.2",
  "video/mp4",
];
const SOUND_MIMES = ["audio/webm;codecs=opus", "audio/webm", "audio/mp4"];
const PIECE_MS = 150;
// Whoever joins the relay late, or goes on after lost pictures, waits for a key frame at most so long.
const KEY_FRAME_MS = 2000;
const MOST_KEPT_BYTES = 8 * 1024 * 1024;
// Some ten seconds of sound: what comes later than that helps nobody any more.
const MOST_KEPT_SOUND_BYTES = 64 * 1024;
const MOST_WAIT_MS = 5000;
const FINAL = new Set([1000, 1003, 1009, 4401, 4403, 4410]);

export function bestMime(mimes = MIMES) {
  if (typeof MediaRecorder === "undefined") return null;
  return mimes.find((mime) => MediaRecorder.isTypeSupported(mime)) ?? null;
}

export function wantedMedia() {
  return {
    video: {
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30 },
      facingMode: "user",
    },
    // The applicant's voice as it is: what makes speech pleasant changes it.
    audio: { echoCancellation: true, noiseSuppression: false, autoGainControl: false, channelCount: 1 },
  };
}

export function socketUrl(path) {
  const url = new URL(path, window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

// Events: `recording` (detail: boolean), `line` (detail: boolean), `acked` (detail: seconds kept),
// `refused` (detail: why), `closed` (detail: close code), `device` (a track ended).
export class Capture extends EventTarget {
  constructor({ url, stream, bitsPerSecond = 1_000_000 }) {
    super();
    this.url = socketUrl(url);
    this.stream = stream;
    this.bits = bitsPerSecond;
    const seen = stream.getVideoTracks().length > 0;
    this.mime = bestMime(seen ? MIMES : SOUND_MIMES);
    this.mostKept = seen ? MOST_KEPT_BYTES : MOST_KEPT_SOUND_BYTES;
    this.socket = null;
    this.recorder = null;
    this.segment = 0;
    this.next = 0;
    this.kept = [];
    this.keptBytes = 0;
    this.asking = false;
    this.over = false;
    this.wait = 500;
    this.reading = Promise.resolve();
    for (const track of stream.getTracks()) {
      track.addEventListener("ended", () => this.tell("device"));
    }
  }

  start() {
    this.connect();
  }

  stop() {
    this.over = true;
    clearTimeout(this.timer);
    this.halt();
    this.socket?.close(1000);
  }

  connect() {
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.addEventListener("message", (event) => this.hear(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => this.lost(socket, event.code));
  }

  lost(socket, code) {
    if (socket !== this.socket) return;
    this.socket = null;
    this.asking = false;
    if (this.over || FINAL.has(code)) {
      this.over = true;
      this.halt();
      this.tell("closed", code);
      return;
    }
    this.tell("line", false);
    this.timer = setTimeout(() => this.connect(), this.wait);
    this.wait = Math.min(2 * this.wait, MOST_WAIT_MS);
  }

  hear(message) {
    if (message.kind === "ready") this.ready(message);
    else if (message.kind === "segment") this.begin(message.segment);
    else if (message.kind === "ack") this.acknowledge(message);
    else if (message.kind === "leave") this.leave(message.segment);
    else if (message.kind === "go") this.ask();
    else if (message.kind === "stop") this.halt();
    else if (message.kind === "refused") {
      this.asking = false;
      this.tell("refused", message.why);
    }
  }

  ready({ segment, next }) {
    this.wait = 500;
    this.tell("line", true);
    const first = this.kept.length ? this.kept[0].number : this.next;
    if (this.recorder && segment === this.segment && first <= next) {
      this.acknowledge({ segment, number: next - 1 });
      for (const piece of this.kept) this.socket.send(piece.data);
      return;
    }
    this.halt();
    this.ask();
  }

  leave(segment) {
    if (segment !== this.segment) return;
    this.halt();
    this.ask();
  }

  ask() {
    if (this.recorder || this.asking || this.over || !this.socket) return;
    this.asking = true;
    this.socket.send(JSON.stringify({ kind: "segment", mime: this.mime }));
  }

  begin(segment) {
    this.asking = false;
    this.segment = segment;
    this.next = 0;
    this.kept = [];
    this.keptBytes = 0;
    const recorder = new MediaRecorder(this.stream, {
      mimeType: this.mime,
      videoBitsPerSecond: this.bits,
      audioBitsPerSecond: 48_000,
      videoKeyFrameIntervalDuration: KEY_FRAME_MS,
    });
    recorder.addEventListener("dataavailable", (event) => this.take(recorder, event.data));
    this.recorder = recorder;
    recorder.start(PIECE_MS);
    this.tell("recording", true);
  }

  take(recorder, blob) {
    if (!blob.size) return;
    // Blobs are read one after another, so that pieces keep their order.
    this.reading = this.reading.then(async () => {
      const content = await blob.arrayBuffer();
      if (this.recorder !== recorder) return;
      const data = new Uint8Array(8 + content.byteLength);
      const head = new DataView(data.buffer);
      head.setUint32(0, this.segment);
      head.setUint32(4, this.next);
      data.set(new Uint8Array(content), 8);
      this.keep({ number: this.next, data });
      this.next += 1;
      if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(data);
    });
  }

  keep(piece) {
    this.kept.push(piece);
    this.keptBytes += piece.data.length;
    if (this.keptBytes > this.mostKept) {
      // More than the line will ever take: what comes after the cut is a new segment.
      this.halt();
      if (this.socket?.readyState === WebSocket.OPEN) this.ask();
    }
  }

  acknowledge({ segment, number }) {
    if (segment !== this.segment) return;
    while (this.kept.length && this.kept[0].number <= number) {
      this.keptBytes -= this.kept.shift().data.length;
    }
    this.tell("acked", (this.kept.length * PIECE_MS) / 1000);
  }

  halt() {
    const recorder = this.recorder;
    if (!recorder) return;
    this.recorder = null;
    this.kept = [];
    this.keptBytes = 0;
    if (recorder.state !== "inactive") recorder.stop();
    this.tell("recording", false);
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

// How loud a stream is, 0 to 1, for a meter: `close()` ends it.
export class Level {
  constructor(stream, show) {
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.analyser.fftSize = 1024;
    this.context.createMediaStreamSource(stream).connect(this.analyser);
    const samples = new Float32Array(this.analyser.fftSize);
    this.timer = setInterval(() => {
      this.analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
      show(Math.min(1, Math.max(0, (10 * Math.log10(power + 1e-9) + 60) / 50)));
    }, 100);
  }

  close() {
    clearInterval(this.timer);
    this.context.close();
  }
}
