// Converts tensors of onnxruntime-web from and to JSON, which tools/backend/tensors.py reads and writes.
// A tensor is {type, dims, data}; `data` is base64, or an array of strings. 4-bit integers take a byte each.
const TYPES = {
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};

export const toBytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const toText = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

export function values({ type, data }) {
  if (type === "string") return data;
  const bytes = toBytes(data);
  if (["int4", "uint4"].includes(type)) {
    const packed = new Uint8Array(Math.ceil(bytes.length / 2));
    bytes.forEach((byte, index) => (packed[index >> 1] |= (byte & 15) << (4 * (index & 1))));
    return packed;
  }
  if (!TYPES[type]) throw new Error(`onnxruntime-web has no tensors of ${type}`);
  return new TYPES[type](bytes.buffer);
}

export const output = ({ type, dims, data }) => ({
  type,
  dims,
  data: type === "string" ? data : toText(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
});
