// Writes SITE/service-worker.js, which stores the files of the site. Not stored are the paths NOT_STORED, compressed
// copies, and the full onnxruntime-web, which is stored on first use:
// node service_worker.mjs SITE CACHE TEMPLATES [NOT_STORED...]
// TEMPLATES is a folder of earlier results without the list of files and the name of the cache: Workbox needs three
// seconds for one. Each is named by the digest of what it depends on, and its modification time is the time of its
// last use.
import { createHash } from "node:crypto";
import {
  existsSync, mkdirSync, readFileSync, readdirSync, renameSync, utimesSync, writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
// All of workbox-build, which only a new template needs, takes a second to import.
const { getManifest } = require("workbox-build/build/get-manifest.js");

const [site, cacheId, templates, ...notStored] = process.argv.slice(2);
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

const { count, warnings, manifestEntries } = await getManifest({
  globDirectory: site,
  globPatterns: ["**/*"],
  // Pages don't request compressed files by name. Hosts read the file _headers and don't serve it.
  globIgnores: [...notStored, "built/release-*/**", "_headers", "**/*.br", "**/*.gz"],
  // In a folder with a digest in its name, files never change: the browser's HTTP cache may be used.
  dontCacheBustURLsMatching: /built\/[a-z]+-[0-9a-f]{12}\//,
  maximumFileSizeToCacheInBytes: 64 * 1024 * 1024,
});
if (warnings.length || !count) throw new Error(`error: ${warnings.join("; ") || "the site has no files"}`);
// If a downloaded file differs from the built one, the browser refuses it and the whole new version. The files
// that hosts may alter come first: then a refusal costs no download of the large ones.
const files = manifestEntries
  .sort((a, b) => (a.revision === null) - (b.revision === null))
  .map(({ url, revision }) => {
    const [address, version, digest] = [url, revision, integrity(url)].map((value) => JSON.stringify(value));
    return `{url:${address},revision:${version},integrity:${digest}}`;
  });

const FILES = { url: "FILES", revision: null };
const options = {
  additionalManifestEntries: [FILES],
  cacheId: "CACHE",
  // When a stored file is looked up, all parameters of the URL's query are ignored except `sha256`, which
  // py/offline_onnx/browser/http.py adds to request a file from the network.
  ignoreURLParametersMatching: [/^(?!sha256$)/],
  // The page that installs the service worker is offline-ready at once. A new version waits until the
  // user accepts the update.
  clientsClaim: true,
  skipWaiting: false,
  runtimeCaching: isApp ? [sharedPicture, ...releaseFiles.map(releaseRoute)] : [],
  inlineWorkboxRuntime: true,
  sourcemap: false,
  mode: "production",
};
const replacements = { '[{url:"FILES",revision:null}]': `[${files.join(",")}]`, '"CACHE"': JSON.stringify(cacheId) };
let worker = await template();
for (const [placeholder, text] of Object.entries(replacements)) {
  if (worker.split(placeholder).length !== 2) throw new Error(`error: Workbox's script has no single ${placeholder}`);
  worker = worker.replace(placeholder, () => text);
}
writeFileSync(join(site, "service-worker.js"), worker);

// Returns Workbox's script for `options`, from TEMPLATES if it is there.
async function template() {
  const isText = (value) => value instanceof RegExp || typeof value === "function";
  const digest = createHash("sha256");
  for (const file of [fileURLToPath(import.meta.url), require.resolve("workbox-build/package.json")]) {
    digest.update(readFileSync(file));
  }
  digest.update(JSON.stringify(options, (_, value) => (isText(value) ? String(value) : value)));
  const cached = join(templates, `${digest.digest("hex")}.js`);
  if (!existsSync(cached)) {
    mkdirSync(templates, { recursive: true });
    const temporary = join(templates, `${process.pid}.js`);
    const { generateSW } = await import("workbox-build");
    await generateSW({ ...options, globDirectory: site, globPatterns: [], swDest: temporary });
    renameSync(temporary, cached); // so that the folder never contains an incomplete file
  }
  const now = new Date();
  utimesSync(cached, now, now);
  return readFileSync(cached, "utf-8");
}
