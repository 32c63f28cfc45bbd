/** The scopes that the app requests. */

export const APPROVE = "approve:timesheets";
export const TIMESHEETS = ["read:timesheets", "create:timesheets", "delete:timesheets", APPROVE];
export const SCOPE = ["openid", "profile", "email", "offline_access", ...TIMESHEETS].join(" ");
