"""An Auth0-shaped authorization server for development: OAuth 2.0 on loopback, seeded users, no passwords."""
