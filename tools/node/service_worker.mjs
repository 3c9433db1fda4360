// Writes SITE/service-worker.js, which keeps every file of the site but those left out:
// node service_worker.mjs SITE CACHE [LEFT...]
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { generateSW } from "workbox-build";

const [site, cacheId, ...left] = process.argv.slice(2);
// What a browser compares a file with before it lets anybody have it.
const integrity = (file) => `sha256-${createHash("sha256").update(readFileSync(join(site, file))).digest("base64")}`;
// An app that is shared with gets a picture in a form, which no server is there to take.
const shared = {
  method: "POST",
  urlPattern: ({ url }) => url.href === new URL("share", self.registration.scope).href,
  handler: async ({ request }) => {
    const picture = (await request.formData()).get("picture");
    const cache = await caches.open("offline-digits-shared"); // py/digits/page/input/incoming.py takes it
    if (picture) await cache.put("shared", new Response(picture));
    return Response.redirect("./?shared", 303);
  },
};
// onnxruntime-web for any model, which only a model of the user's own needs: kept once it was wanted,
// until py/digits/page/device/service_worker.py finds it to be another version's.
const builtFolder = join(site, "built"); // a page of the benchmark has none
const built = existsSync(builtFolder) ? readdirSync(builtFolder) : [];
const folder = built.find((name) => name.startsWith("release-"));
const release = (name) => ({
  urlPattern: new RegExp(`/built/${folder}/${name.replaceAll(".", "\\.")}$`),
  handler: "CacheFirst",
  options: {
    cacheName: "offline-digits-release",
    // From the host itself: a damaged file in the browser's cache would be refused again and again.
    fetchOptions: { integrity: integrity(join("built", folder, name)), cache: "reload" },
  },
});
const onDemand = folder ? readdirSync(join(site, "built", folder)).filter((name) => !/\.(br|gz)$/.test(name)) : [];
const isApp = built.some((name) => name.endsWith(".webmanifest"));

const { count, warnings } = await generateSW({
  globDirectory: site,
  globPatterns: ["**/*"],
  swDest: join(site, "service-worker.js"),
  cacheId,
  // The browser asks for a file, not for an encoding of it; a host does not serve what tells it headers.
  globIgnores: [...left, "built/release-*/**", "_headers", "**/*.br", "**/*.gz"],
  // Folders with a hash in their name never change: let the browser's own cache serve them.
  dontCacheBustURLsMatching: /built\/[a-z]+-[0-9a-f]{12}\//,
  // A file that is not what was built is not kept, nor is any other then.
  manifestTransforms: [
    (entries) => ({ manifest: entries.map((entry) => ({ ...entry, integrity: integrity(entry.url) })) }),
  ],
  // A link to the page may carry a query; it is the same page. Other pages below it are not. A digest
  // asks for the file past what is kept: py/offline_onnx/browser/http.py.
  ignoreURLParametersMatching: [/^(?!sha256$)/],
  maximumFileSizeToCacheInBytes: 64 * 1024 * 1024,
  // The page that installs it is offline-ready at once; a new version waits until it is asked for.
  clientsClaim: true,
  skipWaiting: false,
  runtimeCaching: isApp ? [shared, ...onDemand.map(release)] : [],
  inlineWorkboxRuntime: true,
  sourcemap: false,
  mode: "production",
});
if (warnings.length || !count) throw new Error(`error: ${warnings.join("; ") || "an empty site"}`);
