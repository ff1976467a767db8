import { printableJson } from "../../../profile/printable";
import { type DriftReport, hasDrift } from "./report";

/** For tools. `version` rises when a field changes its meaning or goes; new fields may come. */
export function driftJson(report: DriftReport): string {
  const { drifted, missing, unmanaged, ignored, people, same, liveProfiles, namesakes, ...rest } =
    report;
  const whole = {
    version: 1,
    drift: hasDrift(report),
    counts: {
      people,
      liveProfiles,
      same,
      drifted: drifted.length,
      missing: missing.length,
      unmanaged: unmanaged.length,
      ignored: ignored.length,
    },
    drifted,
    missing,
    unmanaged,
    ignored,
    ...rest,
  };
  return `${printableJson(whole)}\n`;
}
