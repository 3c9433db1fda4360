// Writes the texts into the page, starts Python and shows the progress.
import { endStart, missingFeature, registerWorker, retry, startPython, total } from "./built/python.js";
import { folders, module, sizes, text } from "./built/site.js";

const LANGUAGE = "offline-digits-language";
const language = chosenLanguage() ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
const words = text[language];
const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const element = (id) => document.getElementById(id);
const sheet = element("sheet");

document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
document.title = words.name;
element("manifest").href = `built/app.${language}.webmanifest`;
for (const node of document.querySelectorAll("[data-text]")) node.textContent = words[node.dataset.text];
for (const node of document.querySelectorAll("[data-label]")) node.ariaLabel = words[node.dataset.label];

element("language").lang = language === "zh" ? "en" : "zh-Hans";
element("language").addEventListener("click", switchLanguage);

function chosenLanguage() {
  try {
    const stored = localStorage.getItem(LANGUAGE);
    return Object.hasOwn(text, stored) ? stored : null;
  } catch {
    return null; // the browser blocks site data
  }
}

// The drawing survives the reload: see draft.py.
function switchLanguage() {
  const other = language === "zh" ? "en" : "zh";
  try {
    localStorage.setItem(LANGUAGE, other);
  } catch {
    return showFailure("language_not_stored");
  }
  location.reload();
}

function show(done) {
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  element("progress").value = done / total;
  element("bytes").textContent = say("progress", { done: megabytes(done), total: megabytes(total) });
}

function step(key) {
  element("step").textContent = words[key];
  element("start").dataset.step = key;
}

function end() {
  performance.mark("start-ended"); // the panel "How this works" shows how long it took
  element("start").hidden = true;
  return endStart();
}

function showFailure(key, detail) {
  element("failure-text").textContent = say(key, { detail });
  element("failure").hidden = false;
}

function fail(key, detail) {
  end();
  showFailure(key, detail);
  element("failure").scrollIntoView({ block: "nearest" }); // on a phone it is at the bottom of the page
  element("retry").addEventListener("click", retry, { once: true });
}

// Without these listeners, a picture that is dropped before Python has started would replace the page.
document.addEventListener("drop", (event) => event.preventDefault());
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  if (!sheet.classList.contains("ready")) event.dataTransfer.dropEffect = "none";
});

// Records strokes that are drawn before Python has started; Sheet.replay in sheet.py draws them later.
const earlyEvents = [];
const POINTER_EVENTS = ["pointerdown", "pointermove", "pointerup", "pointercancel", "lostpointercapture"];
for (const kind of POINTER_EVENTS) sheet.addEventListener(kind, record);

function record(event) {
  if (event.type === "pointermove" && !event.buttons) return;
  if (event.type === "pointerdown") sheet.setPointerCapture(event.pointerId); // a stroke may leave the sheet
  earlyEvents.push({ event, box: sheet.getBoundingClientRect() });
}

function earlyStrokes() {
  for (const kind of POINTER_EVENTS) sheet.removeEventListener(kind, record);
  return earlyEvents;
}

// The browser may send this event before Python has started, so Python gets a promise of it.
const installable = new Promise((resolve) => {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    resolve(event);
  });
});

// Clickjacking: a page of another origin could show this one in an invisible frame and steal clicks on its
// buttons. A host can forbid frames with a header (docs/hosting.md); without it, the page refuses to start.
function framedElsewhere() {
  try {
    for (let frame = self; frame !== top; frame = frame.parent) frame.parent.document; // throws
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
  if (missing) return fail("failed_browser", missing);
  step("step_python");
  show(0);
  try {
    const pyodide = await startPython(show);
    globalThis.pyodide = pyodide; // for use in the browser's console: pyodide.runPython("...")
    const given = { language, folders, sizes, step, end, earlyStrokes, installable, registerWorker };
    await pyodide.pyimport(module).start(given);
  } catch (error) {
    console.error(error);
    fail("failed_start", String(error.message ?? error).trim().split("\n").pop());
  }
}

if (framedElsewhere()) offerToLeaveTheFrame();
else await boot();
