// Runs before the page's modules have loaded, and works even if they never do. It chooses the language, paints
// what is drawn until Python takes over, and says why the page does not start. boot.js uses the object `early`.
globalThis.early = (() => {
  const LANGUAGE = "offline-digits-language"; // the key in localStorage
  const DRAWING = "offline-digits-ink"; // the key in sessionStorage: see draft.py
  const PEN_WIDTH = 0.028; // as a fraction of the sheet's side: see sheet.py

  const root = document.documentElement;
  const folder = new URL(".", document.baseURI).href;
  const element = (id) => document.getElementById(id);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const parsed = new Promise((resolve) => document.addEventListener("readystatechange", resolve, { once: true }));

  // Returns undefined if the action fails, for example because storage is blocked or its content is damaged.
  const attempt = (action) => {
    try {
      return action();
    } catch {
      return undefined;
    }
  };

  // The page contains its texts in both languages; style.css hides one language until it is removed here.
  const chosen = attempt(() => localStorage.getItem(LANGUAGE));
  const preferred = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
  const language = chosen === "en" || chosen === "zh" ? chosen : preferred;
  const other = language === "zh" ? "en" : "zh";
  if (language === "zh") {
    root.lang = "zh-Hans";
    document.title = document.querySelector("title").dataset.zh;
    document.querySelector("link[rel=manifest]").href = "built/app.zh.webmanifest";
  }
  parsed.then(() => {
    for (const node of all(`.${other}`)) node.remove();
    for (const node of all(`.${language}`)) node.replaceWith(...node.childNodes);
    if (language === "zh") for (const node of all("[data-zh]")) node.ariaLabel = node.dataset.zh;
    element("language").lang = language === "zh" ? "en" : "zh-Hans";
    element("language").addEventListener("click", switchLanguage);
    continueAfterSwitch(history.state ?? {});
  });

  // The drawing survives the reload: see draft.py.
  function switchLanguage() {
    try {
      localStorage.setItem(LANGUAGE, other);
    } catch {
      return show("language_not_stored");
    }
    const open = all("details[open]").map(({ id }) => id);
    const focus = element("language").matches(":focus-visible");
    history.replaceState({ open, focus }, ""); // survives the reload
    location.reload();
  }

  // After the reload, the same panels are open and the keyboard's focus is where it was.
  function continueAfterSwitch({ open = [], focus = false }) {
    for (const id of open) element(id).open = true;
    if (focus) element("language").focus({ preventScroll: true });
    history.replaceState(null, "");
  }

  // Prevents what the browser would do with a stroke: show a menu (right button, long touch), drag selected text
  // (Firefox), or scroll, zoom and show a magnifier (touch).
  parsed.then(() => {
    for (const kind of ["contextmenu", "dragstart", "touchstart"]) {
      element("sheet").addEventListener(kind, (event) => event.preventDefault());
    }
  });

  // Records the events of all pointers that are down on the sheet, for Sheet.replay in sheet.py. Paints the strokes
  // until Python does.
  const events = [];
  const stored = attempt(() => JSON.parse(sessionStorage.getItem(DRAWING)));
  const gestures = Array.isArray(stored) ? stored : []; // as Ink.to_json writes them
  const down = new Set(); // the pointers that are down on the sheet
  const listening = new AbortController();
  let strokeBegin; // the event with which the current stroke began
  for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel", "lostpointercapture"]) {
    addEventListener(kind, record, { signal: listening.signal, capture: true });
  }
  addEventListener("pagehide", storeDrawing, { signal: listening.signal });
  parsed.then(() => gestures.length && requestAnimationFrame(() => attempt(paint)));

  // Undo and Clear change what is painted. Sheet.replay changes the ink in the same way.
  const cleared = [];
  const edits = {
    undo: () => (gestures.length ? gestures.pop() : gestures.push(...cleared.pop())),
    clear: () => cleared.push(gestures.splice(0)),
  };
  parsed.then(() => {
    for (const edit in edits) element(edit).addEventListener("click", () => change(edit), { signal: listening.signal });
  });

  function change(edit) {
    strokeBegin = undefined;
    edits[edit]();
    events.push({ edit });
    attempt(paint);
  }

  function record(event) {
    const { type, pointerId, clientX, clientY } = event;
    const sheet = element("sheet");
    if (type === "pointerdown" && event.target === sheet) begin(event);
    if (!down.has(pointerId)) return;
    const box = sheet.getBoundingClientRect();
    event.getCoalescedEvents?.(); // for Sheet.replay: Firefox forgets the merged positions after the event
    events.push({ event, box });
    const isUp = type === "pointerup" || type === "pointercancel";
    if (isUp) down.delete(pointerId);
    if (pointerId !== strokeBegin?.pointerId) return;
    if (type === "pointercancel" && strokeBegin.pointerType === "touch") gestures.pop();
    if (isUp) strokeBegin = undefined;
    else gestures.at(-1)[0].push([(clientX - box.left) / box.width, (clientY - box.top) / box.height]);
    attempt(paint);
  }

  // A pen takes the place of a touch: the palm often rests on the sheet first.
  function begin(event) {
    down.add(event.pointerId);
    getSelection().removeAllRanges(); // Firefox would drag selected text
    attempt(() => event.target.setPointerCapture(event.pointerId)); // a stroke may leave the sheet
    const replaces = strokeBegin?.pointerType === "touch" && event.pointerType === "pen";
    if (event.button || (strokeBegin && !replaces)) return;
    if (replaces) gestures.pop();
    strokeBegin = event;
    gestures.push([[]]);
  }

  function paint() {
    const sheet = element("sheet");
    if (listening.signal.aborted) return;
    const side = (sheet.width = sheet.height = Math.round(sheet.clientWidth * devicePixelRatio));
    const context = sheet.getContext("2d");
    const strokeStyle = getComputedStyle(sheet).color;
    Object.assign(context, { lineWidth: side * PEN_WIDTH, lineCap: "round", lineJoin: "round", strokeStyle });
    for (const points of gestures.flat()) {
      context.moveTo(points[0][0] * side - 0.01, points[0][1] * side); // a line of length 0 is not drawn
      for (const [x, y] of points) context.lineTo(x * side, y * side);
    }
    context.stroke();
    element("hint").hidden = gestures.length > 0;
    element("clear").disabled = !gestures.length;
    element("undo").disabled = !gestures.length && !cleared.length;
  }

  // If the page is loaded again before Python takes over, it finds what was drawn.
  function storeDrawing() {
    if (!events.length) return;
    const isOnSheet = ([x, y]) => x >= 0 && x <= 1 && y >= 0 && y <= 1;
    const strokes = (gesture) => gesture.map((points) => points.filter(isOnSheet)).filter(({ length }) => length);
    attempt(() => sessionStorage.setItem(DRAWING, JSON.stringify(gestures.map(strokes))));
  }

  // Returns the recorded events: pointer events, each with the sheet's bounding box at that time, and the edits
  // "undo" and "clear". From now on, Python draws.
  function takeEvents() {
    listening.abort();
    return events;
  }

  // The start fails before boot.js runs if a module is missing, or has a wrong type or content. The browser then
  // reports an error without its cause.
  const isFile = location.protocol === "file:"; // browsers load no modules from files
  if (isFile) startFailed();
  addEventListener("error", reportError, true);
  addEventListener("load", () => {
    if (!getComputedStyle(root).getPropertyValue("--ink")) fail("failed_style"); // style.css is missing or refused
  });

  function reportError({ target, filename }) {
    const address = target === window ? filename : (target.src ?? target.href);
    const isLater = target.rel === "modulepreload" || all("script[defer]").some(({ src }) => src === address);
    // boot.js reports failures from `data-start` on, and those of the scripts that it needs later.
    if (root.dataset.start || isLater) return;
    // Other scripts, such as those of browser extensions, are not a part of the start.
    if (modules().includes(address)) startFailed(filename?.slice(folder.length));
  }

  // file: the damaged file. The browser does not name a file that is missing or refused.
  async function startFailed(file) {
    await parsed;
    element("start").hidden = true;
    const found = isFile ? ["failed_file_opened"] : await explain();
    fail(...(found ?? (file ? ["failed_file_damaged", { file }] : ["failed_file_unknown"])));
  }

  const modules = () => all("script[type=module], script[defer], link[rel=modulepreload]").map(({ src, href }) => src ?? href);

  // Requests the modules of the start and the files in `paths`. Returns what is wrong with the first faulty file, as the
  // key and the values of a text; undefined if all files arrive.
  async function explain(paths = []) {
    const addresses = [...modules(), ...paths.map((path) => folder + path)];
    return (await Promise.all(addresses.map(check))).find(Boolean);
  }

  async function check(address) {
    const file = address.slice(folder.length);
    try {
      const { ok, status, headers, body } = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(5000) });
      await body?.cancel();
      const type = headers.get("Content-Type") ?? "";
      if (!ok) return ["failed_file_status", { file, status }];
      if (type.startsWith("text/html")) return ["failed_file_page", { file }];
      if (/\.m?js$/.test(file) && !/javascript/.test(type)) return ["failed_file_type", { file, type }];
    } catch {
      return ["failed_file_unreachable", { file }];
    }
  }

  function fail(key, values) {
    show(key, values);
    element("failure").scrollIntoView({ block: "nearest" }); // on a phone it is at the bottom of the page
    element("retry").addEventListener("click", retry);
  }

  function show(key, values) {
    const text = element(key).textContent;
    element("failure-text").textContent = text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    element("failure").hidden = false;
  }

  async function retry() {
    await removeStored();
    await Promise.allSettled(modules().map((address) => fetch(address, { cache: "reload" })));
    location.reload();
  }

  // Removes the page's stored copy, which may be damaged, if the server can send the page again.
  async function removeStored() {
    try {
      const worker = await navigator.serviceWorker.getRegistration();
      // Because of the query, the service worker lets the network answer this request.
      if (worker?.scope !== folder || (await check(`${folder}built/boot.js?sha256`))) return;
      for (const name of await caches.keys()) if (name.endsWith(folder)) await caches.delete(name);
      await worker.unregister();
    } catch {} // the browser has no service workers, or blocks them
  }

  return { language, takeEvents, explain, removeStored };
})();
