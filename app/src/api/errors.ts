/** The ways in which a request to the API fails. */

import { t } from "../language";

/** A fault of a request field: a JSON Pointer (RFC 6901) into the body, and the fault in words. */
export interface FieldError {
  pointer: string;
  detail: string;
}

/**
 * The server refused the request (RFC 9457); sending it again gives the same answer. The message is in the language of
 * the app, or the server's detail for a code without a text.
 */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly errors: FieldError[] = [],
  ) {
    super(t.refusals[code] ?? detail);
  }
}

interface Circumstances {
  /** Milliseconds, from the header Retry-After. */
  retryAfter?: number | undefined;
  /** The status, if the server answered. */
  status?: number | undefined;
  /** The server's id of the request. */
  request?: string;
  /** Whether something else answered in the API's place, such as a captive portal. */
  isForeign?: boolean;
}

/** There was no answer, a temporary one (429, 5xx), or one that is not the API's. The request can be retried. */
export class Unavailable extends Error {
  readonly retryAfter: number | undefined;
  readonly status: number | undefined;
  readonly request: string;
  readonly isForeign: boolean;

  constructor({ retryAfter, status, request = "", isForeign = false }: Circumstances = {}) {
    super("The server cannot be reached");
    this.retryAfter = retryAfter;
    this.status = status;
    this.request = request;
    this.isForeign = isForeign;
  }
}
