// Usage: node service_worker_template.mjs TEMPLATES [SITE]. Prints the path of a service worker's script that has
// placeholders for its cache's name and its list of files.
// TEMPLATES is a folder in which this script caches templates, because Workbox needs three seconds for one. The name
// of a template is the digest of its inputs, and its modification time is the time of its last use.
// SITE is the folder of the app's site. The app's service worker also stores the full onnxruntime-web (the
// folder `release-...`) on first use, and receives pictures that other apps share with the page.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, utimesSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const [templates, site] = process.argv.slice(2);
// Returns a file's digest, in the form with which browsers verify a download.
const integrity = (file) => `sha256-${createHash("sha256").update(readFileSync(file)).digest("base64")}`;
// The system posts a shared picture to the app, as a form. A static server can't receive forms, so the service worker
// does: it stores the picture and redirects to the page.
const sharedPicture = {
  method: "POST",
  urlPattern: ({ url }) => url.href === new URL("share", self.registration.scope).href,
  handler: async ({ request }) => {
    const picture = (await request.formData()).get("picture");
    const cache = await caches.open("offline-digits-shared"); // read by py/digits/page/input/incoming.py
    if (picture) await cache.put("shared", new Response(picture));
    return Response.redirect("./?shared", 303);
  },
};
// The full onnxruntime-web, which only custom models need, is stored on first use. When the site has another version
// of it, py/digits/page/device/service_worker.py deletes the stored files.
function fullRuntimeRoutes(built) {
  const folder = readdirSync(built).find((name) => name.startsWith("release-"));
  const names = readdirSync(join(built, folder)).filter((name) => !/\.(br|gz)$/.test(name));
  return names.map((name) => ({
    urlPattern: new RegExp(`/built/${folder}/${name.replaceAll(".", "\\.")}$`),
    handler: "CacheFirst",
    options: {
      cacheName: "offline-digits-release",
      // Bypass the browser's HTTP cache: a damaged file there would be refused every time.
      fetchOptions: { integrity: integrity(join(built, folder, name)), cache: "reload" },
    },
  }));
}

const FILES = { url: "FILES", revision: null };
const options = {
  additionalManifestEntries: [FILES],
  cacheId: "CACHE",
  // When a stored file is looked up, all parameters of the URL's query are ignored except `sha256`, which
  // py/offline_onnx/browser/http.py adds to request a file from the network.
  ignoreURLParametersMatching: [/^(?!sha256$)/],
  // The service worker controls the page that installed it, without a reload. A new version waits until the user
  // accepts the update.
  clientsClaim: true,
  skipWaiting: false,
  runtimeCaching: site ? [sharedPicture, ...fullRuntimeRoutes(join(site, "built"))] : [],
  inlineWorkboxRuntime: true,
  sourcemap: false,
  mode: "production",
};
console.log(await template());

// Returns the path of Workbox's script for `options`; writes the script unless it is cached.
async function template() {
  const needsString = (value) => value instanceof RegExp || typeof value === "function";
  const digest = createHash("sha256");
  for (const file of [fileURLToPath(import.meta.url), require.resolve("workbox-build/package.json")]) {
    digest.update(readFileSync(file));
  }
  digest.update(JSON.stringify(options, (_, value) => (needsString(value) ? String(value) : value)));
  const cached = join(templates, `${digest.digest("hex")}.js`);
  if (!existsSync(cached)) {
    mkdirSync(templates, { recursive: true });
    const temporary = join(templates, `${process.pid}.js`);
    const { generateSW } = await import("workbox-build");
    await generateSW({ ...options, globDirectory: templates, globPatterns: [], swDest: temporary });
    renameSync(temporary, cached); // so that the folder never contains an incomplete file
  }
  const now = new Date();
  utimesSync(cached, now, now);
  return cached;
}
