package codec

import (
	"fmt"
	"strconv"

	"github.com/tink-crypto/tink-go/v2/tink"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/seal"
)

// What the metadata of a sealed payload says, readable by anybody who can read Temporal's store: ids only.
const (
	MetadataEncrypted = "binary/encrypted" // the value of "encoding"
	MetadataKeyID     = "encryption-key-id"
	MetadataTenant    = "tenant"
)

// CodePayloadBroken is the stable code for a sealed payload that was altered or whose metadata lies.
const CodePayloadBroken = "payload_broken"

// tenantCodec seals and opens the payloads of one tenant.
type tenantCodec struct {
	tenant  int64
	primary string
	aeads   map[string]tink.AEAD // by key id
	err     error                // why the keys could not be derived; PayloadCodec's makers return no error
}

func newTenantCodec(keys *seal.Keys, tenant int64) *tenantCodec {
	c := &tenantCodec{tenant: tenant, primary: keys.Primary(), aeads: map[string]tink.AEAD{}}
	for _, id := range keys.IDs() {
		if c.aeads[id], c.err = keys.AEAD(id, seal.RoomPayloads, tenant); c.err != nil {
			return c
		}
	}
	return c
}

// Encode seals each payload whole, its own metadata included.
func (c *tenantCodec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	if c.err != nil {
		return nil, c.err
	}
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "a payload could not be written")
		}
		data, err := c.aeads[c.primary].Encrypt(plain, associated(c.primary, c.tenant))
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "a payload could not be sealed")
		}
		out[i] = &commonpb.Payload{
			Metadata: map[string][]byte{
				converter.MetadataEncoding: []byte(MetadataEncrypted),
				MetadataKeyID:              []byte(c.primary),
				MetadataTenant:             strconv.AppendInt(nil, c.tenant, 10),
			},
			Data: data,
		}
	}
	return out, nil
}

// Decode opens what this tenant's Encode sealed. Faults: Forbidden for another tenant's payload, Unavailable with
// seal.CodeKeyMissing for a key that isn't configured, Invalid with CodePayloadBroken for altered bytes.
func (c *tenantCodec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		if !sealed(p) {
			out[i] = p
			continue
		}
		tenant, err := tenantOf(p)
		if err != nil {
			return nil, err
		}
		if tenant != c.tenant {
			return nil, fault.New(fault.Forbidden, "this payload belongs to another tenant")
		}
		if out[i], err = c.decode(p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// decode opens one sealed payload of this tenant.
func (c *tenantCodec) decode(p *commonpb.Payload) (*commonpb.Payload, error) {
	if c.err != nil {
		return nil, c.err
	}
	id := string(p.GetMetadata()[MetadataKeyID])
	aead, ok := c.aeads[id]
	if !ok {
		return nil, fault.New(fault.Unavailable, "the encryption key of this payload is not configured").
			WithCode(seal.CodeKeyMissing)
	}
	plain, err := aead.Decrypt(p.GetData(), associated(id, c.tenant))
	if err != nil {
		return nil, broken(err)
	}
	opened := &commonpb.Payload{}
	if err := proto.Unmarshal(plain, opened); err != nil {
		return nil, broken(err)
	}
	return opened, nil
}

func sealed(p *commonpb.Payload) bool {
	return string(p.GetMetadata()[converter.MetadataEncoding]) == MetadataEncrypted
}

func tenantOf(p *commonpb.Payload) (int64, error) {
	id, err := strconv.ParseInt(string(p.GetMetadata()[MetadataTenant]), 10, 64)
	if err != nil || id < 0 {
		return 0, broken(err)
	}
	return id, nil
}

func associated(keyID string, tenant int64) []byte {
	return fmt.Appendf(nil, "velocicompanion/1/%s/%s/%d", seal.RoomPayloads, keyID, tenant)
}

func broken(cause error) error {
	return fault.Wrap(cause, fault.Invalid, "a sealed payload can't be opened").WithCode(CodePayloadBroken)
}
