export { constraints, type Input, members, type OperationName } from "./api/constraints";
export { ServiceError } from "./api/errors";
export type { Principal } from "./api/principal";
export type { Authenticate, Authorize, ServiceRequest } from "./api/request";
export { type AuditFile, openAuditFile } from "./audit/file";
export { type AuditedWrite, type AuditTrail, AuditUnavailableError } from "./audit/trail";
export { type EmbeddedOptions, EmbeddedRequestHandler, embeddedRequestHandler } from "./embedded";
export type { CertificateFiles } from "./http/certificate";
export type { Refusal } from "./http/connections";
export { type Faults, parseFaults } from "./http/faults";
export { defaultLimits, type ServerLimits } from "./http/limits";
export type { Measure } from "./http/metrics";
export { type RunningServer, type ServeOptions, startServer } from "./http/server";
export { authentication } from "./identity/authentication";
export { authorize } from "./identity/authorization";
export type { Credential, CredentialSource } from "./identity/principalsDocument";
export { Secret } from "./identity/secret";
export {
  type ProfileService,
  profileService,
  type ServiceOptions,
  type ServiceResponse,
} from "./protocol";
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
