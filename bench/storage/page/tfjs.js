// TensorFlow.js's half of the storage benchmark, by its public functions: a model whose weights are
// the bytes of a file. Nothing is verified: TensorFlow.js has no digests.
const stored = (address) => `indexeddb://${new URL(address).pathname}`;

async function timed(work) {
  const start = performance.now();
  const { byteLength } = await work();
  return { seconds: (performance.now() - start) / 1000, bytes: byteLength };
}

// Ends when `save` resolves, which is before the browser has committed the transaction.
window.firstLoad = (address) =>
  timed(async () => {
    const weightData = await (await fetch(address)).arrayBuffer();
    const shape = [weightData.byteLength / 4];
    const weightSpecs = [{ name: "table", shape, dtype: "float32" }];
    const artifacts = { modelTopology: {}, weightSpecs, weightData };
    await tf.io.getSaveHandlers(stored(address))[0].save(artifacts);
    return weightData;
  });

window.storedLoad = (address) =>
  timed(async () => (await tf.io.getLoadHandlers(stored(address))[0].load()).weightData);

window.remove = (address) => tf.io.removeModel(stored(address));

// An array of known size, to check that memory is measured correctly.
window.allocate = (size) => {
  window.held = new Uint8Array(size).fill(1);
};

// As on our side, nothing is measured before the service worker is installed.
navigator.serviceWorker.ready.then(() => {
  document.documentElement.dataset.offline = "ready";
});
