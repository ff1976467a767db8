// The floor of the service: the JSON of a profile, made of nothing.
import { serveJson } from "./jsonServer";
import { profileOf } from "./profiles";

serveJson(({ userArn }) => ({
  ...profileOf(userArn),
  createdTimestamp: 1_572_552_308.607,
  lastModifiedTimestamp: 1_572_552_308.607,
}));
