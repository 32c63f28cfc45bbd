/** The sign-in as it is stored on the device. Access and ID tokens are never stored. */

import type { DBSchema } from "idb";
import { Connection } from "../connection";
import type { Claims } from "./person";

export interface SignIn {
  /** The authorization server. Another one must not get the refresh token. */
  issuer: string;
  /** The claims of the latest ID token, without the token. */
  claims: Claims;
  /** The granted scopes, separated by spaces. */
  scope: string;
  /** A new one for each sign-in and renewal, by which a tab notices that another tab has newer tokens. */
  version: string;
  /** The token for the next renewal. Missing once the sign-in has ended. */
  refreshToken?: string | undefined;
}

interface Schema extends DBSchema {
  "sign-in": { key: number; value: SignIn };
}

const KEY = 0;

/**
 * A database, not the local storage: a tab that gets a lock can still read there what was stored before another tab
 * wrote under the same lock.
 */
export class Store {
  private constructor(private readonly connection: Connection<Schema>) {}

  static async open(): Promise<Store> {
    const upgrade = (database: { createObjectStore(name: "sign-in"): unknown }) => {
      database.createObjectStore("sign-in");
    };
    return new Store(await Connection.open<Schema>("timesheets", 1, { upgrade }));
  }

  read(): Promise<SignIn | undefined> {
    return this.connection.get("sign-in", KEY);
  }

  async write(signIn: SignIn): Promise<void> {
    await this.connection.put("sign-in", signIn, KEY);
  }

  /** Change the sign-in of a version; return false if it is gone, by a sign-out or a new sign-in. */
  replace(version: string, signIn: SignIn): Promise<boolean> {
    return this.connection.write(["sign-in"], async (transaction) => {
      const store = transaction.objectStore("sign-in");
      const isCurrent = (await store.get(KEY))?.version === version;
      if (isCurrent) await store.put(signIn, KEY);
      return isCurrent;
    });
  }

  async clear(): Promise<void> {
    await this.connection.delete("sign-in", KEY);
  }
}
