"""Lets clients that others wrote use the gateway's identity: Authlib as OAuth 2.0 client, PyOTP as authenticator, joserfc as outside issuer.

    identity.py BINARY DIRECTORY

Starts a server of its own on a store in DIRECTORY, with keys, and stops it.
"""

import json
import re
import subprocess
import sys
import time
import urllib.parse

import pyotp
import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

binary, directory = sys.argv[1:]
REDIRECT = "https://books.test/back"
ISSUER = "https://login.test"


def milepost(*arguments, text=None):
    """Runs a command on the store, which no server has open."""
    return subprocess.run([binary, *arguments], input=text, capture_output=True, text=True, check=True, timeout=60)


def key(name, *arguments):
    milepost("key", "create", "--store", f"{directory}/store", "--name", name, "--output", f"{directory}/{name}.key", *arguments)
    return open(f"{directory}/{name}.key").read().strip()


milepost("key", "init", "--store", f"{directory}/store", "--person", "1", "--person", "2", "--output-directory", directory)
payer = key("payer", "--role", "payer", "--tenant", "1", "--person", "10", "--step-up", "CREATE_CONTRACT", "--step-up-above", "1000")
milepost("application", "register", "books", "--store", f"{directory}/store", "--name", "Books", "--redirect-uri", REDIRECT)
for name in ("ec", "rsa", "pss", "okp"):
    milepost(
        "key", "create", "--store", f"{directory}/store", "--name", name, "--role", "reader", "--tenant", "1",
        "--issuer", ISSUER, "--subject", name)

signers = {
    "ec": ("ES256", ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})),
    "rsa": ("RS256", RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})),
    "pss": ("PS512", RSAKey.generate_key(3072, {"kid": "pss", "use": "sig", "alg": "PS512"})),
    "okp": ("EdDSA", OKPKey.generate_key("Ed25519", {"kid": "okp", "use": "sig"})),
}
with open(f"{directory}/keys.json", "w") as file:
    json.dump(KeySet([signer for _, signer in signers.values()]).as_dict(private=False), file)

server = subprocess.Popen(
    [binary, "serve", "--store", f"{directory}/store", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0",
     "--issuer", f"{ISSUER},milepost,{directory}/keys.json"],
    stdout=open(f"{directory}/out", "w"), stderr=open(f"{directory}/log", "w"))


def wait():
    for _ in range(300):
        if re.search("^ready ", open(f"{directory}/out").read(), re.M):
            return re.search(r"HTTP on (\S+)", open(f"{directory}/log").read())[1]
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit(open(f"{directory}/log").read())


def oauth(base):
    metadata = AuthorizationServerMetadata(requests.get(f"{base}/.well-known/oauth-authorization-server", timeout=10).json())
    # The rules want https of the issuer, which a loopback address has not.
    local = dict(metadata)
    metadata.update({name: value.replace("http://", "https://") for name, value in metadata.items() if isinstance(value, str)})
    metadata.validate()

    for method in ("client_secret_basic", "client_secret_post"):
        session = OAuth2Session("3", payer, scope="payer tenant:1", token_endpoint_auth_method=method)
        token = session.fetch_token(local["token_endpoint"], grant_type="client_credentials")
        assert token["token_type"] == "Bearer" and not token.is_expired() and token["scope"] == "payer tenant:1", token
        assert session.get(f"{base}/v1/tenants/1/contracts", timeout=10).status_code == 200
        worth = session.introspect_token(
            local["introspection_endpoint"], token["access_token"], auth=("3", payer)).json()
        assert worth["active"] and worth["sub"] == "3", worth
        assert session.revoke_token(local["revocation_endpoint"], token["access_token"]).status_code == 200
        assert not requests.post(
            local["introspection_endpoint"], data={"token": token["access_token"]}, auth=("3", payer), timeout=10).json()["active"]

    # A person's browser: sign in, allow, go back.
    verifier = generate_token(48)
    session = OAuth2Session("books", redirect_uri=REDIRECT, scope="payer", code_challenge_method="S256", token_endpoint_auth_method="none")
    url, state = session.create_authorization_url(local["authorization_endpoint"], code_verifier=verifier)
    assert create_s256_code_challenge(verifier) in url
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
    assert requests.get(url, timeout=10).status_code == 200
    page = requests.post(local["authorization_endpoint"], data=query | {"key": payer}, timeout=10)
    assert page.status_code == 200, page.text
    ticket = re.search('name="ticket" value="([0-9a-f]+)"', page.text)[1]
    answer = requests.post(f"{base}/oauth/consent", data={"ticket": ticket, "decision": "allow"}, timeout=10, allow_redirects=False)
    assert answer.status_code == 303, answer.text
    token = session.fetch_token(
        local["token_endpoint"], authorization_response=answer.headers["location"], state=state, code_verifier=verifier)
    first = dict(token)
    assert session.get(f"{base}/v1/tenants/1/contracts", timeout=10).status_code == 200
    second = dict(session.refresh_token(local["token_endpoint"]))
    assert second["refresh_token"] != first["refresh_token"]
    stolen = requests.post(
        local["token_endpoint"], timeout=10,
        data={"grant_type": "refresh_token", "refresh_token": first["refresh_token"], "client_id": "books"})
    assert stolen.status_code == 400 and stolen.json()["error"] == "invalid_grant", stolen.text
    ended = requests.post(
        local["token_endpoint"], timeout=10,
        data={"grant_type": "refresh_token", "refresh_token": second["refresh_token"], "client_id": "books"})
    assert ended.status_code == 400, ended.text
    print("authlib: client credentials in two ways, code with PKCE, refresh, theft of a refresh token, introspection, revocation")


def second_factor(base, port):
    enrolling = subprocess.Popen(
        [binary, "key", "enrol-factor", "--connect", f"127.0.0.1:{port}", "--key-file", f"{directory}/payer.key"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    factor = pyotp.parse_uri(enrolling.stdout.readline().strip())
    assert isinstance(factor, pyotp.TOTP) and factor.issuer == "Milepost"
    _, said = enrolling.communicate(factor.now() + "\n", timeout=30)
    assert enrolling.returncode == 0, said
    contract = {"contract": "7", "payer": "10", "payee": "20", "value": 5000}
    url = f"{base}/v1/tenants/1/contracts"
    refused = requests.post(url, json=contract, headers={"authorization": f"Bearer {payer}"}, timeout=10)
    assert refused.status_code == 403 and refused.json()["code"] == "mfa_required", refused.text
    token = requests.post(
        f"{base}/oauth/token", auth=("3", payer), timeout=10,
        data={"grant_type": "client_credentials", "one_time_code": factor.at(time.time() + 30)})
    assert token.status_code == 200, token.text
    done = requests.post(url, json=contract, headers={"authorization": f"Bearer {token.json()['access_token']}"}, timeout=10)
    assert done.status_code == 201, done.text
    print("pyotp: enrolled, an operation over its sum refused without a code and done with one")


def issuer(base):
    def ask(text):
        return requests.get(f"{base}/v1/tenants/1/contracts", headers={"authorization": f"Bearer {text}"}, timeout=10).status_code

    def sign(subject, **changes):
        algorithm, signer = signers[subject]
        claims = {"iss": ISSUER, "aud": "milepost", "sub": subject, "exp": int(time.time()) + 60} | changes
        return jwt.encode({"alg": algorithm, "kid": subject}, claims, signer, algorithms=[algorithm])

    for subject in signers:
        assert ask(sign(subject)) == 200, subject
        for changes in ({"aud": "other"}, {"exp": int(time.time()) - 1}, {"iss": "https://other.test"}, {"sub": "nobody"},
                        {"nbf": int(time.time()) + 100}):
            assert ask(sign(subject, **changes)) == 401, (subject, changes)
    print(f"joserfc: statements of {len(signers)} kinds of key taken, {5 * len(signers)} wrong ones refused")


try:
    base = wait()
    port = int(re.search(r"^ready \S+:(\d+)", open(f"{directory}/out").read(), re.M)[1])
    oauth(base)
    second_factor(base, port)
    issuer(base)
finally:
    server.terminate()
    code = server.wait(timeout=60)
assert code == 0, code
milepost("verify", "--store", f"{directory}/store")
