// Hands over what the microphone hears, in pieces of about 40 ms.
class Tap extends AudioWorkletProcessor {
  constructor() {
    super();
    this.piece = new Float32Array(2048);
    this.at = 0;
  }

  process([input]) {
    const channel = input[0];
    if (!channel) return true;
    for (const value of channel) {
      this.piece[this.at++] = value;
      if (this.at === this.piece.length) {
        this.port.postMessage(this.piece.slice());
        this.at = 0;
      }
    }
    return true;
  }
}
registerProcessor("tap", Tap);
