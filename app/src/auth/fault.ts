/** Why a sign-in failed, in words for the person. */

import {
  AuthorizationResponseError,
  OperationProcessingError,
  ResponseBodyError,
  UnsupportedOperationError,
} from "oauth4webapi";
import { t } from "../language";

/** The callback belongs to no sign-in that began here. */
export class Mismatch extends Error {}

const UNSOUND = [Mismatch, OperationProcessingError, ResponseBodyError, UnsupportedOperationError];

/** A person who cancels a sign-in gets `access_denied` (RFC 6749, 4.1.2.1). */
export function signInFault(error: unknown): string {
  if (error instanceof AuthorizationResponseError) {
    return error.error === "access_denied" ? t.signInCancelled : (error.error_description ?? error.error);
  }
  return UNSOUND.some((kind) => error instanceof kind) ? t.signInMismatch : t.signInUnreachable;
}
