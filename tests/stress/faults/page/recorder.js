// Notes the SHA-256 of everything that any session of this page is made from, before it is made.
globalThis.given = [];

globalThis.watchSessions = (sessions) => {
  const create = sessions.create;
  sessions.create = async (content, ...rest) => {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
    const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    given.push(sha256);
    return Object.assign(await create.call(sessions, content, ...rest), { digest: sha256 });
  };
};
