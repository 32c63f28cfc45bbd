import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

/** Write sw.js with the names of all that the shell is made of, and a name for this very build. */
function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const built = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      const shell = ["/", ...built.map((name) => `/${name}`), "/manifest.webmanifest", "/icon.svg"].sort();
      const hash = createHash("sha256").update(shell.join("\n"));
      // What has no hash in its name is part of this build all the same.
      for (const name of ["index.html", "public/manifest.webmanifest", "public/icon.svg"]) hash.update(readFileSync(new URL(name, import.meta.url)));
      const build = hash.digest("hex").slice(0, 12);
      const source = readFileSync(new URL("src/sw.js", import.meta.url), "utf8")
        .replace('"__BUILD__"', JSON.stringify(build))
        .replace('["__SHELL__"]', JSON.stringify(shell));
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  };
}

/** Serve config.json while developing: `make app-dev` knows what belongs in it. */
function configuration(): Plugin {
  return {
    name: "configuration",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use("/config.json", (_request, response) => {
        response.setHeader("Content-Type", "application/json");
        response.end(process.env["APP_CONFIG"] ?? "{}");
      });
    },
  };
}

export default defineConfig({
  plugins: [serviceWorker(), configuration()],
  build: { target: "es2022", modulePreload: false, assetsInlineLimit: 0 },
  server: { host: "127.0.0.1", strictPort: true },
});
