// Defines `run`, which runs Python: on this thread, in a worker (#worker) or in a worker from a Blob (#blob).
async function inWorker(address) {
  const worker = new Worker(address, { type: "module" });
  await new Promise((resolve, reject) => {
    worker.onmessage = resolve;
    worker.onerror = reject;
  });
  return async (code) => {
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ code, port: port2 }, [port2]);
    const { value, error } = await new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
    if (error) throw new Error(error);
    return value;
  };
}

function blobAddress() {
  const script = `import ${JSON.stringify(new URL("worker.js", location.href).href)};`;
  return URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
}

if (location.hash === "#worker") globalThis.run = await inWorker("worker.js");
else if (location.hash === "#blob") globalThis.run = await inWorker(blobAddress());
else globalThis.run = (await import("./python.js")).run;
document.documentElement.dataset.world = "ready";
