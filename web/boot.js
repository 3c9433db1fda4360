// Starts Python and shows how far it is. The only JavaScript of the page that is written by hand.
import { folders, sizes, text } from "./built/site.js";

const language = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
const words = text[language];
const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const element = (id) => document.getElementById(id);
const address = (path) => new URL(path, document.baseURI).href;

document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
document.title = words.name;
for (const node of document.querySelectorAll("[data-text]")) node.textContent = words[node.dataset.text];
for (const node of document.querySelectorAll("[data-label]")) node.ariaLabel = words[node.dataset.label];

// Every download of the start goes through `fetch`, so that is where its bytes are counted.
const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
const expected = new Set(Object.keys(sizes).map(address));
const plainFetch = window.fetch;
let done = 0;

function show() {
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  element("progress").value = done / total;
  element("bytes").textContent = say("progress", { done: megabytes(done), total: megabytes(total) });
}

// Pyodide waits for ever for a file that does not come: `broken` ends the wait.
const suspects = new Set();
let refuse;
const broken = new Promise((_, reject) => (refuse = reject));
broken.catch(() => {});

function giveUp(url, reason) {
  suspects.add(url);
  refuse(new Error(`${url.split("/").pop()}: ${reason}.`));
}

async function countingFetch(resource, options) {
  const url = address(resource.url ?? resource);
  if (!expected.has(url)) return plainFetch(resource, options);
  const response = await plainFetch(resource, options).catch((error) => {
    giveUp(url, error.message);
    throw error;
  });
  if (!response.ok) {
    giveUp(url, `status ${response.status}`);
    return response;
  }
  const count = new TransformStream({
    transform(piece, out) {
      done += piece.byteLength;
      show();
      out.enqueue(piece);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(count), { status, statusText, headers });
}

function step(key) {
  element("step").textContent = words[key];
  element("start").dataset.step = key;
}

function end() {
  window.fetch = plainFetch;
  element("start").hidden = true;
}

function fail(key, detail) {
  end();
  element("failure-text").textContent = say(key, { detail });
  element("failure").hidden = false;
  element("retry").addEventListener("click", retry, { once: true });
}

async function retry() {
  // What came wrong may have been kept by the browser's cache: ask the server again.
  await Promise.allSettled([...suspects].map((url) => plainFetch(url, { cache: "reload" })));
  location.reload();
}

async function boot() {
  if (!isSecureContext) return fail("failed_insecure");
  window.fetch = countingFetch;
  step("step_python");
  show();
  try {
    const loading = [folders.onnxruntime + "ort.wasm.min.mjs", folders.idb + "index.js"];
    const [{ loadPyodide }, ort, idb] = await Promise.all(
      [folders.pyodide + "pyodide.mjs", ...loading].map((path) => import(address(path))),
    );
    const starting = loadPyodide({
      indexURL: address(folders.pyodide),
      lockFileURL: address(folders.python + "pyodide-lock.json"),
      packages: ["offline-digits"],
    });
    const pyodide = await Promise.race([starting, broken]);
    globalThis.pyodide = pyodide; // for the curious: pyodide.runPython("...") in the console
    await pyodide.pyimport("digits.page.main").start({ language, folders, ort, idb, step, end });
  } catch (error) {
    console.error(error);
    fail("failed_start", String(error.message ?? error).trim().split("\n").pop());
  }
}

await boot();
