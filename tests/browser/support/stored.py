"""Read what a page has stored from its IndexedDB, without the page's own code."""

HEADS = """async () => {
  const opened = indexedDB.open("offline-onnx");
  await new Promise((done) => { opened.onsuccess = done; });
  const heads = opened.result.transaction("heads").objectStore("heads");
  const names = heads.getAllKeys(), records = heads.getAll();
  await new Promise((done) => { records.onsuccess = done; });
  opened.result.close();
  return Object.fromEntries(names.result.map((name, i) => [name, records.result[i].current]));
}"""


def in_use(page):
    """Return the SHA-256 of the version in use, by the name of its model."""
    return page.evaluate(HEADS)
