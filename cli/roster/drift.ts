import { compareRoster, loadRoster } from "../../roster/load";
import {
  choose,
  chooseAccount,
  readArguments,
  refuseEmpty,
  UsageError,
  usageHint,
} from "../arguments";
import { painter, print } from "../terminal";
import { noticesText, problemsText } from "./check";
import { driftHtml } from "./drift/html";
import { IgnoresError, Ignoring, readIgnores } from "./drift/ignores";
import { driftJson } from "./drift/json";
import { driftMarkdown } from "./drift/markdown";
import { type DriftReport, findNamesakes, hasDrift, makeReport } from "./drift/report";
import { driftText } from "./drift/text";
import { ReadFailure, readLiveProfiles } from "./liveProfiles";

export const usage = `Usage: codestar-profiles drift ROSTER… [options]

Compares a roster with the live profiles and writes nothing anywhere. Who drifted, who has no
profile, and which profiles nobody declares; Pulumi is not needed.

  --endpoint URL     where the profiles are: https://…, http://…, file:profiles.db, dynamodb://TABLE,
                     postgres://HOST/DATABASE;
                     AWS's own address, or AWS_ENDPOINT_URL_CODESTAR, when absent
  --region REGION    when the roster names none; else AWS_REGION
  --profile NAME     of the AWS configuration files, for credentials
  --output FORMAT    text (default), json, markdown (fit for a comment), html (one page to look at)
  --show-values      names and e-mail addresses too; without it, only which fields differ
  --unmanaged HOW    drift (default), report: list them but exit with 0, or ignore
  --ignores FILE     differences to bear for a while, see below
  --account ACCOUNT  the account of people keyed by user name, where no file says
  -h, --help

Exit status: 0 no drift, 2 drift, 1 anything else, with the reason on standard error.

A file of ignores is a YAML list; each entry says whom (an ARN, or a pattern with * and ?), why, and
until which day. Without fields it also covers a profile that is missing or unmanaged:

  - userArn: arn:aws:iam::123456789012:user/ada
    fields: [displayName]
    reason: marries in May, the directory follows in June
    expires: 2027-06-30

Examples:
  codestar-profiles drift rosters --endpoint file:profiles.db --region eu-central-1
  codestar-profiles drift rosters --endpoint https://profiles.example.com --output markdown > comment.md
  codestar-profiles drift rosters --output html --show-values > drift.html
`;

const outputs = ["text", "json", "markdown", "html"] as const;
const unmanagedWays = ["drift", "report", "ignore"] as const;
export const choices = { output: outputs, unmanaged: unmanagedWays };

/** `codestar-profiles drift`. Answers the exit status. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    return await drift(argv);
  } catch (error) {
    if (error instanceof UsageError) process.stderr.write(usageHint(error, "drift"));
    else if (error instanceof ReadFailure) process.stderr.write(`${error.message}\n`);
    else if (error instanceof IgnoresError) process.stderr.write(`${error.message}\n`);
    else throw error;
    // Not 2, which says that there is drift.
    return 1;
  }
}

async function drift(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, {
    endpoint: { type: "string" },
    region: { type: "string" },
    profile: { type: "string" },
    output: { type: "string", default: "text" },
    "show-values": { type: "boolean", default: false },
    unmanaged: { type: "string", default: "drift" },
    ignores: { type: "string" },
    account: { type: "string" },
    help: { type: "boolean", short: "h" },
  });
  if (values.help) {
    await print(usage);
    return 0;
  }
  const output = choose("--output", values.output, outputs);
  const unmanaged = choose("--unmanaged", values.unmanaged, unmanagedWays);
  if (positionals.length === 0) throw new UsageError("Which roster? Name a file or a folder.");
  refuseEmpty(positionals);

  const account = chooseAccount(values.account);
  const loaded = loadRoster(positionals, { ...(account && { account }) });
  if (loaded.problems.length > 0) {
    process.stderr.write(problemsText(loaded, process.stderr));
    return 1;
  }
  process.stderr.write(noticesText(loaded));
  const { people, region: declaredRegion } = loaded.roster;
  if (values.region && declaredRegion && values.region !== declaredRegion) {
    throw new ReadFailure(
      `The roster is of ${declaredRegion}, and --region says ${values.region}.`,
    );
  }
  const now = new Date();
  const ignores = values.ignores === undefined ? [] : readIgnores(values.ignores);
  const live = await readLiveProfiles({
    endpoint: values.endpoint,
    region: declaredRegion ?? values.region,
    profile: values.profile,
  });
  const comparison = compareRoster(people, live.profiles);
  const report = makeReport(
    unmanaged === "ignore" ? { ...comparison, unmanaged: [] } : comparison,
    new Ignoring(ignores, now.toISOString().slice(0, 10)),
    {
      checkedAt: now.toISOString(),
      endpoint: live.endpoint,
      region: live.region,
      people: people.length,
      liveProfiles: live.profiles.length,
      calls: live.calls,
      seconds: (Date.now() - now.getTime()) / 1000,
      unmanagedIsDrift: unmanaged === "drift",
      showsValues: values["show-values"],
      namesakes: findNamesakes([...people, ...live.profiles].map(({ userArn }) => userArn)),
    },
  );
  await print(writers[output](report));
  return hasDrift(report) ? 2 : 0;
}

const writers: Record<(typeof outputs)[number], (report: DriftReport) => string> = {
  text: (report) => driftText(report, painter(process.stdout)),
  json: driftJson,
  markdown: driftMarkdown,
  html: driftHtml,
};
