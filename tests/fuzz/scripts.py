"""What the fuzz runs in the page: both ways to a model at once, and what must be as it was."""

# Gives a model to the page's own panel, as files that a user picks, and has the library load it over
# HTTP. Tells what came of each, after how many milliseconds, and the longest freeze meanwhile.
GIVE = """async ([folder, limit, waiting]) => {
  const get = async (name) => new File([await (await fetch(folder + name)).blob()], name);
  const given = new DataTransfer();
  for (const name of ["model.onnx", "model.json"]) given.items.add(await get(name));
  const begun = performance.now();
  let last = begun, freeze = 0;
  const beat = setInterval(() => {
    const now = performance.now();
    freeze = Math.max(freeze, now - last);
    last = now;
  }, 20);
  const late = new Promise((done) => setTimeout(done, limit, ["late", ""]));
  const timed = async (way) => {
    const [outcome, told] = await Promise.race([way, late]);
    return {outcome, told, after: performance.now() - begun};
  };
  const news = document.getElementById("model-news");
  const page = new Promise((done) => {
    news.textContent = "";
    const chooser = document.getElementById("model-chooser");
    chooser.files = given.files;
    chooser.dispatchEvent(new Event("change"));
    const look = () => {
      if (["", waiting].includes(news.textContent)) return setTimeout(look, 10);
      done(["told", news.textContent]);
    };
    look();
  });
  const library = pyodide.globals.get("load")(folder + "model.json").then(JSON.parse);
  const told = await Promise.all([timed(page), timed(library)]);
  clearInterval(beat);
  return {page: told[0], library: told[1], freeze};
}"""

# The SHA-256 of the bytes that are stored of the page's own model, "" if there are none.
STORED = """async () => {
  const ask = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const database = await ask(indexedDB.open("offline-digits"));
  const transaction = database.transaction(["heads", "files"]);
  const head = await ask(transaction.objectStore("heads").get("digits"));
  const file = head && (await ask(transaction.objectStore("files").get(["digits", head.current])));
  database.close();
  if (!file) return "";
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}"""

# What markup would have left in the document, had it not stayed text.
INTACT = """() => document.title === "Offline Digits" && !document.querySelector("main img, main script")"""
