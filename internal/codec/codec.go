package codec

import (
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/seal"
)

// SystemTenant is the tenant id under which our own work on the queue "system" is sealed.
const SystemTenant int64 = 0

// Codec makes the converters of every tenant from the operator's key list.
type Codec struct{ keys *seal.Keys }

// New makes a codec: the first key of the list seals, all open.
func New(keys *seal.Keys) *Codec { return &Codec{keys: keys} }

// Tenant is the payload codec of one tenant. It holds derived keys: make it once a client, not once a payload.
func (c *Codec) Tenant(id int64) converter.PayloadCodec { return newTenantCodec(c.keys, id) }

// System is the payload codec of our own work.
func (c *Codec) System() converter.PayloadCodec { return c.Tenant(SystemTenant) }

// DataConverter is the SDK's default converter with the tenant's codec behind it.
func (c *Codec) DataConverter(id int64) converter.DataConverter {
	return converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), c.Tenant(id))
}

// FailureConverter seals the messages and stack traces of failures as well as their details.
func (c *Codec) FailureConverter(id int64) converter.FailureConverter {
	return temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter:          c.DataConverter(id),
		EncodeCommonAttributes: true,
	})
}

// Open decodes payloads of any tenants that allow admits; payloads that aren't sealed pass as they are. One that is not
// admitted makes the whole call a fault of kind Forbidden; other faults are those of the tenant's codec.
func (c *Codec) Open(payloads []*commonpb.Payload, allow func(tenant int64) bool) ([]*commonpb.Payload, error) {
	codecs := map[int64]*tenantCodec{}
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		if !sealed(p) {
			out[i] = p
			continue
		}
		id, err := tenantOf(p)
		if err != nil {
			return nil, err
		}
		if !allow(id) {
			return nil, fault.New(fault.Forbidden, "this payload belongs to another tenant")
		}
		if codecs[id] == nil {
			codecs[id] = newTenantCodec(c.keys, id)
		}
		if out[i], err = codecs[id].decode(p); err != nil {
			return nil, err
		}
	}
	return out, nil
}
