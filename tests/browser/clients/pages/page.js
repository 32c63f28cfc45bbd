// The page of a client: it shows the profile. `client` comes from auth0_spa_js.js or oidc_client_ts.js.
const show = (profile) => {
  for (const name of ["name", "email", "nickname"]) document.getElementById(name).textContent = profile[name];
  document.getElementById("picture").src = profile.picture;
};
const fail = (error) => (document.getElementById("error").textContent = error.error ?? String(error));

/** Return "ok", or the error code of a rejected promise. */
const outcome = (promise) => promise.then(() => "ok", (error) => error.error ?? String(error));

/** Call the API and return the status. */
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
      if (!profile) return; // in a frame or a popup, the page that opened it gets the result
      history.replaceState(null, "", "/");
      show(profile);
    })
    .catch(fail);
}
