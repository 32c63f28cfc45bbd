import "@picocss/pico/css/pico.min.css";
import "./app.css";
import { render } from "preact";
import { App } from "./app";
import { Auth } from "./auth";
import { load } from "./config";
import { go } from "./router";

const root = document.getElementById("app")!;

async function start(): Promise<void> {
  const config = await load();
  const auth = new Auth(config);
  let failed: string | undefined;
  try {
    const back = await auth.start();
    if (location.pathname === "/callback") go(back ?? "/", { replace: true });
  } catch (error) {
    // Refused, or not the answer to our question: whoever was signed in before still is.
    failed = error instanceof Error ? error.message : String(error);
    go("/", { replace: true });
  }
  render(<App auth={auth} config={config} failed={failed} />, root);
}

start().catch((error: unknown) => {
  root.textContent = `Timesheets can't start: ${error instanceof Error ? error.message : error}`;
});

if (import.meta.env.PROD) void navigator.serviceWorker?.register("/sw.js");
