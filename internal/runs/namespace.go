package runs

import (
	"context"
	"errors"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// Prepare makes the namespace and its search attributes where they are missing. It may run in many processes at once.
// Faults: Unavailable; the caller tries again.
func (t *Temporal) Prepare(ctx context.Context) error {
	if err := t.ensureNamespace(ctx); err != nil {
		return translate(err)
	}
	return translate(t.ensureAttributes(ctx))
}

func (t *Temporal) ensureNamespace(ctx context.Context) error {
	service := t.base.WorkflowService()
	_, err := service.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: t.p.Namespace})
	if _, missing := errors.AsType[*serviceerror.NamespaceNotFound](err); !missing {
		return err
	}
	_, err = service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace:                        t.p.Namespace,
		Description:                      "VelociCompanion",
		WorkflowExecutionRetentionPeriod: durationpb.New(t.p.Retention),
	})
	if _, exists := errors.AsType[*serviceerror.NamespaceAlreadyExists](err); exists {
		return nil
	}
	return err
}

func (t *Temporal) ensureAttributes(ctx context.Context) error {
	operator := t.base.OperatorService()
	have, err := operator.ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: t.p.Namespace})
	if err != nil {
		return err
	}
	missing := map[string]enumspb.IndexedValueType{}
	for _, name := range contract.SearchAttributeNames() {
		if _, ok := have.GetCustomAttributes()[name]; !ok {
			missing[name] = enumspb.INDEXED_VALUE_TYPE_KEYWORD
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = operator.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: t.p.Namespace, SearchAttributes: missing,
	})
	if _, exists := errors.AsType[*serviceerror.AlreadyExists](err); exists {
		return nil
	}
	return err
}
