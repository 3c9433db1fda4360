"""What the tests run in the page: the probe's calls, and what befalls IndexedDB."""

# Starts a load; the outcome is a promise, in `loading`.
BEGIN = """([address, database, stall, limit]) => {
  const late = new Promise((done) => setTimeout(done, limit * 1000, '{"error": "late"}'));
  window.loading = Promise.race([probeLoad(address, database, stall), late]);
}"""
END = "() => loading"
LIST = "async (database) => await probeList(database)"
CHUNK = "async ([database, sha256, index]) => await probeChunk(database, sha256, index)"
GIVEN = "() => given.splice(0)"

# Keeps the transaction of the nth `put` into a store open for ever, once that is asked for.
HOLD = """([store, nth]) => {
  const put = IDBObjectStore.prototype.put;
  window.held = new Promise((held) => {
    IDBObjectStore.prototype.put = function (...record) {
      const request = put.apply(this, record);
      if (this.name === store && --nth === 0) {
        const again = () => { this.count().onsuccess = again; };
        again();
        held(true);
      }
      return request;
    };
  });
}"""
HELD = "() => Promise.race([held, loading.then(() => false)])"

# Deletes or changes one record of a store; tells whether there was one.
CHANGE = """async ([database, store, key, change, value]) => {
  const done = (request) => new Promise((give, refuse) => {
    request.onsuccess = () => give(request.result);
    request.onerror = () => refuse(request.error);
  });
  const opened = await done(indexedDB.open(database));
  const read = opened.transaction(store).objectStore(store);
  let record = await done(read.get(key));
  if (record === undefined) {
    opened.close();
    return false;
  }
  if (change === "flip") {
    const bytes = new Uint8Array(await record.arrayBuffer());
    bytes[Math.floor(value * bytes.length)] ^= 1;
    record = new Blob([bytes]);
  }
  if (change === "shorten") record = record.slice(0, Math.floor(value * record.size));
  if (change === "replace") record = value;
  if (change === "set") record = {...record, ...value};
  if (change === "not_a_number") record = {...record, [value]: NaN};
  const transaction = opened.transaction(store, "readwrite");
  const records = transaction.objectStore(store);
  if (change === "delete") records.delete(key); else records.put(record, key);
  await new Promise((ended) => { transaction.oncomplete = ended; });
  opened.close();
  return true;
}"""

# Another tab of the site, with a page of version 1: holds the database open whatever is asked.
OLD_TAB = """async ([database, manifest, bytes]) => {
  const asked = indexedDB.open(database, 1);
  asked.onupgradeneeded = () => {
    const models = asked.result.createObjectStore("models");
    if (manifest) models.put({manifest, content: Uint8Array.from(bytes).buffer}, "model");
  };
  window.holding = await new Promise((give) => { asked.onsuccess = () => give(asked.result); });
}"""

DELETE = """(database) => new Promise((done) => {
  const asked = indexedDB.deleteDatabase(database);
  asked.onsuccess = () => done(true);
  asked.onerror = asked.onblocked = () => done(false);
})"""
