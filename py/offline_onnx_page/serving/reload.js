// Reloads the page when one of its files has changed. `offline-onnx serve` adds this script; a bundled site lacks it.
const DATABASE = "offline-onnx"; // see py/offline_onnx/browser/model_store.py
const changes = new EventSource("built/changes?loaded=VERSION"); // the build replaces VERSION

// Before it reloads, it removes the service worker, which would answer with the old files, and a changed model, which
// the library would run once more.
changes.onmessage = async ({ data }) => {
  changes.close();
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.unregister();
  if (JSON.parse(data).hasNewModel) await removeModels();
  location.reload();
};

async function removeModels() {
  const request = indexedDB.deleteDatabase(DATABASE);
  await new Promise((resolve) => (request.onsuccess = request.onerror = request.onblocked = resolve));
  const notes = Object.keys(localStorage).filter((key) => key.startsWith(`${DATABASE}:`));
  for (const key of notes) localStorage.removeItem(key);
}
