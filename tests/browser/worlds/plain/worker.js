// Runs Python in a worker. Each message has code and a port for the reply.
const { run } = await import("./python.js");

onmessage = async ({ data: { code, port } }) => {
  try {
    port.postMessage({ value: await run(code) });
  } catch (error) {
    port.postMessage({ error: String(error) });
  }
};
postMessage("ready");
