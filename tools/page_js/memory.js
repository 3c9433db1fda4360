// A memory image is a list of spans: the number of spans, then the start and length of each as 32-bit
// numbers, then the content of each. tools/lean/wasm/cut.py also writes memory images.
const GAP = 256; // this many consecutive unchanged bytes end a span

// Returns an image of the bytes of `memory` that differ from `before`, which has the same size.
export function image(memory, before) {
  const words = new BigUint64Array(memory.buffer);
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

// Writes an image into a memory.
export function fill(memory, content) {
  const view = new DataView(content.buffer, content.byteOffset);
  const count = view.getUint32(0, true);
  let from = 4 + 8 * count;
  for (let span = 0; span < count; span++) {
    const length = view.getUint32(8 + 8 * span, true);
    memory.set(content.subarray(from, from + length), view.getUint32(4 + 8 * span, true));
    from += length;
  }
}
