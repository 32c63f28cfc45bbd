import "./style/tokens.css";
import "./style/page.css";
import "./style/week.css";
import "./style/approvals.css";
import "./style/forms.css";
import "./style/widths.css";
import "./style/app.css";
import { render } from "preact";
import { App } from "./app";
import { Auth } from "./auth/auth";
import { watchBuild } from "./build";
import { type Config, loadConfig } from "./config";
import { locale, t } from "./language";
import { go, listen } from "./router";
import { StorageError } from "./screens/storage-error";

document.documentElement.lang = locale;
const root = document.getElementById("app")!;

async function start(config: Config): Promise<void> {
  let auth: Auth;
  try {
    auth = await Auth.open(config);
  } catch (error) {
    return render(<StorageError reason={messageOf(error)} />, root);
  }
  if (location.pathname === "/callback") go(await auth.complete(), { replace: true });
  void auth.endOpenSession();
  addEventListener("online", () => void auth.endOpenSession());
  listen();
  render(<App auth={auth} config={config} />, root);
}

loadConfig()
  .then(async (config) => {
    await start(config);
    // The files that the service worker stores must not delay the first screen. Without it the app works online only.
    if (import.meta.env.PROD) await watchBuild(config).catch(() => undefined);
  })
  .catch((error: unknown) => {
    root.textContent = t.couldNotStart(messageOf(error));
  });

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
