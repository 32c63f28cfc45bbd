import "@picocss/pico/css/pico.min.css";
import "./app.css";
import { render } from "preact";
import { App } from "./app";
import { Auth } from "./auth/auth";
import { loadConfig } from "./config";
import { go } from "./router";

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
    signInError = error instanceof Error ? error.message : String(error);
    go("/", { replace: true });
  }
  render(<App auth={auth} config={config} signInError={signInError} />, root);
}

start().catch((error: unknown) => {
  root.textContent = `Timesheets could not start: ${error instanceof Error ? error.message : error}`;
});

if (import.meta.env.PROD) void navigator.serviceWorker?.register("/sw.js");
