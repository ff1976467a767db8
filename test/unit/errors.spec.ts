import assert from "node:assert/strict";
import { Failure, isFault, UnexpectedAnswer } from "../../client/errors";
import { StoreMissing } from "../../client/facts";
import type { Settings } from "../../client/settings";
import { profileName } from "../../provider/lifecycle/profile";
import { explain } from "../../provider/lifecycle/sentences";

const base = { drift: true, allowWeakKeys: false };
const remote: Settings = {
  ...base,
  endpoint: { kind: "http", url: "https://profiles.example.com", loopback: false },
};
const file: Settings = { ...base, endpoint: { kind: "store", url: "file:/srv/profiles.db" } };
const aws: Settings = base;

function fault(name: string, message: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

/** As the SDK makes it of a call that met no answer. */
function system(code: string, message = `connect ${code} 10.0.0.1:443`): Error {
  return Object.assign(new Error(message), { code, $metadata: { attempts: 3 } });
}

describe("explain", () => {
  const cases: [what: string, error: unknown, settings: Settings, sentence: RegExp][] = [
    [
      "a service that does not listen",
      system("ECONNREFUSED"),
      remote,
      /^the profile service at https:\/\/profiles\.example\.com does not answer \(ECONNREFUSED\); start it with `codestar-profiles serve`, or correct codestar:endpoint$/,
    ],
    [
      "a request without an answer in time",
      fault("TimeoutError", "Connection timed out after 5000 ms"),
      remote,
      /does not answer \(TimeoutError\)/,
    ],
    [
      "AWS's own address, which is gone",
      system("ENOTFOUND"),
      aws,
      /^AWS ended CodeStar on 2024-07-31 and its address does not answer \(ENOTFOUND\); set codestar:endpoint .*file:profiles\.db/,
    ],
    [
      "AWS's own address, without credentials",
      fault("CredentialsProviderError", "Could not load credentials from any providers"),
      aws,
      /^no AWS credentials were found, and AWS ended CodeStar on 2024-07-31, so set codestar:endpoint/,
    ],
    [
      "AWS's own address, which answers with a page",
      fault("SyntaxError", "Unexpected token <"),
      aws,
      /^AWS CodeStar answered with something other than .*; AWS ended CodeStar/,
    ],
    [
      "no credentials for a remote service",
      fault("CredentialsProviderError", "Could not load credentials from any providers"),
      remote,
      /^no AWS credentials were found for https:\/\/profiles\.example\.com; set AWS_ACCESS_KEY_ID.*aws:profile/,
    ],
    [
      "an aws:profile that does not exist",
      fault("CredentialsProviderError", "Profile nope could not be found"),
      { ...remote, profile: "nope" },
      /^aws:profile names nope, which gives no credentials: Profile nope could not be found/,
    ],
    [
      "credentials that the service does not know",
      fault("UnrecognizedClientException", "The security token is invalid."),
      remote,
      /^https:\/\/profiles\.example\.com does not accept the AWS credentials: The security token is invalid\. \(UnrecognizedClientException\)$/,
    ],
    [
      "an action that is not allowed",
      fault("AccessDeniedException", "User: x is not authorized", 403),
      remote,
      /^https:\/\/profiles\.example\.com refused it: User: x is not authorized$/,
    ],
    [
      "TLS that fails",
      system("ERR_TLS_CERT_ALTNAME_INVALID", "Hostname/IP does not match"),
      remote,
      /^no secure connection to https:\S+ \(ERR_TLS_CERT_ALTNAME_INVALID\); .*NODE_EXTRA_CA_CERTS$/,
    ],
    [
      "a certificate of one's own",
      system("DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate"),
      remote,
      /^no secure connection .*\(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
    ],
    [
      "an answer that is no HTTP",
      system("HPE_INVALID_CONSTANT", "Parse Error: Expected HTTP/"),
      remote,
      /^https:\S+ answered with something other than the CodeStar API; correct codestar:endpoint$/,
    ],
    [
      "an answer of another service",
      fault("404", "UnknownError", 404),
      remote,
      /^https:\S+ answered with something other than the CodeStar API \(HTTP status 404\); correct codestar:endpoint$/,
    ],
    [
      "an answer without the profile",
      new UnexpectedAnswer("not the profile"),
      remote,
      /^https:\S+ answered with something other than the CodeStar API; correct/,
    ],
    [
      "no region",
      new Error("Region is missing"),
      remote,
      /^no region is set; give the resource a `region`, or run `pulumi config set codestar:region us-east-1`$/,
    ],
    [
      "a fault of the API",
      fault("ValidationException", "emailAddress is too long"),
      remote,
      /^emailAddress is too long \(ValidationException\)$/,
    ],
    [
      "a fault of the store",
      Object.assign(new Error("another process has held the profile database for 10 seconds"), {
        name: "StoreUnavailableError",
        $metadata: { attempts: 1 },
      }),
      file,
      /^another process has held the profile database for 10 seconds$/,
    ],
    [
      "a proxy without a service behind it",
      Object.assign(new SyntaxError("Unexpected token <"), { $response: { statusCode: 503 } }),
      remote,
      /^https:\S+ is out of order \(HTTP status 503, from the service or a proxy in front of it\); try again later$/,
    ],
    [
      "a proxy that gives no shape of an error",
      fault("504", "UnknownError", 504),
      remote,
      /^https:\S+ is out of order \(HTTP status 504, .*\); try again later$/,
    ],
    [
      "a credential service that is not found",
      Object.assign(system("ENOTFOUND"), { hostname: "sts.us-east-1.amazonaws.com" }),
      remote,
      /^no AWS credentials: the credential service sts\.us-east-1\.amazonaws\.com is not found \(ENOTFOUND\); correct aws:profile/,
    ],
    [
      "the same with AWS's own address",
      Object.assign(system("EAI_AGAIN"), { hostname: "portal.sso.us-east-1.amazonaws.com" }),
      aws,
      /^no AWS credentials: the credential service portal\.sso\./,
    ],
    [
      "the profile service, not found",
      Object.assign(system("ENOTFOUND"), { hostname: "profiles.example.com" }),
      remote,
      /^the profile service at \S+ does not answer \(ENOTFOUND\)/,
    ],
    [
      "a page in place of a message",
      fault("ValidationException", `bad\u001b[31m ${"x".repeat(10_000)}`),
      remote,
      /^bad \[31m x{400,500} … \(ValidationException\)$/,
    ],
    ["an error of several lines", new Error("one\n  two\r\nthree"), file, /^one two three$/],
    ["a failure explained before", new Failure("doing", "the reason"), file, /^the reason$/],
  ];
  for (const [what, error, settings, sentence] of cases) {
    it(`says in one sentence: ${what}`, () => {
      const said = explain(error, settings);
      assert.match(said, sentence);
      assert.doesNotMatch(said, /\n|undefined|\[object/);
    });
  }
});

describe("explain, by situation", () => {
  const off = /preview from state alone with `pulumi config set codestar:drift off`/;
  const moved =
    /if codestar:endpoint has changed since, run `pulumi up` without --refresh first, or add --run-program$/;
  const failing: [error: Error, settings: Settings][] = [
    [system("ECONNREFUSED"), remote],
    [system("ENOTFOUND"), aws],
    [system("CERT_HAS_EXPIRED"), remote],
    [fault("404", "UnknownError", 404), remote],
    [fault("SyntaxError", "Unexpected token <"), aws],
  ];

  it("advises to preview from state alone where there is a preview, and nowhere else", () => {
    for (const [error, settings] of failing) {
      assert.match(explain(error, settings, "preview"), off);
      assert.doesNotMatch(explain(error, settings, "without program"), off);
      assert.doesNotMatch(explain(error, settings), off);
    }
  });

  it("says whose settings a refresh or destroy has", () => {
    for (const [error, settings] of failing) {
      assert.match(explain(error, settings, "without program"), moved);
      assert.doesNotMatch(explain(error, settings, "preview"), moved);
    }
    assert.match(explain(new StoreMissing(), file, "without program"), moved);
  });
});

describe("Failure", () => {
  const doing = `deleting ${profileName("arn:aws:iam::123456789012:user/ada")}`;
  const failed = new Failure(doing, explain(system("EPIPE"), remote));

  it("reads as a sentence: verb, profile, cause", () => {
    assert.match(
      failed.message,
      /^deleting CodeStar user profile arn:aws:iam::123456789012:user\/ada: the profile service at /,
    );
  });

  it("is printed by the host once and without a stack", () => {
    // The host prints `${error}: ${error.stack}`.
    assert.equal(`${failed}: ${failed.stack}`, failed.message);
  });
});

describe("isFault", () => {
  it("goes by the name of any thrown value", () => {
    assert.ok(isFault(fault("UserProfileNotFoundException", ""), "UserProfileNotFoundException"));
    assert.ok(!isFault(new Error("UserProfileNotFoundException"), "UserProfileNotFoundException"));
    for (const value of [undefined, "UserProfileNotFoundException", 5]) {
      assert.ok(!isFault(value, "UserProfileNotFoundException"));
    }
  });
});
