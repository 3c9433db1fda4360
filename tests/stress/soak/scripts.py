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
      if (performance.now() > end) throw new Error(`This never became true: ${holds}`);
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
"""Adds `read()` and `appears(selector)` to the page.

`read()` waits until the drawing is read, and returns the number and the milliseconds from pointer
up until it was shown. `appears(selector)` waits for an element: Playwright's own waiting keeps
references to elements, so that replaced ones would look like leaks.
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

STORED = """
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
"""Returns everything that the browser stores for the page.

The entries of each cache, each store of each database and both storages, by address or key; the
bytes of the files among them; and the bytes in use as the browser reports them to the page.
"""

SNAPSHOT = """
async (folder) => {
  const isStored = async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("python-snapshot"));
    const stored = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return stored.flat().some(({ url }) => url.includes(folder));
  };
  const end = performance.now() + 60_000;
  while (!(await isStored())) {
    if (performance.now() > end) throw new Error(`No snapshot of ${folder} is stored`);
    await new Promise((done) => setTimeout(done, 10));
  }
}
"""
"""Waits until a snapshot of Python's memory is stored, taken with the code in this folder."""
