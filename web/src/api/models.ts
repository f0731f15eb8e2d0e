import type { AnswerOf, BodyOf, QueryOf } from './call'

/* The rows of the contract by their names in the field. */
type Row<Answer> = NonNullable<Answer> extends readonly (infer Item)[] ? Item : never

export type Me = AnswerOf<'/api/auth/me', 'get'>
export type AuthStatus = AnswerOf<'/api/auth/status', 'get'>
export type MeBody = BodyOf<'/api/auth/me', 'patch'>
export type AuthSession = Row<AnswerOf<'/api/auth/sessions', 'get'>>
export type Grant = Row<AnswerOf<'/api/auth/permissions', 'get'>>
export type ApiKey = Row<AnswerOf<'/api/auth/api-keys', 'get'>>
export type NewApiKey = BodyOf<'/api/auth/api-keys', 'post'>
export type FactorSetup = AnswerOf<'/api/auth/2fa/setup', 'post'>
export type Host = AnswerOf<'/api/hosts/{id}', 'get'>
export type HostBody = BodyOf<'/api/hosts/{id}', 'patch'>
export type NewHost = BodyOf<'/api/hosts', 'post'>
export type HostQuery = QueryOf<'/api/hosts', 'get'>
export type HostField = Row<AnswerOf<'/api/hosts/fields', 'get'>>
export type NewHostField = BodyOf<'/api/hosts/fields', 'post'>
export type TimelineEntry = Row<AnswerOf<'/api/hosts/{id}/timeline', 'get'>>
export type SavedView = Row<AnswerOf<'/api/views', 'get'>>
export type ViewBody = BodyOf<'/api/views', 'post'>
export type Observation = Row<AnswerOf<'/api/observations', 'get'>>
export type ObservationQuery = QueryOf<'/api/observations', 'get'>
export type StackQuery = QueryOf<'/api/observations/stack', 'get'>
export type StackValue = Row<AnswerOf<'/api/observations/stack', 'get'>>
export type Case = AnswerOf<'/api/cases/{id}', 'get'>
export type CaseBody = BodyOf<'/api/cases/{id}', 'patch'>
export type NewCase = BodyOf<'/api/cases', 'post'>
export type CaseQuery = QueryOf<'/api/cases', 'get'>
export type Artifact = Row<AnswerOf<'/api/artifacts', 'get'>>
export type ArtifactBody = BodyOf<'/api/artifacts', 'post'>
export type ArtifactQuery = QueryOf<'/api/artifacts', 'get'>
export type ArtifactPatch = BodyOf<'/api/artifacts/{id}', 'patch'>
export type FoundValue = Row<AnswerOf<'/api/artifacts/parse', 'post'>['found']>
export type NewArtifacts = BodyOf<'/api/artifacts/batch', 'post'>
export type ArtifactsMade = AnswerOf<'/api/artifacts/batch', 'post'>
export type ImportOutcome = AnswerOf<'/api/artifacts/import', 'post'>
export type ArtifactSighting = Row<AnswerOf<'/api/artifacts/{id}/sightings', 'get'>>
export type CaseComment = Row<AnswerOf<'/api/cases/{id}/comments', 'get'>>
export type CaseTask = Row<AnswerOf<'/api/cases/{id}/tasks', 'get'>>
export type NewTask = BodyOf<'/api/cases/{id}/tasks', 'post'>
export type TaskBody = BodyOf<'/api/cases/{id}/tasks/{task_id}', 'patch'>
export type Batch = AnswerOf<'/api/ingestion/batches/{id}', 'get'>
export type BatchQuery = QueryOf<'/api/ingestion/batches', 'get'>
export type NewBatchQuery = QueryOf<'/api/ingestion/batches', 'post'>
export type Webhook = Row<AnswerOf<'/api/webhooks', 'get'>>
export type NewWebhook = BodyOf<'/api/webhooks', 'post'>
export type WebhookBody = BodyOf<'/api/webhooks/{id}', 'patch'>
/** A webhook just made, or with a new address: what is told once. */
export type MadeWebhook = Webhook & AnswerOf<'/api/webhooks', 'post'>
export type Playbook = AnswerOf<'/api/playbooks/{id}', 'get'>
export type PlaybookQuery = QueryOf<'/api/playbooks', 'get'>
export type Diagnostic = Row<AnswerOf<'/api/playbooks/validate', 'post'>['diagnostics']>
export type LibraryPlaybook = Row<AnswerOf<'/api/playbooks/library', 'get'>>
export type Execution = AnswerOf<'/api/playbooks/executions/{id}', 'get'>
export type ExecutionQuery = QueryOf<'/api/playbooks/executions', 'get'>
export type Step = Row<Execution['steps']>
export type Notification = Row<AnswerOf<'/api/notifications', 'get'>>
export type Dashboard = AnswerOf<'/api/dashboard', 'get'>
export type User = AnswerOf<'/api/users/{id}', 'get'>
/** A user just made; the link is told once, when no mail carries it. */
export type NewUserAnswer = AnswerOf<'/api/users', 'post'>
export type NewUser = BodyOf<'/api/users', 'post'>
export type UserBody = BodyOf<'/api/users/{id}', 'patch'>
export type UserQuery = QueryOf<'/api/users', 'get'>
export type Tenant = AnswerOf<'/api/tenants/{id}', 'get'>
export type TenantVisit = Row<AnswerOf<'/api/tenants/{id}/visits', 'get'>>
/** A tenant just made, with its first administrator; the invitation's link as for a user. */
export type NewTenantAnswer = Omit<AnswerOf<'/api/tenants', 'post'>, 'admin'> & { admin?: NewUserAnswer }
export type NewTenant = BodyOf<'/api/tenants', 'post'>
export type TenantBody = BodyOf<'/api/tenants/{id}', 'patch'>
export type TenantSettings = Tenant['settings']
export type Visit = NonNullable<Me['visit']>
export type AuditEntry = AnswerOf<'/api/audit/{id}', 'get'>
export type AuditQuery = QueryOf<'/api/audit', 'get'>
export type AuditVerdict = AnswerOf<'/api/audit/verify', 'get'>
export type AuditFinding = Row<AuditVerdict['findings']>
export type BulkJob = AnswerOf<'/api/bulk/{id}', 'get'>
export type BulkItem = Row<AnswerOf<'/api/bulk/{id}/items', 'get'>>
export type BulkRequest = BodyOf<'/api/bulk', 'post'>
/** Which rows: by their ids, or by what the list was filtered with. */
export type BulkSelection = Pick<BulkRequest, 'resource' | 'ids' | 'filter'>
export type Hunt = AnswerOf<'/api/velociraptor/hunts/{id}', 'get'>
export type HuntBody = BodyOf<'/api/velociraptor/hunts', 'post'>
export type HuntQuery = QueryOf<'/api/velociraptor/hunts', 'get'>
export type HuntHost = Row<AnswerOf<'/api/velociraptor/hunts/{id}/hosts', 'get'>>
export type HuntHostQuery = QueryOf<'/api/velociraptor/hunts/{id}/hosts', 'get'>
export type HuntCause = Row<AnswerOf<'/api/velociraptor/hunts/{id}/errors', 'get'>>
export type HuntRow = Row<AnswerOf<'/api/velociraptor/hunts/{id}/results', 'get'>>
export type HuntRowQuery = Omit<QueryOf<'/api/velociraptor/hunts/{id}/results', 'get'>, 'limit' | 'cursor'>
export type HuntEstimate = AnswerOf<'/api/velociraptor/hunts/estimate', 'post'>
/** What a Velociraptor server can collect. */
export type VeloArtifact = AnswerOf<'/api/velociraptor/artifacts/{name}', 'get'>
export type VeloParameter = Row<VeloArtifact['parameters']>
type Callbacks = AnswerOf<'/api/velociraptor/callbacks', 'get'>
type Sync = AnswerOf<'/api/velociraptor/sync', 'post'>
export type Connection = AnswerOf<'/api/velociraptor/config', 'get'> & { callbacks?: Callbacks; sync?: Sync }
export interface ConnectionBody {
  api_client?: string
  base_url?: string
  api_key?: string
  org_id?: string
}
export interface ConnectionPatch {
  org_id?: string
  quarantine?: Record<string, string>
  allow_artifacts?: string[]
}
export type ConnectionReport = AnswerOf<'/api/velociraptor/config/test', 'post'>
export type ConnectionCheck = Row<ConnectionReport['checks']>
export type IsolationRules = AnswerOf<'/api/velociraptor/isolation-rules', 'get'>
export type Isolation = Row<AnswerOf<'/api/hosts/{id}/isolations', 'get'>>
export type Collection = AnswerOf<'/api/velociraptor/collections/{id}', 'get'>
export type CollectionQuery = QueryOf<'/api/velociraptor/collections', 'get'>
export type NewCollection = BodyOf<'/api/velociraptor/collect', 'post'>
export type CollectedFile = Row<AnswerOf<'/api/velociraptor/collections/{id}/files', 'get'>>
