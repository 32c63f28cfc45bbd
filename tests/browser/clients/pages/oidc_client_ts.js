// oidc-client-ts, with one page for all its callbacks.
const library = new oidc.UserManager({
  authority: settings.issuer,
  client_id: settings.clientId,
  redirect_uri: `${location.origin}/callback`,
  popup_redirect_uri: `${location.origin}/callback`,
  silent_redirect_uri: `${location.origin}/callback`,
  post_logout_redirect_uri: `${location.origin}/`,
  scope: `openid ${settings.scope}${settings.refreshTokens ? " offline_access" : ""}`,
  extraQueryParams: { audience: settings.audience },
  loadUserInfo: true,
  automaticSilentRenew: false, // the tests renew explicitly
});

const client = {
  signIn: (prompt) => library.signinRedirect({ prompt }),
  signInByPopup: () => library.signinPopup(),
  signOut: () => library.signoutRedirect(),
  handleCallback: async () => (await library.signinCallback())?.profile,
  profile: async () => (await library.getUser())?.profile,
  accessToken: async () => (await library.getUser()).access_token,
  renew: () => library.signinSilent(),
  silentSignIn: () => library.signinSilent(),
  revoke: () => library.revokeTokens(["refresh_token"]),
};
