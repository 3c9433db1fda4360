"""Read the current version of each model that a page has stored, straight from its IndexedDB."""

CURRENT_VERSIONS = """async () => {
  const opened = indexedDB.open("offline-onnx");
  await new Promise((done) => { opened.onsuccess = done; });
  const heads = opened.result.transaction("heads").objectStore("heads");
  const names = heads.getAllKeys(), records = heads.getAll();
  await new Promise((done) => { records.onsuccess = done; });
  opened.result.close();
  return Object.fromEntries(names.result.map((name, i) => [name, records.result[i].current]));
}"""


def current_versions(page):
    """Return the SHA-256 of each stored model's current version, by the model's name."""
    return page.evaluate(CURRENT_VERSIONS)
