import { compareRoster, loadRoster } from "../../roster/load";
import { chooseAccount, refuseEmpty, someRosters } from "../arguments";
import { declare } from "../command";
import { painter, print } from "../terminal";
import { noticesText, problemsText } from "./check";
import { driftHtml } from "./drift/html";
import { Ignoring, readIgnores } from "./drift/ignores";
import { driftJson } from "./drift/json";
import { driftMarkdown } from "./drift/markdown";
import { type DriftReport, findNamesakes, hasDrift, makeReport } from "./drift/report";
import { driftText } from "./drift/text";
import { ReadFailure, readLiveProfiles, source } from "./liveProfiles";

const outputs = ["text", "json", "markdown", "html"] as const;

export const command = declare({
  synopsis: ["ROSTER… [options]"],
  about: `\
Compares a roster with the live profiles and writes nothing anywhere. Who drifted, who has no
profile, and which profiles nobody declares; Pulumi is not needed.`,
  options: {
    ...source("when the roster names none; else AWS_REGION"),
    output: {
      value: "FORMAT",
      choices: outputs,
      default: "text",
      description: "text (default), json, markdown (fit for a comment), html (one page to look at)",
    },
    "show-values": {
      description: "names and e-mail addresses too; without it, only which fields differ",
    },
    unmanaged: {
      value: "HOW",
      choices: ["drift", "report", "ignore"],
      default: "drift",
      description: "drift (default), report: list them but exit with 0, or ignore",
    },
    ignores: { value: "FILE", description: "differences to bear for a while, see below" },
    account: {
      value: "ACCOUNT",
      description: "the account of people keyed by user name, where no file says",
    },
  },
  words: someRosters,
  notes: `\
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
  codestar-profiles drift rosters --output html --show-values > drift.html`,
  // Not 2, which says that there is drift.
  wrong: 1,
  async run({ values, words }) {
    const { output, unmanaged } = values;
    refuseEmpty(words);
    const account = chooseAccount(values.account);
    const loaded = loadRoster(words, { ...(account && { account }) });
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
  },
});

const writers: Record<(typeof outputs)[number], (report: DriftReport) => string> = {
  text: (report) => driftText(report, painter(process.stdout)),
  json: driftJson,
  markdown: driftMarkdown,
  html: driftHtml,
};
