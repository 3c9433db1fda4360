"""JavaScript that the soak test runs in the page."""

ADD_WAIT_FUNCTIONS = """
() => {
  const seen = document.getElementById("seen").getContext("2d");
  const { putImageData } = seen;
  let liftedAt = 0, shownAt = 0;
  seen.putImageData = (...args) => {
    putImageData.apply(seen, args);
    shownAt = performance.now();
  };
  const record = ({ target, timeStamp }) => { if (target.id === "sheet") liftedAt = timeStamp; };
  addEventListener("pointerup", record, { capture: true });
  const waitUntil = async (condition) => {
    const end = performance.now() + 60_000;
    while (!condition()) {
      if (performance.now() > end) throw new Error(`Still false after a minute: ${condition}`);
      await new Promise((done) => setTimeout(done));
    }
  };
  window.waitForElement = (selector) => waitUntil(() => document.querySelector(selector));
  window.waitForReading = async () => {
    await waitUntil(isUpToDate);
    return [document.getElementById("digit").textContent, shownAt - liftedAt];
  };
}
"""
"""Adds `waitForReading()` and `waitForElement(selector)` to the page.

`waitForReading()` waits until the drawing is read. It returns the digits, and the milliseconds from
`pointerup` until the page showed them. `waitForElement(selector)` waits for an element.
Playwright's own functions that wait for elements keep references to them, so removed elements would
look like leaks: don't use them here.
"""

WAIT_FOR_READING = "() => waitForReading()"
WAIT_FOR_ELEMENT = "async (selector) => { await waitForElement(selector); }"
RUN_PYTHON = "(code) => pyodide.runPythonAsync(code)"

LOCATE = """
() => {
  scrollTo(0, 0);
  const box = (id) => document.getElementById(id).getBoundingClientRect().toJSON();
  return { sheet: box("sheet"), clear: box("clear"), undo: box("undo") };
}
"""
"""Scrolls to the top, and returns the positions and sizes of the sheet and of two buttons."""

READ_STORED_DATA = """
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

- `entries`: the addresses or keys in each cache, each object store and both web storages
- `content`: the size of the stored files in bytes
- `usage`: the used storage in bytes, as the browser reports it to the page
"""

WAIT_FOR_SNAPSHOT = """
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
"""Waits until the page has stored a snapshot of Python's memory with the code in `folder`."""
