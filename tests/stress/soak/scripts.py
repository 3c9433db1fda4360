"""JavaScript that the soak runs in the page."""

WATCH = """
() => {
  const seen = document.getElementById("seen").getContext("2d");
  const { putImageData } = seen;
  let lifted = 0, shown = 0;
  seen.putImageData = (...given) => {
    putImageData.apply(seen, given);
    shown = performance.now();
  };
  const note = ({ target, timeStamp }) => { if (target.id === "sheet") lifted = timeStamp; };
  addEventListener("pointerup", note, { capture: true });
  const until = async (holds) => {
    const end = performance.now() + 60_000;
    while (!holds()) {
      if (performance.now() > end) throw new Error(`It never came true: ${holds}`);
      await new Promise((done) => setTimeout(done));
    }
  };
  window.appears = (selector) => until(() => document.querySelector(selector));
  window.read = async () => {
    await until(isUpToDate);
    return [document.getElementById("digit").textContent, shown - lifted];
  };
}
"""
"""Has `read()` wait until the drawing is read, and give the number and how long it took: the
milliseconds from the pen's lift until the number was shown. `appears(selector)` waits for an
element: Playwright's own waiting keeps what it has found, and what is replaced would seem to leak.
"""

READ = "() => read()"
APPEARS = "async (selector) => { await appears(selector); }"
RUN = "(code) => pyodide.runPythonAsync(code)"

PLACES = """
() => {
  scrollTo(0, 0);
  const box = (id) => document.getElementById(id).getBoundingClientRect().toJSON();
  return { sheet: box("sheet"), clear: box("clear"), undo: box("undo") };
}
"""

KEPT = """
async () => {
  const done = (request) => new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result);
  });
  const entries = {};
  let content = 0;
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    const requests = await cache.keys();
    entries[`cache ${name}`] = requests.map(({ url }) => url);
    for (const request of requests) content += (await (await cache.match(request)).blob()).size;
  }
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const objects = database.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([objects.getAllKeys(), objects.getAll()].map(done));
      entries[`database ${name}, ${store}`] = keys.map(String);
      for (const value of values) content += value.size ?? 0;
    }
    database.close();
  }
  entries["local storage"] = Object.keys(localStorage);
  entries["session storage"] = Object.keys(sessionStorage);
  const { usage } = await navigator.storage.estimate();
  return { entries, content, usage };
}
"""
"""Gives all that the browser keeps for the page: what is in each cache, each store of each database
and both storages, by address or key; the bytes of the files among it; and the bytes that the page
is told are in use."""

SNAPSHOT = """
async (folder) => {
  const isKept = async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("python-snapshot"));
    const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return kept.flat().some(({ url }) => url.includes(folder));
  };
  const end = performance.now() + 60_000;
  while (!(await isKept())) {
    if (performance.now() > end) throw new Error(`No memory is kept of ${folder}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}
"""
"""Waits until Python's memory is kept, made of the code in this folder."""
