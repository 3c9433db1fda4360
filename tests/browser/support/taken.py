"""Scripts that take a feature from a page before its own first line runs.

Some browsers lack these features, some refuse them in a private window, and users can disable them.
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
INDEXEDDB_NEVER_ANSWERS = """window.ownTimeLimits = true;
IDBFactory.prototype.open = () => Object.assign(new EventTarget(), {readyState: "pending"})"""

# A private window of WebKit does the same, with an UnknownError.
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
NO_DIGESTS = "Object.defineProperty(Crypto.prototype, 'subtle', {value: undefined})"
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
"""Give the page other databases, so that a browser that has visited it before has none of them."""
FORGET_APART = """async () => {
  for (const { name } of await indexedDB.databases()) {
    if (name.endsWith(", apart")) indexedDB.deleteDatabase(name);
  }
}"""


def clock(year):
    """Return a script that sets the page's clock to another year."""
    return f"""{{
  const {{ now }} = Date;
  const wrong = new Date(now()).setFullYear({year}) - now();
  Date.now = () => now() + wrong;
}}"""
