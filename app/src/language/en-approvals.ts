/** The texts of the approvals in English. */

/** Return "1 entry", "2 entries". */
const entries = (count: number) => (count === 1 ? "1 entry" : `${count} entries`);
const weeks = (count: number) => (count === 1 ? "1 week" : `${count} weeks`);

export const approvals = {
  pending: "Pending",
  decided: "Decided",
  missing: "Missing",
  lastWeekSigned: (week: string, signed: number, all: number) =>
    `Last week, ${week}: ${signed} of ${all} signed.`,
  notYet: "Not yet:",
  andMore: (count: number) => `and ${count} more`,
  signedOf: (signed: number, all: number) => `${signed} of ${all} signed`,
  nothingLoggedTitle: "Nothing logged",
  loggedNotSigned: "Logged, not signed",
  emailThese: (count: number) => (count === 1 ? "Email this person" : `Email these ${count}`),
  sendEmail: "Send an email",
  everyoneSigned: "Everyone signed.",
  nobodyExpected: "Nobody is expected to log hours in this week.",
  signedOn: (day: string) => `signed ${day}`,
  signing: {
    unsigned: () => "not signed",
    changed: (added: string) => (added ? `${added} added after signing` : "changed after signing"),
    unknown: () => "signature not known",
  },
  addedAfterSigning: "added after signing",
  unusualStay: (count: number) =>
    count === 1
      ? "1 unusual week stays for you to look at."
      : `${count} unusual weeks stay for you to look at.`,
  weeksWait: (count: number) => `${weeks(count)} ${count === 1 ? "waits" : "wait"} for a decision`,
  lookFirst: "Look at these first",
  ordinary: "Ordinary weeks",
  ordinaryText: (hours: string) => `Signed, at most ${hours} a day, no weekend`,
  unfinished: "Not finished yet",
  show: "Show",
  tickAll: "Tick all",
  untickAll: "Untick all",
  tickedWeeks: "Ticked weeks",
  ticked: (count: number) => `${weeks(count)} ticked`,
  entries,
  weeks,
  approveWeek: "Approve week",
  approveWeeks: (count: number) => `Approve ${weeks(count)}`,
  approveWeeksTitle: (count: number) => `Approve ${weeks(count)}?`,
  approveWeeksText: (count: number, hours: string, time: string) =>
    `${entries(count)}, ${hours}, each as you loaded it at ${time}. An entry that changed since then stays pending.`,
  reject: "Reject",
  rejectTitle: (name: string) => `Reject ${name}?`,
  reason: "Reason",
  reasonHint: (name: string) => `${name} reads this`,
  canCorrect: (count: number, hours: string) =>
    `${entries(count)}, ${hours}. ${count === 1 ? "It" : "They"} can be corrected and sent again.`,
  approved: (name: string) => `Approved: ${name}`,
  rejected: (name: string) => `Rejected: ${name}`,
  reopened: (name: string) => `Reopened: ${name}`,
  reopen: "Reopen",
  reopenUnderDecided: "Already sent. Reopen it under Decided.",
  history: "History",
  noHistory: "The history is not available without the server.",
  fromTo: (before: string, after: string) => `${before} to ${after}`,
  changes: {
    created: "Logged",
    corrected: "Corrected",
    approved: "Approved",
    rejected: "Rejected",
    reopened: "Reopened",
    deleted: "Deleted",
    restored: "Restored",
    erased: "Erased",
  },
  allCaughtUp: "All caught up.",
  nobodyDecided: (since: string) => `Nothing has been decided since ${since}.`,
  since: (week: string) => `since ${week}`,
  earlierWeeks: "Show earlier weeks",
  notLoadedYet: "Not loaded yet. It appears when the server answers.",
  overDay: (hours: string, day: string) => `${hours} on ${day}`,
  moreAsYouScroll: (count: number) => `${count} more as you scroll`,
  decisionRefused: "The decision was not accepted",
  decideAgain: "Decide again",
  changedMeanwhile: "Changed since you decided",
};
