/** Look-ups in the database: loaded entries with the unsent changes of the same moment applied. */

import { type Database, entriesBetween, snapshot } from "./database";
import { type EntryView, byDate, overlay } from "./overlay";

/** Return one of the person's own entries. */
export function findEntry(database: Database, id: string): Promise<EntryView | undefined> {
  return snapshot(database, async (reading) => {
    const currentId = (await reading.objectStore("arrived").get(id)) ?? id;
    const entry =
      (await reading.objectStore("entries").get(currentId)) ??
      (await reading.objectStore("rejected").get(currentId));
    const views = overlay(entry ? [entry] : [], await reading.objectStore("outbox").getAll());
    return views.find((view) => view.id === currentId);
  });
}

/** Return the entries of a range of days. The screen may not show the last changes yet. */
export async function findEntries(database: Database, from: string, to: string): Promise<EntryView[]> {
  const views = await snapshot(database, async (reading) =>
    overlay(await entriesBetween(reading, from, to), await reading.objectStore("outbox").getAll()),
  );
  return views.filter(({ date }) => date >= from && date <= to);
}

/** Return the last five projects, latest first. */
export async function recentProjects(database: Database): Promise<string[]> {
  const entries = await snapshot(database, async (reading) =>
    overlay(await reading.objectStore("entries").getAll(), await reading.objectStore("outbox").getAll()),
  );
  entries.sort((a, b) => byDate(b, a));
  return [...new Set(entries.map((entry) => entry.project))].slice(0, 5);
}
