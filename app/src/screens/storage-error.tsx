import { t } from "../language";

/** The browser's storage cannot be used, so that the app cannot keep what a person types. */
export function StorageError({ reason }: { reason: string }) {
  return (
    <main id="main" class="page narrow">
      <header class="head">
        <h1 tabIndex={-1}>{t.storage}</h1>
      </header>
      <p role="alert" class="lead">
        {t.storageText(reason)}
      </p>
      <p class="lead">{t.storageHint}</p>
      <button type="button" class="btn primary" onClick={() => location.reload()}>
        {t.tryAgain}
      </button>
    </main>
  );
}
