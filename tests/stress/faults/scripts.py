"""JavaScript that the tests run in the page: it calls the library and changes IndexedDB."""

START_LOAD = """([address, database, stall, limit]) => {
  const timeout = new Promise((done) => setTimeout(done, limit * 1000, '{"error": "timeout"}'));
  window.loading = Promise.race([probeLoad(address, database, stall), timeout]);
}"""
"""Starts a load. Its outcome is the value of the promise `loading`."""
WAIT_FOR_LOAD = "() => loading"
LIST_STORED = "async (database) => await probeList(database)"
HAS_CHUNK = "async ([database, sha256, index]) => await probeChunk(database, sha256, index)"
TAKE_OPENED_DIGESTS = "() => opened.splice(0)"

HOLD_TRANSACTION = """([store, nth]) => {
  const put = IDBObjectStore.prototype.put;
  window.transactionHeld = new Promise((held) => {
    IDBObjectStore.prototype.put = function (...record) {
      const request = put.apply(this, record);
      if (this.name === store && --nth === 0) {
        const keepBusy = () => { this.count().onsuccess = keepBusy; };
        keepBusy();
        held(true);
      }
      return request;
    };
  });
}"""
"""Keeps a transaction open for ever: the one with the nth `put` into an object store."""
WAIT_UNTIL_HELD = "() => Promise.race([transactionHeld, loading.then(() => false)])"
"""Returns true as soon as HOLD_TRANSACTION holds a transaction; false if the load ends first."""

CHANGE_RECORD = """async ([database, store, key, change, value]) => {
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
"""Deletes or changes one record of an object store. Returns false if the record does not exist.

The change is one of these, with its value: "flip" (a bit) and "shorten", with a position from 0
to 1 in the record's bytes; "replace", with the new record; "set", with fields; "not_a_number",
with the name of a field; "delete".
"""

OPEN_OLD_SCHEMA = """async (database) => {
  const opening = indexedDB.open(database, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("models");
  await new Promise((done) => { opening.onsuccess = done; });
  window.openDatabase = opening.result;
}"""
"""Keeps the database open with schema version 1, like a tab with an older version of the page."""

DELETE_DATABASE = """(database) => new Promise((done) => {
  const deleting = indexedDB.deleteDatabase(database);
  deleting.onsuccess = () => done(true);
  deleting.onerror = deleting.onblocked = () => done(false);
})"""
"""Deletes a database. Returns false if this fails or an open connection blocks it."""
