import "./style/tokens.css";
import "./style/components.css";
import "./style/app.css";
import { ErrorResponse } from "oidc-client-ts";
import { render } from "preact";
import { App } from "./app";
import { Auth } from "./auth/auth";
import { loadConfig } from "./config";
import { locale, t } from "./language";
import { newBuild } from "./parts/banners";
import { go, listen } from "./router";

document.documentElement.lang = locale;
const root = document.getElementById("app")!;

async function start(): Promise<void> {
  const config = await loadConfig();
  const auth = new Auth(config);
  let signInError: string | undefined;
  try {
    const path = await auth.start();
    if (location.pathname === "/callback") go(path ?? "/", { replace: true });
  } catch (error) {
    // A person who was signed in before still is.
    signInError = signInFault(error);
    go("/", { replace: true });
  }
  void auth.endOpenSession();
  addEventListener("online", () => void auth.endOpenSession());
  listen();
  render(<App auth={auth} config={config} signInError={signInError} />, root);
}

/** Return why a sign-in failed; a person who cancels it gets `access_denied` (RFC 6749, 4.1.2.1). */
function signInFault(error: unknown): string {
  if (error instanceof ErrorResponse && error.error === "access_denied") return t.signInCancelled;
  return error instanceof Error ? error.message : String(error);
}

start().catch((error: unknown) => {
  root.textContent = t.couldNotStart(error instanceof Error ? error.message : String(error));
});

/** Install the service worker, look for a new build when the app is opened again, and say so. */
async function watchBuild(): Promise<void> {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const isFirst = serviceWorker.controller === null;
  const registration = await serviceWorker.register("/sw.js");
  serviceWorker.addEventListener("controllerchange", () => {
    newBuild.value = !isFirst || newBuild.value;
  });
  const update = () => {
    if (document.visibilityState === "visible") void registration.update().catch(() => undefined);
  };
  document.addEventListener("visibilitychange", update);
  setInterval(update, 3_600_000); // ms
}

// Without a service worker the app works online only.
if (import.meta.env.PROD) watchBuild().catch(() => undefined);
