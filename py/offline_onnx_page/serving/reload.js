// Reloads the page when one of its files has changed, or shows why the site could not be built again. `offline-onnx
// serve` adds this script; `offline-onnx bundle` does not.
const DATABASE = "offline-onnx"; // see py/offline_onnx/browser/model_store.py
const changes = new EventSource("built/changes?loaded=VERSION"); // the build replaces VERSION

// Before the page reloads, remove the service worker, which would answer with the old files, and all stored models if
// one has changed, because the library would run the old one once more.
changes.onmessage = async ({ data }) => {
  const change = JSON.parse(data);
  if (change.failure) return show(change.failure);
  changes.close();
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.unregister();
  if (change.hasNewModel) await removeModels();
  location.reload();
};

let note;
function show(failure) {
  if (!note) {
    note = document.body.appendChild(document.createElement("p"));
    note.role = "alert";
    note.id = "offline-onnx-failure";
    Object.assign(note.style, { position: "fixed", inset: "auto 0 0 0", margin: 0, padding: "12px", zIndex: 2147483647 });
    Object.assign(note.style, { background: "#b00020", color: "#fff", font: "15px/1.4 sans-serif" });
  }
  note.textContent = failure;
}

async function removeModels() {
  const request = indexedDB.deleteDatabase(DATABASE);
  await new Promise((resolve) => (request.onsuccess = request.onerror = request.onblocked = resolve));
  const notes = Object.keys(localStorage).filter((key) => key.startsWith(`${DATABASE}:`));
  for (const key of notes) localStorage.removeItem(key);
}
