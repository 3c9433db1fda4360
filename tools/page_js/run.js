// Runs a Python file in a page: <script type="module" src="built/run.js" data-main="main.py"></script>
// With the attribute data-worker, Python runs in a worker: the page stays usable, however long Python computes.
// If the file fails, the reason is written into the element with the attribute `data-failure`, if there is one. For
// an error in Python, the reason is the last line of the traceback, with the line of the page's code.
// <html> gets data-offline="ready" when the page works offline, "incomplete" if files are too large to be stored,
// "failed" if the page could not be stored, or "off" if it was bundled without a service worker. The reason for
// "incomplete" and "failed" is in data-offline-reason.
import { address } from "./download.js";
import { installPackages } from "./packages.js";
import { checkFeatures, createPythonWorker, doDeferredWork, registerWorker, startPython } from "./python.js";
import { hasServiceWorker, tooLarge } from "./site.js";

let pythonWorker;

async function run() {
  const { main, worker } = document.querySelector("script[data-main]").dataset;
  if (worker !== undefined) return runInWorker(main);
  const pyodide = await startPython();
  await doDeferredWork();
  await installPackages(pyodide, address);
  const response = await fetch(main);
  if (!response.ok) throw new Error(`${main}: status ${response.status}`);
  await pyodide.runPythonAsync(await response.text(), { filename: main });
}

// Runs a Python file in a worker; resolves when the file has ended. The worker continues.
async function runInWorker(main) {
  checkFeatures();
  const { pythonPort } = await import("./worker_port.js");
  const { port1: answer, port2: reply } = new MessageChannel();
  pythonWorker = createPythonWorker();
  document.documentElement.dataset.python = "worker";
  await new Promise((resolve, reject) => {
    answer.onmessage = ({ data: { error } }) => (error ? reject(new Error(error)) : resolve());
    pythonWorker.onerror = ({ message }) => reject(new Error(message || "The worker for Python can't run."));
    const base = new URL(".", document.baseURI).href;
    pythonWorker.postMessage({ main, base, port: pythonPort, reply }, [pythonPort, reply]);
  });
}

async function storeForOffline() {
  if (!navigator.serviceWorker) throw new Error("The browser allows no service worker here: is the page served over https?");
  const { active, installing, waiting } = await registerWorker();
  const worker = active ?? installing ?? waiting;
  const hasEnded = () => ["activated", "redundant"].includes(worker.state);
  while (!active && !hasEnded()) {
    await new Promise((resolve) => worker.addEventListener("statechange", resolve, { once: true }));
  }
  if (worker.state === "redundant") throw new Error(await whyNotStored());
}

async function whyNotStored() {
  const { whyRefused } = await import("./refused.js");
  const reason = await whyRefused(new URL(".", document.baseURI).href);
  return reason || "A file of the page could not be downloaded or stored.";
}

const PLACE = /File "([^"/<>]+)", line (\d+)/g; // lines of a traceback that are about the page's own code
const NO_MODULE = /^ModuleNotFoundError: No module named '([^'.]+)/;

function reason(text) {
  let line = text.split("\n").pop();
  const [, module] = NO_MODULE.exec(line) ?? [];
  if (module) line += `. Name its package in page.toml, beside index.html: packages = ["${module}"]`;
  const [, file, number] = [...text.matchAll(PLACE)].pop() ?? [];
  return file ? `${line} (${file}, line ${number})` : line;
}

try {
  await run();
} catch (error) {
  console.error(error);
  const element = document.querySelector("[data-failure]");
  if (element) element.textContent = reason(String(error.message ?? error).trim());
}
const { dataset } = document.documentElement;
function notStored() {
  const files = Object.entries(tooLarge).map(([path, size]) => `${path} (${Math.round(size / 1e6)} MB)`);
  return `Too large to be stored, so missing without a network: ${files.join(", ")}.`;
}

try {
  if (!hasServiceWorker) dataset.offline = "off";
  else {
    await storeForOffline();
    if (Object.keys(tooLarge).length) {
      console.warn(notStored());
      dataset.offlineReason = notStored();
      dataset.offline = "incomplete";
    } else dataset.offline = "ready";
  }
} catch (error) {
  console.error("The page does not work without a network.", error);
  dataset.offlineReason = String(error.message ?? error);
  dataset.offline = "failed";
}
