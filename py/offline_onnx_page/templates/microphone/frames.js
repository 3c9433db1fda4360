// Sends the samples of a microphone to the page: frames of `size` samples, `rate` samples per second.
class Frames extends AudioWorkletProcessor {
  constructor({ processorOptions: { size, rate } }) {
    super();
    Object.assign(this, { frame: new Float32Array(size), filled: 0, step: sampleRate / rate });
    Object.assign(this, { position: 0, sum: 0, count: 0, mean: 0 });
  }

  process([[channel]]) {
    for (const sample of channel ?? []) {
      // If the device has another rate, a sample of the frame is the mean of several, or is repeated.
      this.sum += sample;
      this.count += 1;
      this.position += 1;
      for (; this.position >= this.step; this.position -= this.step) {
        if (this.count) this.mean = this.sum / this.count;
        this.sum = this.count = 0;
        this.add(this.mean);
      }
    }
    return true;
  }

  add(sample) {
    this.frame[this.filled++] = sample;
    if (this.filled < this.frame.length) return;
    this.port.postMessage(this.frame.slice());
    this.filled = 0;
  }
}

registerProcessor("frames", Frames);
