/** A connection to IndexedDB that is opened again after the browser closed it, as iOS does in the background. */

import {
  type DBSchema,
  type IDBPDatabase,
  type IDBPTransaction,
  type OpenDBCallbacks,
  type StoreKey,
  type StoreNames,
  type StoreValue,
  openDB,
} from "idb";

type Name<S> = StoreNames<S>;

export class Connection<S extends DBSchema> {
  private isClosed = false;

  private constructor(
    private readonly connect: () => Promise<IDBPDatabase<S>>,
    private opened: Promise<IDBPDatabase<S>>,
  ) {}

  /** Open a database. Rejects with a `DOMException` if the browser's storage is blocked or full. */
  static async open<S extends DBSchema>(
    name: string,
    version: number,
    callbacks: OpenDBCallbacks<S>,
  ): Promise<Connection<S>> {
    const connect = async () => openDB<S>(name, version, callbacks);
    const opened = connect();
    await opened;
    return new Connection(connect, opened);
  }

  get<N extends Name<S>>(store: N, key: StoreKey<S, N>): Promise<StoreValue<S, N> | undefined> {
    return this.run((database) => database.get(store, key));
  }

  getAll<N extends Name<S>>(store: N): Promise<StoreValue<S, N>[]> {
    return this.run((database) => database.getAll(store));
  }

  put<N extends Name<S>>(store: N, value: StoreValue<S, N>, key?: StoreKey<S, N>): Promise<StoreKey<S, N>> {
    return this.run((database) => database.put(store, value, key));
  }

  delete<N extends Name<S>>(store: N, key: StoreKey<S, N>): Promise<void> {
    return this.run((database) => database.delete(store, key));
  }

  /** Run `work` in one transaction, so that everything it reads is of the same moment. */
  read<N extends Name<S>, T>(
    stores: N[],
    work: (transaction: IDBPTransaction<S, N[], "readonly">) => Promise<T>,
  ): Promise<T> {
    return this.run((database) => work(database.transaction(stores)));
  }

  /** Run `work` in one transaction, and return its result after the commit. If it fails, nothing is stored. */
  write<N extends Name<S>, T>(
    stores: N[],
    work: (transaction: IDBPTransaction<S, N[], "readwrite">) => Promise<T>,
  ): Promise<T> {
    return this.run(async (database) => {
      const transaction = database.transaction(stores, "readwrite");
      try {
        const [result] = await Promise.all([work(transaction), transaction.done]);
        return result;
      } catch (error) {
        const cause = transaction.error ?? error; // the requests of an aborted transaction fail without the cause
        abort(transaction);
        throw cause;
      }
    });
  }

  /** Run a job, and once more on a new connection if it could not begin because the connection was closed. */
  async run<T>(job: (database: IDBPDatabase<S>) => Promise<T>): Promise<T> {
    const { opened } = this;
    try {
      return await job(await opened);
    } catch (error) {
      const name = error instanceof DOMException ? error.name : "";
      if (this.isClosed || (name !== "InvalidStateError" && name !== "UnknownError")) throw error;
      if (this.opened === opened) this.opened = this.connect();
      void opened.then((database) => database.close()).catch(() => undefined);
      // WebKit's UnknownError can interrupt a job, so that only its caller can tell whether to repeat it.
      if (name === "UnknownError") throw error;
      return job(await this.opened);
    }
  }

  close(): void {
    this.isClosed = true;
    void this.opened.then((database) => database.close()).catch(() => undefined);
  }
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // The browser has aborted it.
  }
}
