// Runs a Python file in a page: <script type="module" src="built/run.js" data-main="main.py"></script>
// A failure is written into the element with the attribute `data-failure`, if there is one. When the
// page can do without a network, <html> gets the attribute data-offline="ready".
import { startPython, stopCounting } from "./python.js";

async function run() {
  const { main } = document.querySelector("script[data-main]").dataset;
  const pyodide = await startPython(["offline-onnx"]);
  stopCounting();
  const response = await fetch(main);
  if (!response.ok) throw new Error(`${main}: status ${response.status}`);
  await pyodide.runPythonAsync(await response.text(), { filename: main });
}

async function keepForOffline() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register("service-worker.js");
  await navigator.serviceWorker.ready;
  document.documentElement.dataset.offline = "ready";
}

try {
  await run();
} catch (error) {
  console.error(error);
  const place = document.querySelector("[data-failure]");
  if (place) place.textContent = String(error.message ?? error).trim().split("\n").pop();
}
await keepForOffline();
