// Writes SITE/service-worker.js, which stores every file of the site but those named:
// node service_worker.mjs SITE CACHE [NOT_STORED...]
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { generateSW } from "workbox-build";

const [site, cacheId, ...notStored] = process.argv.slice(2);
// The digest that browsers verify a file by.
const integrity = (file) => `sha256-${createHash("sha256").update(readFileSync(join(site, file))).digest("base64")}`;
// A picture that is shared with the app comes as a form; the service worker answers, as no server does.
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
// onnxruntime-web for any model, which only a user's custom model needs: stored on first use, until
// py/digits/page/device/service_worker.py finds that it belongs to another version.
const folder = join(site, "built");
const built = existsSync(folder) ? readdirSync(folder) : [];
const released = built.find((name) => name.startsWith("release-"));
const release = (name) => ({
  urlPattern: new RegExp(`/built/${released}/${name.replaceAll(".", "\\.")}$`),
  handler: "CacheFirst",
  options: {
    cacheName: "offline-digits-release",
    // From the host itself: a damaged file in the browser's cache would be refused every time.
    fetchOptions: { integrity: integrity(join("built", released, name)), cache: "reload" },
  },
});
const onDemand = released ? readdirSync(join(folder, released)).filter((name) => !/\.(br|gz)$/.test(name)) : [];
const isApp = built.some((name) => name.endsWith(".webmanifest"));

const { count, warnings } = await generateSW({
  globDirectory: site,
  globPatterns: ["**/*"],
  swDest: join(site, "service-worker.js"),
  cacheId,
  // Pages ask for files, not for compressed ones; hosts read _headers and do not serve it.
  globIgnores: [...notStored, "built/release-*/**", "_headers", "**/*.br", "**/*.gz"],
  // Folders with a hash in their name never change: the browser's own cache may serve them.
  dontCacheBustURLsMatching: /built\/[a-z]+-[0-9a-f]{12}\//,
  // A file that differs from the built one is refused, and with it the whole version.
  manifestTransforms: [
    (entries) => ({ manifest: entries.map((entry) => ({ ...entry, integrity: integrity(entry.url) })) }),
  ],
  // With a query it is the same page, except with `sha256`, by which py/offline_onnx/browser/http.py
  // asks for a file past the service worker. Pages below this one are other pages.
  ignoreURLParametersMatching: [/^(?!sha256$)/],
  maximumFileSizeToCacheInBytes: 64 * 1024 * 1024,
  // The page that installs it is offline-ready at once; a new version waits until the user wants it.
  clientsClaim: true,
  skipWaiting: false,
  runtimeCaching: isApp ? [shared, ...onDemand.map(release)] : [],
  inlineWorkboxRuntime: true,
  sourcemap: false,
  mode: "production",
});
if (warnings.length || !count) throw new Error(`error: ${warnings.join("; ") || "an empty site"}`);
