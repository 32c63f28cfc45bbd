// The page around a library: what it shows, and what a test does with it. `client` is auth0_spa_js.js or oidc_client_ts.js.
const show = (profile) => {
  for (const name of ["name", "email", "nickname"]) document.getElementById(name).textContent = profile[name];
  document.getElementById("picture").src = profile.picture;
};
const fail = (error) => (document.getElementById("error").textContent = error.error ?? String(error));

/** Return what a call of the library came to: "ok", or the error it reports. */
const outcome = (promise) => promise.then(() => "ok", (error) => error.error ?? String(error));

/** Return the status of a call of the API. */
const call = async (method, path, body) => {
  const headers = { authorization: `Bearer ${await client.accessToken()}` };
  if (body) headers["content-type"] = "application/json";
  const answer = await fetch(settings.api + path, { method, headers, body: body && JSON.stringify(body) });
  return answer.status;
};

document.getElementById("in").onclick = () => client.signIn().catch(fail);
document.getElementById("out").onclick = () => client.signOut().catch(fail);

if (location.pathname === "/callback") {
  client
    .handleCallback()
    .then((profile) => {
      if (!profile) return; // the callback of a frame or a popup, which tells the page that opened it
      history.replaceState(null, "", "/");
      show(profile);
    })
    .catch(fail);
}
