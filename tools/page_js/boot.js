// Starts Python and shows the progress.
import { doDeferredWork, missingFeature, registerWorker, retry, startPython } from "./python.js";
import { folders, module, sizes, text } from "./site.js";

document.documentElement.dataset.start = "begun"; // from now on, this script reports failures: see early.js
const { language, takeEvents, explain, removeStored } = globalThis.early ?? { language: "en", takeEvents: () => [] };
const words = text[language];
const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const element = (id) => document.getElementById(id);

// The bar never goes back. The total grows if the server turns out to compress less than expected.
function show(done, total) {
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  element("progress").value = Math.max(element("progress").value, done / total);
  if (navigator.serviceWorker?.controller) return; // nothing is downloaded
  element("bytes").textContent = say("progress", { done: megabytes(done), total: megabytes(total) });
}

function step(key) {
  element("step").textContent = words[key];
  element("start").dataset.step = key;
}

function end() {
  performance.mark("start-ended"); // the panel "How this works" shows how long it took
  element("start").hidden = true;
  return doDeferredWork();
}

function fail(key, values, again = retry) {
  end();
  element("failure-text").textContent = say(key, values);
  element("failure").hidden = false;
  element("failure").scrollIntoView({ block: "nearest" }); // on a phone it is at the bottom of the page
  element("retry").addEventListener("click", again, { once: true });
}

async function failStart(error) {
  console.error(error);
  const detail = String(error.message ?? error).trim().split("\n").pop();
  const [key, values] = (await explain?.(Object.keys(sizes))) ?? ["failed_start", { detail }];
  fail(key, values, () => Promise.resolve(removeStored?.()).then(retry));
}

// Without these listeners, a picture that is dropped before Python has started would replace the page.
document.addEventListener("drop", (event) => event.preventDefault());
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  if (!element("sheet").classList.contains("ready")) event.dataTransfer.dropEffect = "none";
});

// The browser may send this event before Python has started, so Python gets a promise of it.
const installable = new Promise((resolve) => {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    resolve(event);
  });
});

// Clickjacking: a page of another origin could show this page in an invisible frame and steal clicks on its
// buttons. A host can forbid frames by a header (docs/hosting.md); without it, the page refuses to start there.
function framedElsewhere() {
  try {
    for (let frame = self; frame !== top; frame = frame.parent) frame.parent.document; // throws for another origin
    return false;
  } catch {
    return true;
  }
}

function offerToLeaveTheFrame() {
  const link = Object.assign(document.createElement("a"), { href: location.href, target: "_blank" });
  link.textContent = words.framed_open;
  const line = document.createElement("p");
  line.append(words.framed, " ", link);
  document.body.replaceChildren(line);
}

async function boot() {
  if (!isSecureContext) return fail("failed_insecure");
  const missing = missingFeature();
  if (missing) return fail("failed_browser", { detail: missing });
  step("step_python");
  try {
    const pyodide = await startPython(show);
    globalThis.pyodide = pyodide; // for use in the browser's console: pyodide.runPython("...")
    const given = { language, folders, sizes, step, end, earlyEvents: takeEvents, installable, registerWorker };
    await pyodide.pyimport(module).start(given); // in Python: js_boot
  } catch (error) {
    await failStart(error);
  }
}

if (framedElsewhere()) offerToLeaveTheFrame();
else await boot();
