"""The server's metadata, for OpenID Connect Discovery 1.0 (section 3) and RFC 8414 (section 2) alike."""

from typing import Any

from local.issuer.authorize import PROMPTS
from local.issuer.delivery import RESPONSE_MODES
from local.issuer.directory import OPENID_SCOPES, Directory
from local.issuer.grants import ANY_CLIENT


def metadata(issuer: str, directory: Directory) -> dict[str, Any]:
    """Return the discovery document."""
    permissions = {permission for api in directory.apis for permission in api.permissions}
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}authorize",
        "token_endpoint": f"{issuer}oauth/token",
        "userinfo_endpoint": f"{issuer}userinfo",
        "revocation_endpoint": f"{issuer}oauth/revoke",
        "end_session_endpoint": f"{issuer}oidc/logout",
        "jwks_uri": f"{issuer}.well-known/jwks.json",
        "scopes_supported": [*OPENID_SCOPES, *sorted(permissions)],
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_methods_supported": list(ANY_CLIENT),
        "revocation_endpoint_auth_methods_supported": list(ANY_CLIENT),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "prompt_values_supported": list(PROMPTS),
        "claims_supported": [
            *("sub", "iss", "aud", "iat", "exp", "auth_time", "nonce"),
            *("name", "nickname", "picture", "updated_at", "email", "email_verified"),
        ],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
