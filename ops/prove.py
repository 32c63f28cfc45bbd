"""Prove on AWS what no emulator can: deploy a throwaway stack, try it, remove it, and write proof.md.

It uses the region and profile of an environment of samconfig.toml, and leaves that environment's stack alone.
It takes about an hour and costs less than a dollar. A failed step does not stop the others.
Exit status: 0 if no step failed, 1 otherwise, 2 for wrong usage.
"""

import json
import os
import re
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from statistics import median
from typing import Any, Final

import httpx2 as httpx
import jwt
from botocore.exceptions import BotoCoreError, ClientError
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from ops import deploy
from ops.environment import PROJECT, Environment, StepFailed, command_parser, parse
from timesheets.routes import LIST_TIMESHEETS, UPLOAD_TIMESHEETS, Route

PERSON: Final = "read:timesheets create:timesheets delete:timesheets"
ORIGIN: Final = "https://proof.example"
READABLE: Final = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
"Action": "s3:GetObject", "Resource": "arn:aws:s3:::%s/*"}]}"""
EMULATOR: Final = {
    "AllowedOrigins takes effect": "MiniStack does not deploy the API again for a changed parameter",
    "UploadRate takes effect": "MiniStack does not throttle",
    "RequestRate takes effect": "MiniStack does not throttle",
    "Architecture takes effect": "MiniStack runs functions on this machine's processor",
    "an alarm rolls a canary back": "MiniStack has no CodeDeploy",
    "its commit is deployed again": "MiniStack rolled nothing back",
    "starts, median of REPORT lines": "MiniStack writes no REPORT lines",
}  # the steps that MiniStack cannot do, and why


@dataclass
class Proof:
    """A throwaway stack, an issuer of its own, and a row for each step."""

    stack: Environment
    address: Callable[[Environment], str]
    parameters: dict[str, str]
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    built: str = ""
    key: Any = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    endpoint: str = field(default_factory=lambda: os.environ.get("AWS_ENDPOINT_URL", ""))

    def run(self) -> None:
        """Run all steps; remove everything, whatever happened."""
        try:
            ready = self.step("an issuer is created for this run", self.create_issuer)
            if not (ready and self.step("the first deployment passes the live tests", self.first_deployment)):
                return
            self.change(self.versions(), lambda _: self.versions())
            self.change(ORIGIN, lambda url: self.send(url)[1], AllowedOrigins=ORIGIN)
            self.change(200, lambda url: self.send(url, exp=int(time.time()) - 30)[0], TokenLeeway="60")
            routes = (UPLOAD_TIMESHEETS, LIST_TIMESHEETS)
            self.change([429, 200], lambda url: [self.burst(url, one) for one in routes], UploadRate="1")
            self.change(429, self.burst, RequestRate="1")
            old, new = self.parameters["TokenIssuer"], f"{self.parameters['TokenIssuer']}other/"
            change = {"TokenIssuer": new, "RequestRate": "50"}
            self.change([401, 200], lambda url: [self.send(url, iss=one)[0] for one in (old, new)], **change)
            self.change(
                ["ENABLED", None], lambda _: self.reminders(), Reminders="true", TimeZone="Europe/Berlin"
            )
            self.change("PublishedVersions", lambda _: self.live()["SnapStart"]["ApplyOn"], SnapStart="true")
            other = "arm64" if self.parameters["Architecture"] == "x86_64" else "x86_64"
            self.change([other], lambda _: self.live()["Architectures"], Architecture=other)
            self.step("an alarm rolls a canary back", self.rollback)
            self.step("its commit is deployed again", lambda: self.deploy(GradualDeployment="false"))
            self.step("starts, median of REPORT lines", self.starts)
            self.step("no log has a token", self.logs)
        finally:
            self.step("everything is removed", self.remove)

    def step(self, name: str, action: Callable[[], object]) -> bool:
        """Run a step, record its result and return whether it passed."""
        print(f"\n== {name}", flush=True)
        if self.endpoint and name in EMULATOR:
            self.rows.append((name, "not supported here", EMULATOR[name]))
            return False
        try:
            self.rows.append((name, "passed", str(action())))
        except (LookupError, BotoCoreError, ClientError, httpx.HTTPError, StepFailed) as error:
            self.rows.append((name, "FAILED", f"{type(error).__name__}: {error}"))
        print(f"== {': '.join(self.rows[-1][1:])}", flush=True)
        return self.rows[-1][1] == "passed"

    def change(self, expected: object, observe: Callable[[str], object], **parameters: str) -> None:
        """Deploy a change of parameters as a step, and compare the behaviour right after."""
        name = f"{next(iter(parameters))} takes effect" if parameters else "no change publishes no version"
        self.step(name, lambda: expect(observe(self.deploy(**parameters)), expected))

    def deploy(self, **parameters: str) -> str:
        """Deploy with changed parameters; return the API's address.

        Build before if the architecture changed, or if nothing did: a new build must publish no version.
        """
        self.parameters |= parameters
        architecture = self.parameters["Architecture"]
        if not parameters or architecture != self.built:
            deploy.build(architecture)
            self.built = architecture
        deploy.deploy(self.stack, self.parameters, ask=False)
        return self.address(self.stack)

    def create_issuer(self) -> str:
        """Publish a new key in a bucket that anyone may read."""
        s3, region, bucket = self.stack.client("s3"), self.stack.region, self.stack.stack
        location = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, **({} if region == "us-east-1" else location))
        s3.delete_public_access_block(Bucket=bucket)
        s3.put_bucket_policy(Bucket=bucket, Policy=READABLE % bucket)
        host = f"{self.endpoint}/{bucket}" if self.endpoint else f"https://{bucket}.s3.{region}.amazonaws.com"
        self.parameters |= {"TokenIssuer": f"{host}/", "JwksUri": f"{host}/jwks.json"}
        jwk = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True) | {"kid": "proof", "use": "sig"}
        s3.put_object(Bucket=bucket, Key="jwks.json", Body=json.dumps({"keys": [jwk]}).encode())
        return f"{httpx.get(f'{host}/jwks.json').status_code} from {host}/jwks.json"

    def token(self, **changes: object) -> str:
        """Sign a token; no two are equal, so that no cached policy answers for them."""
        now, issuer = int(time.time()), self.parameters["TokenIssuer"]
        claims = {"iss": issuer, "aud": self.parameters["Audience"], "iat": now - 90, "exp": now + 3600}
        claims |= {"sub": f"proof|{secrets.token_hex(4)}", "azp": "proof", "scope": PERSON, **changes}
        return jwt.encode(claims, self.key, "RS256", {"kid": "proof"})

    def send(self, url: str, route: Route = LIST_TIMESHEETS, **claims: object) -> tuple[int, str | None]:
        """Send a request, with a token if claims are given; return its status and the allowed origin."""
        headers = {"Authorization": f"Bearer {self.token(**claims)}"} if claims else {}
        answer = httpx.request(route.method, f"{url}{route.path}", headers=headers, timeout=30)
        return answer.status_code, answer.headers.get("access-control-allow-origin")

    def burst(self, url: str, route: Route = LIST_TIMESHEETS) -> int:
        """Send 40 requests without a pause; return the highest status."""
        return max(self.send(url, route, scope=route.scope)[0] for _ in range(40))

    def first_deployment(self) -> str:
        """Deploy, and run the live tests as a person, an approver and a program."""
        if self.stack.client("apigateway").get_account().get("cloudwatchRoleArn"):
            self.parameters["ApiGatewayLogRole"] = "present"
        url = self.deploy(ProtectData="false", GradualDeployment="false", SnapStart="false", LogRetention="1")
        for scope in (PERSON, f"{PERSON} approve:timesheets", "batch:upload"):
            deploy.run(["make", "smoke", f"API_URL={url}"], "", {"TOKEN": self.token(scope=scope)})
        return "as a person, an approver and a program"

    def versions(self) -> dict[str, str]:
        """Return the version that each function's alias serves."""
        functions, client = self.stack.resources("AWS::Lambda::Function"), self.stack.client("lambda")
        aliases = {name: client.get_alias(FunctionName=one, Name="live") for name, one in functions.items()}
        return {name: alias["FunctionVersion"] for name, alias in aliases.items()}

    def live(self) -> Any:  # noqa: ANN401 boto3
        """Return the configuration of the authorizer's live version."""
        name = self.stack.resources("AWS::Lambda::Function")["AuthorizerFunction"]
        return self.stack.client("lambda").get_function_configuration(FunctionName=name, Qualifier="live")

    def reminders(self) -> list[str | None]:
        """Return the state of the schedule, and the kind of error with which a run ended if it did."""
        schedule = self.stack.resources("AWS::Scheduler::Schedule")["RemindFunctionMonday"]
        function = self.stack.resources("AWS::Lambda::Function")["RemindFunction"]
        event = json.dumps({"time": datetime.now(UTC).isoformat()})
        ran = self.stack.client("lambda").invoke(FunctionName=function, Qualifier="live", Payload=event)
        state = self.stack.client("scheduler").get_schedule(Name=schedule)["State"]
        return [state, ran.get("FunctionError")]

    def rollback(self) -> object:
        """Set an alarm off as soon as new versions get a tenth of the requests."""
        versions, alarm = self.versions(), self.stack.resources("AWS::CloudWatch::Alarm")["ServerErrorsAlarm"]
        cloudwatch, codedeploy = self.stack.client("cloudwatch"), self.stack.client("codedeploy")
        ended = threading.Event()

        def ring() -> None:
            while not ended.wait(10):
                if codedeploy.list_deployments(includeOnlyStatuses=["InProgress"])["deployments"]:
                    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="make prove")

        threading.Thread(target=ring).start()
        try:
            self.deploy(GradualDeployment="true", TokenLeeway="7")
        except StepFailed:
            cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="make prove")
        finally:
            ended.set()
        found = [self.versions(), self.stack.describe()["StackStatus"]]
        return expect(found, [versions, "UPDATE_ROLLBACK_COMPLETE"])

    def events(self, pattern: str = "") -> list[dict[str, Any]]:
        """Return the stack's log events that match a pattern."""
        logs = self.stack.client("logs").get_paginator("filter_log_events")
        groups = (f"/{self.stack.stack}/{kind}" for kind in ("functions", "access"))
        pages = (page for one in groups for page in logs.paginate(logGroupName=one, filterPattern=pattern))
        return [event for page in pages for event in page["events"]]

    def starts(self) -> str:
        """Return each function's cold and warm times in milliseconds."""
        times: dict[str, tuple[list[float], list[float]]] = {}
        for event in self.events("REPORT"):
            cold, warm = times.setdefault(event["logStreamName"].split("/")[-1].split("[")[0], ([], []))
            for start, duration in re.findall(r"\t(Init |Restore )?Duration: ([\d.]+) ms", event["message"]):
                (cold if start else warm).append(float(duration))
        rows = (f"{name}: cold {median(c or [0])}, warm {median(w or [0])}" for name, (c, w) in times.items())
        return "; ".join(rows)

    def logs(self) -> str:
        """Look for the beginning of a JWT in every log line."""
        lines = [event["message"] for event in self.events()]
        expect([bool(lines), any("eyJ" in line for line in lines)], [True, False])
        return f"{len(lines)} lines"

    def remove(self) -> str:
        """Delete the stack and what it retains: its table, its log groups and the issuer's bucket."""
        name, outputs, s3 = self.stack.stack, self.stack.outputs(), self.stack.client("s3")
        cloudformation, logs = self.stack.client("cloudformation"), self.stack.client("logs")
        cloudformation.delete_stack(StackName=name)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=name)
        if "TableName" in outputs:
            self.stack.client("dynamodb").delete_table(TableName=outputs["TableName"])
        for group in logs.describe_log_groups(logGroupNamePrefix=f"/{name}/")["logGroups"]:
            logs.delete_log_group(logGroupName=group["logGroupName"])
        s3.delete_object(Bucket=name, Key="jwks.json")
        s3.delete_bucket(Bucket=name)
        return "all but API Gateway's role for logs, which belongs to the account"

    def markdown(self) -> str:
        """Return the report."""
        git = ["git", "-C", str(PROJECT), "describe", "--always", "--dirty"]
        commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
        where = "MiniStack" if self.endpoint else f"AWS, {self.stack.region}"
        head = f"# Proof\n\n{where}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit}\n\n"
        rows = [("step", "result", "answer"), ("---", "---", "---"), *self.rows]
        lines = (" | ".join(" ".join(cell.replace("|", "/").split()) for cell in row) for row in rows)
        return head + "".join(f"| {line} |\n" for line in lines)


def expect(observed: object, expected: object) -> object:
    """Return the observed value; fail the step if it differs from the expected one."""
    if observed != expected:
        raise StepFailed(f"expected {expected}, observed {observed}")
    return observed


def main(arguments: list[str] | None = None, address: Callable[[Environment], str] | None = None) -> int:
    """Run the command; `address` finds the API where its address is not the output ApiUrl."""
    _, environment = parse(command_parser("make prove ENV=dev"), arguments)
    os.environ.pop("TOKEN", None)  # the run signs its own tokens
    parameters = {"Architecture": "arm64", "Audience": "https://api.exampleco.com/timesheets"}
    parameters |= {key: value for key, value in environment.parameters.items() if key in parameters}
    stack = replace(environment, stack=f"timesheets-proof-{secrets.token_hex(4)}")
    proof = Proof(stack, address or (lambda one: one.outputs()["ApiUrl"]), parameters)
    proof.run()
    (PROJECT / "proof.md").write_text(proof.markdown())
    print(f"\n{proof.markdown()}")
    return int(any(result == "FAILED" for _, result, _ in proof.rows))


if __name__ == "__main__":
    sys.exit(main())
