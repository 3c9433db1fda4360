// Runs Python in a worker. A message has the code, and a port to which the result is sent.
const { run } = await import("./python.js");

onmessage = async ({ data: { code, port } }) => {
  try {
    port.postMessage({ value: await run(code) });
  } catch (error) {
    port.postMessage({ error: String(error) });
  }
};
postMessage("ready");
