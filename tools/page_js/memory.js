// A memory image has the changed spans of a memory: the number of spans, then the start and length of each in bytes,
// all as 32-bit numbers, then the content of each. tools/lean/wasm/cut.py also writes memory images, of the spans that
// are not zero.
const GAP = 256; // this many consecutive unchanged bytes end a span

// Returns an image of the bytes of `memory` that differ from `before`, which has the same size.
export function image(memory, before) {
  const words = new BigUint64Array(memory.buffer); // compares 8 bytes at a time
  const old = new BigUint64Array(before.buffer);
  const spans = [];
  let end = -GAP;
  for (let at = 0; at < words.length; at++) {
    if (words[at] === old[at]) continue;
    if (at * 8 - end >= GAP) spans.push([at * 8, 0]);
    end = at * 8 + 8;
    spans.at(-1)[1] = end - spans.at(-1)[0];
  }
  const head = Uint32Array.of(spans.length, ...spans.flat());
  const content = new Uint8Array(spans.reduce((sum, [, length]) => sum + length, head.byteLength));
  content.set(new Uint8Array(head.buffer));
  let filled = head.byteLength;
  for (const [start, length] of spans) {
    content.set(memory.subarray(start, start + length), filled);
    filled += length;
  }
  return content;
}

const STEP = 1 << 20; // bytes that are written at a time

// Lets the browser handle input and paint before the caller goes on.
export const pause = () =>
  globalThis.scheduler?.yield?.() ??
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

// Writes an image into a memory, with pauses.
export async function fill(memory, content) {
  const view = new DataView(content.buffer, content.byteOffset);
  const count = view.getUint32(0, true);
  let from = 4 + 8 * count;
  let written = 0;
  for (let span = 0; span < count; span++) {
    const start = view.getUint32(4 + 8 * span, true);
    const length = view.getUint32(8 + 8 * span, true);
    for (let at = 0; at < length; at += STEP) {
      const part = content.subarray(from + at, from + Math.min(at + STEP, length));
      memory.set(part, start + at);
      written += part.length;
      if (written < STEP) continue;
      written = 0;
      await pause();
    }
    from += length;
  }
}
