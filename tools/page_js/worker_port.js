// The channel between a page and its Python in a worker: see run.js. A page imports `port` from this file.
const { port1, port2 } = new MessageChannel();

export const port = port1;
export const pythonPort = port2; // run.js gives it to the worker
