export { type AuditedWrite, type AuditTrail, AuditUnavailableError } from "./audit";
export { type AuditFile, openAuditFile } from "./auditFile";
export { authentication } from "./authentication";
export { authorize } from "./authorization";
export type { CertificateFiles } from "./certificate";
export type { Refusal } from "./connections";
export { constraints, type Input, members, type OperationName } from "./constraints";
export { type EmbeddedOptions, EmbeddedRequestHandler, embeddedRequestHandler } from "./embedded";
export { ServiceError } from "./errors";
export { type Faults, parseFaults } from "./faults";
export { defaultLimits, type ServerLimits } from "./limits";
export type { Measure } from "./metrics";
export type { Principal } from "./principal";
export {
  type ProfileService,
  profileService,
  type ServiceOptions,
  type ServiceResponse,
} from "./protocol";
export type { Authenticate, Authorize, ServiceRequest } from "./request";
export { type RunningServer, type ServeOptions, startServer } from "./server";
export { openStore } from "./store/open";
export {
  type DamagedProfile,
  DamagedProfileError,
  type ListRequest,
  type ProfileChange,
  type ProfileStore,
  type StoredProfile,
  StoreUnavailableError,
} from "./store/store";
