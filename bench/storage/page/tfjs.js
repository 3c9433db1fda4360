// The page of TensorFlow.js: functions that bench/storage/loads.py calls and measures. They use the
// public API of TensorFlow.js to store a model whose weights are the bytes of a file.
const storedAddress = (address) => `indexeddb://${new URL(address).pathname}`;

async function measure(work) {
  const start = performance.now();
  const { byteLength } = await work();
  return { seconds: (performance.now() - start) / 1000, bytes: byteLength };
}

// The measurement ends when `save` resolves, before the browser has committed the transaction.
window.firstLoad = (address) =>
  measure(async () => {
    const weightData = await (await fetch(address)).arrayBuffer();
    const shape = [weightData.byteLength / 4];
    const weightSpecs = [{ name: "table", shape, dtype: "float32" }];
    const artifacts = { modelTopology: {}, weightSpecs, weightData };
    await tf.io.getSaveHandlers(storedAddress(address))[0].save(artifacts);
    return weightData;
  });

// Downloads a file as plain onnxruntime-web needs it: it is neither verified nor stored.
window.plainLoad = (address) => measure(async () => (await fetch(address)).arrayBuffer());

window.storedLoad = (address) =>
  measure(async () => (await tf.io.getLoadHandlers(storedAddress(address))[0].load()).weightData);

window.remove = (address) => tf.io.removeModel(storedAddress(address));

// Allocates an array of known size, to check that the memory measurement is correct.
window.allocate = (size) => {
  window.allocated = new Uint8Array(size).fill(1);
};

// The benchmark waits for this attribute, so that the service worker is not installed during a
// measurement. The page of offline_onnx sets the same attribute.
navigator.serviceWorker.ready.then(() => {
  document.documentElement.dataset.offline = "ready";
});
