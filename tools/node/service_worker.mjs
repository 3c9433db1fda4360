// Writes SITE/service-worker.js, which stores the files of the site. Not stored are the paths NOT_STORED, compressed
// copies, and the full onnxruntime-web, which is stored on first use:
// node service_worker.mjs SITE CACHE [NOT_STORED...]
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { generateSW } from "workbox-build";

const [site, cacheId, ...notStored] = process.argv.slice(2);
// Returns a file's digest, in the form with which browsers verify a download.
const integrity = (file) => `sha256-${createHash("sha256").update(readFileSync(join(site, file))).digest("base64")}`;
// The system sends a picture that is shared with the app as a form. A static server can't receive forms,
// so the service worker does: it stores the picture and redirects to the page.
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
// The untrimmed onnxruntime-web, which only custom models need, is stored on first use. When the site has
// another version of it, py/digits/page/device/service_worker.py deletes the stored files.
const builtFolder = join(site, "built");
const built = existsSync(builtFolder) ? readdirSync(builtFolder) : [];
const releaseFolder = built.find((name) => name.startsWith("release-"));
const releaseRoute = (name) => ({
  urlPattern: new RegExp(`/built/${releaseFolder}/${name.replaceAll(".", "\\.")}$`),
  handler: "CacheFirst",
  options: {
    cacheName: "offline-digits-release",
    // Bypass the browser's HTTP cache: a damaged file there would be refused every time.
    fetchOptions: { integrity: integrity(join("built", releaseFolder, name)), cache: "reload" },
  },
});
const releaseFiles = releaseFolder
  ? readdirSync(join(builtFolder, releaseFolder)).filter((name) => !/\.(br|gz)$/.test(name))
  : [];
const isApp = built.some((name) => name.endsWith(".webmanifest"));

const { count, warnings } = await generateSW({
  globDirectory: site,
  globPatterns: ["**/*"],
  swDest: join(site, "service-worker.js"),
  cacheId,
  // Pages don't request compressed files by name. Hosts read the file _headers and don't serve it.
  globIgnores: [...notStored, "built/release-*/**", "_headers", "**/*.br", "**/*.gz"],
  // In a folder with a digest in its name, files never change: the browser's HTTP cache may be used.
  dontCacheBustURLsMatching: /built\/[a-z]+-[0-9a-f]{12}\//,
  // If a downloaded file differs from the built one, the browser refuses it and the whole new version. The files
  // that hosts may alter come first: then a refusal costs no download of the large ones.
  manifestTransforms: [
    (entries) => ({
      manifest: entries
        .map((entry) => ({ ...entry, integrity: integrity(entry.url) }))
        .sort((a, b) => (a.revision === null) - (b.revision === null)),
    }),
  ],
  // When a stored file is looked up, all parameters of the URL's query are ignored except `sha256`, which
  // py/offline_onnx/browser/http.py adds to request a file from the network.
  ignoreURLParametersMatching: [/^(?!sha256$)/],
  maximumFileSizeToCacheInBytes: 64 * 1024 * 1024,
  // The page that installs the service worker is offline-ready at once. A new version waits until the
  // user accepts the update.
  clientsClaim: true,
  skipWaiting: false,
  runtimeCaching: isApp ? [sharedPicture, ...releaseFiles.map(releaseRoute)] : [],
  inlineWorkboxRuntime: true,
  sourcemap: false,
  mode: "production",
});
if (warnings.length || !count) throw new Error(`error: ${warnings.join("; ") || "the site has no files"}`);
