// Finds out why a page could not be stored for offline use: the service worker can't say it. Its script lists all files
// with their digests, and stores them in this order. So the first file in the list that is not stored is the one that
// failed. The app does the same in Python: py/offline_onnx/browser/precache.py.
const SCRIPT = "service-worker.js";
const ENTRY = /\{url:("(?:[^"\\]|\\.)*"),revision:(?:null|"\w+"),integrity:"([^"]+)"\}/g;

// Returns what is wrong with the file that the service worker could not store, and what to do; "" if there is another
// reason, such as a full storage. folder: the address of the page's folder.
export async function whyRefused(folder) {
  try {
    const script = await (await fetch(folder + SCRIPT, { cache: "no-store" })).text();
    const stored = await storedAddresses();
    for (const [, path, integrity] of script.matchAll(ENTRY)) {
      const address = new URL(JSON.parse(path), folder).href;
      if (!stored.has(address)) return await reason(decodeURI(JSON.parse(path)), address, integrity);
    }
  } catch (error) {
    console.warn("The reason can't be found.", error);
  }
  return "";
}

async function storedAddresses() {
  const stored = new Set();
  for (const name of await caches.keys()) {
    for (const { url } of await (await caches.open(name)).keys()) stored.add(url.split("?")[0]);
  }
  return stored;
}

// Requests a file as the service worker does, then without its digest.
async function reason(path, address, integrity) {
  const request = (options) => fetch(address, { cache: "reload", ...options }).catch(() => undefined);
  if ((await request({ integrity }))?.ok) return "";
  const status = (await request())?.status;
  if (!status) return `${path} did not arrive. Check the network, then reload.`;
  if (status >= 400) return `${path} can't be loaded: the server answered with status ${status}. Upload the site again.`;
  return (
    `${path} is not the file that was bundled: it was changed later, or the host changes it. Bundle the site again, ` +
    "or switch off the host's option that changes files."
  );
}
