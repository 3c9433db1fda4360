"""Scripts that change the browser, mostly before the page's own scripts run. Most remove a feature.

Some browsers lack these features, some block them in private windows, and users can disable them.
"""

NO_INDEXEDDB = "Object.defineProperty(window, 'indexedDB', {value: undefined})"
INDEXEDDB_THROWS = """IDBFactory.prototype.open = () => {
  throw new DOMException("The operation is insecure.", "SecurityError");
}"""
INDEXEDDB_FAILS = """IDBFactory.prototype.open = () => {
  const request = Object.assign(new EventTarget(), {readyState: "pending"});
  const error = new DOMException("A mutation operation was attempted ...", "InvalidStateError");
  setTimeout(() => {
    Object.assign(request, {readyState: "done", error});
    request.dispatchEvent(new Event("error"));
  });
  return request;
}"""
# keepTimeLimits, see `time_limits`: the page's own time limit for IndexedDB, 5 seconds, applies.
INDEXEDDB_HANGS = """window.keepTimeLimits = true;
IDBFactory.prototype.open = () => Object.assign(new EventTarget(), {readyState: "pending"})"""

BLOBS_ABORT = """const { put } = IDBObjectStore.prototype;
IDBObjectStore.prototype.put = function (value, key) {
  if (value instanceof Blob) setTimeout(() => this.transaction.abort());
  return put.call(this, value instanceof Blob ? "refused" : value, key);
}"""
"""Abort transactions that store a Blob, as WebKit's private windows do with an UnknownError."""
BLOBS_THROW = """const { put } = IDBObjectStore.prototype;
IDBObjectStore.prototype.put = function (value, key) {
  if (value instanceof Blob) throw new DOMException("no Blobs", "DataCloneError");
  return put.call(this, value, key);
}"""

NO_SERVICE_WORKER = "delete Navigator.prototype.serviceWorker"
NO_LOCKS = "delete Navigator.prototype.locks"
NO_STORAGE_MANAGER = "delete Navigator.prototype.storage"
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

LARGE_QUOTA_ESTIMATE = "StorageManager.prototype.estimate = async () => ({usage: 0, quota: 1e12})"
"""Have the browser report that a terabyte of storage is free."""

SEPARATE_DATABASES = """{
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (name, ...options) {
    return open.call(this, `${name}, separate`, ...options);
  };
}"""
"""Rename the databases that the page opens, so that the page starts with empty ones.

The databases of the other tests in the same browser context keep their content.
"""
DELETE_SEPARATE_DATABASES = """async () => {
  for (const { name } of await indexedDB.databases()) {
    if (name.endsWith(", separate")) indexedDB.deleteDatabase(name);
  }
}"""
"""Call it in a page to delete the databases that SEPARATE_DATABASES has created."""


def set_year(year):
    """Return a script that moves the clock of the page to the given year."""
    return f"""{{
  const {{ now }} = Date;
  const offset = new Date(now()).setFullYear({year}) - now();
  Date.now = () => now() + offset;
}}"""
