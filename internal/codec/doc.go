// Package codec owns the encryption of everything our code hands to Temporal: inputs, results, signals, memos and the
// messages of failures are AES-256-GCM through tink under a key of the tenant, with tenant and key id in the metadata
// and as associated data. It refuses to open one tenant's payload for another, and decides nothing about who may read:
// the HTTP handler asks its caller. Payloads that were never sealed (the SDK's own markers) pass as they are, as the SDK
// demands of a codec.
//
// Public API:
//
//	func New(keys *seal.Keys) *Codec
//	func (c *Codec) Tenant(id int64) converter.PayloadCodec
//	func (c *Codec) System() converter.PayloadCodec                       // tenant 0, for the queue "system"
//	func (c *Codec) DataConverter(id int64) converter.DataConverter
//	func (c *Codec) FailureConverter(id int64) converter.FailureConverter // messages and stack traces sealed
//	func (c *Codec) Open(payloads []*commonpb.Payload, allow func(tenant int64) bool) ([]*commonpb.Payload, error)
//
//	func NewHandler(p HandlerParams) http.Handler // POST …/decode, …/encode as the Temporal Web UI and CLI call them
//	type HandlerParams struct {
//		Codec   *Codec
//		Caller  func(ctx context.Context) (Caller, error)
//		OnError func(w http.ResponseWriter, r *http.Request, err error)
//		MaxBody int64 // bytes, 8 MiB when zero
//	}
//	type Caller struct { Tenant int64; Allow func(tenant int64) bool }
package codec
