// Installs the Python packages that page.toml names.
import { folders, lock, packages } from "./site.js";

// Call this after Python's start. address: returns the absolute address of a path in the site.
export async function installPackages(pyodide, address) {
  const problems = [];
  if (packages.load.length) {
    // Pyodide reports a package that it could not load, and throws no error.
    await pyodide.loadPackage(packages.load, { messageCallback: () => {}, errorCallback: (text) => problems.push(text) });
  }
  if (packages.archive) {
    const response = await fetch(address(folders.packages + packages.archive));
    if (!response.ok) throw new Error(`${response.url}: status ${response.status}`);
    const extractDir = pyodide.pyimport("sysconfig").get_path("purelib");
    pyodide.unpackArchive(await response.arrayBuffer(), "zip", { extractDir });
  }
  if (problems.length) throw new Error((await missingFile(address)) || problems.join(" "));
}

// Returns which of the files that Pyodide loads is not on the server, with the status of the response, or "".
async function missingFile(address) {
  const entries = JSON.parse(lock).packages;
  for (const name of packages.load) {
    const { ok, url, status } = await fetch(address(folders.packages + entries[name].file_name));
    if (!ok) return `${url}: status ${status}`;
  }
  return "";
}
