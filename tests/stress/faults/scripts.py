"""JavaScript that the tests run in the page: calls of the library, and changes of IndexedDB."""

BEGIN = """([address, database, stall, limit]) => {
  const late = new Promise((done) => setTimeout(done, limit * 1000, '{"error": "late"}'));
  window.loading = Promise.race([probeLoad(address, database, stall), late]);
}"""
"""Starts a load, whose outcome is the promise `loading`."""
END = "() => loading"
LIST = "async (database) => await probeList(database)"
CHUNK = "async ([database, sha256, index]) => await probeChunk(database, sha256, index)"
OPENED = "() => opened.splice(0)"

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
"""Keeps the transaction of the nth `put` into a store open for ever, once it happens."""
HELD = "() => Promise.race([held, loading.then(() => false)])"

CHANGE = """async ([database, store, key, change, value]) => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
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
"""Deletes or changes one record of a store; returns whether there was one."""

OLD_TAB = """async (database) => {
  const opening = indexedDB.open(database, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("models");
  window.open = await new Promise((give) => { opening.onsuccess = () => give(opening.result); });
}"""
"""Holds the database open at version 1, as a tab with an older page does."""

DELETE = """(database) => new Promise((done) => {
  const deleting = indexedDB.deleteDatabase(database);
  deleting.onsuccess = () => done(true);
  deleting.onerror = deleting.onblocked = () => done(false);
})"""
