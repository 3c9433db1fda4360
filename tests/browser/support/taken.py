"""What a browser is without: scripts that run in a page before its own first line.

Some browsers lack it, some refuse it in a private window, some have it switched off.
"""

NO_INDEXEDDB = "Object.defineProperty(window, 'indexedDB', {value: undefined})"
INDEXEDDB_THROWS = """IDBFactory.prototype.open = () => {
  throw new DOMException("The operation is insecure.", "SecurityError");
}"""
INDEXEDDB_REFUSES = """IDBFactory.prototype.open = () => {
  const request = Object.assign(new EventTarget(), {readyState: "pending"});
  const error = new DOMException("A mutation operation was attempted ...", "InvalidStateError");
  setTimeout(() => {
    Object.assign(request, {readyState: "done", error});
    request.dispatchEvent(new Event("error"));
  });
  return request;
}"""
INDEXEDDB_NEVER_ANSWERS = """IDBFactory.prototype.open = () =>
  Object.assign(new EventTarget(), {readyState: "pending"})"""

# As a private window of WebKit does; there it is an UnknownError.
BLOBS_REFUSED = """const { put } = IDBObjectStore.prototype;
IDBObjectStore.prototype.put = function (value, key) {
  if (value instanceof Blob) setTimeout(() => this.transaction.abort());
  return put.call(this, value instanceof Blob ? "refused" : value, key);
}"""
BLOBS_THROW = """const { put } = IDBObjectStore.prototype;
IDBObjectStore.prototype.put = function (value, key) {
  if (value instanceof Blob) throw new DOMException("no Blobs", "DataCloneError");
  return put.call(this, value, key);
}"""

NO_SERVICE_WORKER = "delete Navigator.prototype.serviceWorker"
NO_LOCKS = "delete Navigator.prototype.locks"
NO_ESTIMATE = "delete Navigator.prototype.storage"
NO_CACHES = "Object.defineProperty(window, 'caches', {value: undefined})"
CACHES_THROW = """Object.defineProperty(window, 'caches', {
  get() { throw new DOMException("The operation is insecure.", "SecurityError"); },
})"""
NO_WEBASSEMBLY = "delete globalThis.WebAssembly"

WEB_STORAGE_THROWS = """for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, {
    get() { throw new DOMException("The operation is insecure.", "SecurityError"); },
  });
}"""
NO_WEB_STORAGE = """for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, {value: null});
}"""

PLENTY = "StorageManager.prototype.estimate = async () => ({usage: 0, quota: 1e12})"

APART = """{
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (name, ...given) {
    return open.call(this, `${name}, apart`, ...given);
  };
}"""
"""Databases of its own, so that a browser that has been here before has none of the page's."""
FORGET_APART = """async () => {
  for (const { name } of await indexedDB.databases()) {
    if (name.endsWith(", apart")) indexedDB.deleteDatabase(name);
  }
}"""


def clock(year):
    """A clock that is wrong by whole years; it goes on as the true one does."""
    return f"""{{
  const {{ now }} = Date;
  const wrong = new Date(now()).setFullYear({year}) - now();
  Date.now = () => now() + wrong;
}}"""
