package temporal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

const (
	provisionPatience = 30 * time.Second
	provisionPoll     = 50 * time.Millisecond
)

// searchAttributes are what the product's workflows carry, all keywords.
func searchAttributes() map[string]enumspb.IndexedValueType {
	return map[string]enumspb.IndexedValueType{
		"TenantId":    enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		"PlaybookId":  enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		"ExecutionId": enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		"TriggerType": enumspb.INDEXED_VALUE_TYPE_KEYWORD,
	}
}

// provision makes the namespace and its search attributes where missing, and waits until they can be used.
func provision(ctx context.Context, address string, p Params) error {
	ctx, cancel := context.WithTimeout(ctx, provisionPatience)
	defer cancel()
	c, err := client.NewLazyClient(client.Options{
		HostPort: address, Namespace: p.Namespace, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return fmt.Errorf("connect to the temporal server: %w", err)
	}
	defer c.Close()
	if err := ensureNamespace(ctx, c, p); err != nil {
		return fmt.Errorf("make temporal's namespace %s: %w", p.Namespace, err)
	}
	if err := ensureSearchAttributes(ctx, c, p.Namespace); err != nil {
		return fmt.Errorf("make the search attributes of %s: %w", p.Namespace, err)
	}
	return nil
}

func ensureNamespace(ctx context.Context, c client.Client, p Params) error {
	return insist(ctx, func() error {
		_, err := c.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
			Namespace:                        p.Namespace,
			Description:                      "VelociCompanion",
			WorkflowExecutionRetentionPeriod: durationpb.New(p.Retention),
		})
		if _, known := errors.AsType[*serviceerror.NamespaceAlreadyExists](err); known {
			return nil
		}
		return err
	})
}

func ensureSearchAttributes(ctx context.Context, c client.Client, namespace string) error {
	return insist(ctx, func() error {
		known, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
		if err != nil {
			return err
		}
		missing := searchAttributes()
		for name := range known.GetCustomAttributes() {
			delete(missing, name)
		}
		if len(missing) == 0 {
			return usable(ctx, c, namespace)
		}
		_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
			Namespace: namespace, SearchAttributes: missing,
		})
		if _, raced := errors.AsType[*serviceerror.AlreadyExists](err); err != nil && !raced {
			return err
		}
		return errors.New("the search attributes are not visible yet")
	})
}

// usable asks a question that fails until the frontend knows the namespace and its search attributes.
func usable(ctx context.Context, c client.Client, namespace string) error {
	_, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Namespace: namespace,
		Query:     "TenantId = '0' AND PlaybookId = '0' AND ExecutionId = '0' AND TriggerType = 'manual'",
	})
	return err
}

// insist tries until it works or ctx ends: a server that has just started, or a namespace its caches don't know yet,
// answers with errors that pass. What can't pass by waiting is given back at once.
func insist(ctx context.Context, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		if _, denied := errors.AsType[*serviceerror.PermissionDenied](err); denied {
			return err
		}
		if clock.Sleep(ctx, provisionPoll) != nil {
			return err
		}
	}
}
