/** The browser's storage cannot be used, so that the app cannot keep what a person types. */
export function StorageError({ reason }: { reason: string }) {
  return (
    <main class="container">
      <h1>Storage is not available</h1>
      <p role="alert">Timesheets needs the browser's storage, but it is blocked or full: {reason}</p>
      <p>A private window, or a setting that blocks site data, can be the cause.</p>
      <button type="button" onClick={() => location.reload()}>
        Try again
      </button>
    </main>
  );
}
