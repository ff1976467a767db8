import assert from "node:assert/strict";
import { reports } from "../../cli/roster/check";
import { refusals } from "../../provider/lifecycle/rosterGuard";
import { planRoster } from "../../provider/lifecycle/rosterPlan";
import { account, arn, keyLine, places, RosterFolder } from "../support/rosterFiles";

describe("until", () => {
  let folder: RosterFolder;
  beforeEach(() => {
    folder = new RosterFolder();
  });
  afterEach(() => folder.remove());

  const load = (fields: string, today: string, refuseEnded = false) => {
    folder.write({
      "team.yaml": `account: "${account}"\npeople:\n  ada: { displayName: A, emailAddress: a@b.c, ${fields} }\n`,
    });
    return folder.load("team.yaml", { today, refuseEnded });
  };
  const key = keyLine(1);
  const keyed = `sshPublicKey: "${key}", until: "2027-03-31"`;

  it("declares the key absent from the day after, in UTC, whether one is written or not", () => {
    for (const [fields, today, expected] of [
      [keyed, "2027-03-31", key],
      [keyed, "2027-04-01", ""],
      ['until: "2027-03-31"', "2027-03-31", undefined],
      ['until: "2027-03-31"', "2027-04-01", ""],
    ] as const) {
      const { roster, problems } = load(fields, today);
      assert.deepEqual(problems, []);
      assert.equal(roster.people[0]!.sshPublicKey, expected);
    }
  });

  it("revokes the key of people who are recorded, new or adopted, and counts for no removal", () => {
    const profile = {
      userArn: arn("ada"),
      displayName: "A",
      emailAddress: "a@b.c",
      sshPublicKey: key,
    };
    const {
      userArn: _,
      position: _place,
      ...declared
    } = load(keyed, "2027-04-01").roster.people[0]!;
    const { userArn: _arn, ...before } = profile;
    const options = { unmanaged: "report", adopt: true } as const;
    for (const recorded of [{ [arn("ada")]: before }, {}]) {
      const live = new Map([[arn("ada"), profile]]);
      const plan = planRoster(recorded, { [arn("ada")]: declared }, live, options);
      assert.deepEqual(plan.writes, [
        { userArn: arn("ada"), call: "update", values: { sshPublicKey: "" } },
      ]);
      assert.deepEqual(refusals(plan, recorded, [arn("ada")], { ...options, maxRemovals: 0 }), []);
    }
  });

  it("is told of beforehand and afterwards, as notices that are no problems", () => {
    const said = (today: string) => load(keyed, today).notices.map(({ message }) => message);
    assert.deepEqual(said("2027-02-28"), []);
    assert.deepEqual(said("2027-03-19"), ['the key of "ada" ends in 12 days, after 2027-03-31']);
    assert.deepEqual(said("2027-03-30"), ['the key of "ada" ends in 1 day, after 2027-03-31']);
    assert.deepEqual(said("2027-03-31"), ['the key of "ada" ends today, 2027-03-31']);
    assert.deepEqual(said("2027-04-01"), [
      'the key of "ada" ended on 2027-03-31 and is declared absent',
    ]);
    const loaded = load(keyed, "2027-03-19");
    assert.match(reports.text(loaded), /^team\.yaml:3:\d+: note: the key of "ada" ends in 12 days/);
    assert.match(reports.github(loaded), /^::notice file=team\.yaml,line=3,col=\d+,title=Roster::/);
    assert.match(reports.markdown(loaded), /no problems\n\n- `team\.yaml:3:\d+` the key of/);
    assert.equal(JSON.parse(reports.json(loaded)).notices.length, 1);
  });

  it("is a problem of check once it is over, unless no key is written any more", () => {
    const { problems } = load(keyed, "2027-04-01", true);
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      ["ended-key"],
    );
    for (const fields of ['until: "2027-03-31"', 'sshPublicKey: "", until: "2027-03-31"']) {
      const loaded = load(fields, "2027-04-01", true);
      assert.deepEqual(loaded.problems, []);
      assert.equal(loaded.notices.length, 1);
    }
  });

  it("is a day that there is, as text", () => {
    for (const wrong of ['"2027-02-30"', '"31.3.2027"', '"2027-3-1"', "20270331", '""', "~"]) {
      const { problems } = load(`until: ${wrong}`, "2027-01-01");
      assert.equal(problems.length, 1, wrong);
    }
    folder.write({
      "team.csv": `userName,displayName,emailAddress,sshPublicKey,until\nada,A,a@b.c,${key},2027-03-31\nbob,B,b@b.c,${keyLine(2)},\n`,
    });
    const { roster, problems } = folder.load("team.csv", { account, today: "2027-04-01" });
    assert.deepEqual(places(problems), []);
    assert.deepEqual(
      roster.people.map(({ sshPublicKey }) => sshPublicKey),
      ["", keyLine(2)],
    );
  });
});
