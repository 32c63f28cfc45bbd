// @auth0/auth0-spa-js, set up as in its README.
const library = new auth0.Auth0Client({
  domain: settings.issuer.replace(/\/$/, ""), // it adds https:// to a name without a scheme
  clientId: settings.clientId,
  useRefreshTokens: settings.refreshTokens,
  useRefreshTokensFallback: settings.refreshTokens,
  authorizationParams: {
    redirect_uri: `${location.origin}/callback`,
    audience: settings.audience,
    scope: settings.scope,
  },
});

const client = {
  signIn: (prompt) => library.loginWithRedirect({ authorizationParams: prompt && { prompt } }),
  signInByPopup: () => library.loginWithPopup(),
  signOut: () => library.logout({ logoutParams: { returnTo: location.origin } }),
  handleCallback: async () => {
    await library.handleRedirectCallback();
    return library.getUser();
  },
  profile: () => library.getUser(),
  accessToken: () => library.getTokenSilently(),
  renew: () => library.getTokenSilently({ cacheMode: "off" }),
  silentSignIn: () => library.getTokenSilently(),
  revoke: () => library.revokeRefreshToken(),
};
