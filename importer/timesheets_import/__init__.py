"""Import entries of other systems into the Timesheets API, each exactly once."""
