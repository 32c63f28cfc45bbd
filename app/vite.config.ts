import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Plugin, defineConfig } from "vite";

/** Write sw.js with the paths of the files that it caches and an identifier of the build. */
function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const assets = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      const files = ["/", ...assets.map((name) => `/${name}`), "/manifest.webmanifest", "/icon.svg"].sort();
      const hash = createHash("sha256").update(files.join("\n"));
      // The names of these files have no hash, so their content is part of the identifier. The template has the
      // headers, which are stored with the page.
      for (const name of ["index.html", "public/manifest.webmanifest", "public/icon.svg", "template.yaml"]) {
        hash.update(readFileSync(new URL(name, import.meta.url)));
      }
      const build = hash.digest("hex").slice(0, 12);
      const source = readFileSync(new URL("src/sw.js", import.meta.url), "utf8")
        .replace('"__BUILD__"', JSON.stringify(build))
        .replace('["__FILES__"]', JSON.stringify(files));
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  };
}

/** Serve /config.json from the variable APP_CONFIG during development; `make app-dev` sets it. */
function configuration(): Plugin {
  return {
    name: "configuration",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use("/config.json", (_request, response) => {
        response.setHeader("Content-Type", "application/json");
        response.end(process.env.APP_CONFIG ?? "{}");
      });
    },
  };
}

export default defineConfig({
  plugins: [serviceWorker(), configuration()],
  // The browsers that have light-dark(), nesting and popovers. Older ones would get styles that are expanded badly.
  build: {
    target: "es2022",
    cssTarget: ["chrome125", "firefox125", "safari17.5"],
    modulePreload: false,
    assetsInlineLimit: 0,
  },
  server: { host: "127.0.0.1", strictPort: true },
});
