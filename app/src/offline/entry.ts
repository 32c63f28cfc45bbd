/** Reading one entry from the server. */

import type { Api } from "../api/client";
import { Problem } from "../api/errors";
import type { Database } from "./database";

/** Store an entry of the person as the server has it; return true, also if the server has none. */
export async function readEntry(api: Api, database: Database, id: string): Promise<true> {
  try {
    await database.put("entries", await api.read(id));
  } catch (error) {
    // An address that was typed badly has an id that the API does not accept.
    if (!(error instanceof Problem && (error.status === 404 || error.status === 400))) throw error;
  }
  return true;
}
