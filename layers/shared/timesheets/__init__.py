"""What the authorizer and every handler share: routes and scopes, the entry's rules, errors, the store."""
