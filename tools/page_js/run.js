// Runs a Python file in a page: <script type="module" src="built/run.js" data-main="main.py"></script>
// A failure is written into the element with the attribute `data-failure`, if there is one. When the
// page can do without a network, <html> gets data-offline="ready"; "failed" if it could not be kept.
import { endStart, registerWorker, startPython } from "./python.js";

async function run() {
  const { main } = document.querySelector("script[data-main]").dataset;
  const pyodide = await startPython();
  await endStart();
  const response = await fetch(main);
  if (!response.ok) throw new Error(`${main}: status ${response.status}`);
  await pyodide.runPythonAsync(await response.text(), { filename: main });
}

async function keepForOffline() {
  if (!navigator.serviceWorker) return;
  const tell = (state) => (document.documentElement.dataset.offline = state);
  const { active, installing } = await registerWorker();
  if (active) return tell("ready");
  installing.addEventListener("statechange", () => {
    if (installing.state === "activated") tell("ready");
    if (installing.state === "redundant") tell("failed");
  });
}

try {
  await run();
} catch (error) {
  console.error(error);
  const place = document.querySelector("[data-failure]");
  if (place) place.textContent = String(error.message ?? error).trim().split("\n").pop();
}
await keepForOffline();
