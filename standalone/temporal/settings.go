package temporal

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"

	deploy "github.com/velocicompanion/velocicompanion/deploy/temporal"
	"github.com/velocicompanion/velocicompanion/standalone/ports"
)

const (
	loopback      = "127.0.0.1"
	clusterName   = "active" // in the store since the first start: changing it would orphan the data
	historyShards = 4        // likewise
)

// addresses are where the services listen, all ports of loopback.
type addresses map[primitives.ServiceName]int

// choosePorts takes the frontend's port as asked (0: any) and free ones for the rest. The error names a taken port.
func choosePorts(ctx context.Context, frontend int) (addresses, error) {
	chosen := addresses{}
	for _, service := range []primitives.ServiceName{
		primitives.FrontendService, primitives.HistoryService, primitives.MatchingService, primitives.WorkerService,
	} {
		if service == primitives.FrontendService && frontend != 0 {
			lis, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address(frontend))
			if err != nil {
				return nil, fmt.Errorf("temporal's port %d is taken: %w", frontend, err)
			}
			defer func() { _ = lis.Close() }() // all are held until all are chosen
			chosen[service] = frontend
			continue
		}
		lis, port, err := ports.Listen(ctx)
		if err != nil {
			return nil, fmt.Errorf("find a free port for temporal: %w", err)
		}
		defer func() { _ = lis.Close() }()
		chosen[service] = port
	}
	return chosen, nil
}

func address(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }

// hosts says where each service is, which spares the server its gossip protocol and the seconds that takes.
func (p addresses) hosts() map[primitives.ServiceName]static.Hosts {
	hosts := make(map[primitives.ServiceName]static.Hosts, len(p))
	for service, port := range p {
		hosts[service] = static.Hosts{All: []string{address(port)}, Self: address(port)}
	}
	return hosts
}

func (p addresses) services() map[string]config.Service {
	services := make(map[string]config.Service, len(p))
	for service, port := range p {
		services[string(service)] = config.Service{RPC: config.RPC{GRPCPort: port, BindOnIP: loopback}}
	}
	return services
}

// store is one SQLite file. WAL with synchronous=normal survives the death of the process whole; only a power cut may
// take the last moments, never the file.
func store(path string) *config.SQL {
	return &config.SQL{
		PluginName:   sqliteplugin.PluginName,
		DatabaseName: path,
		ConnectAttributes: map[string]string{
			"mode": "rwc", "journal_mode": "wal", "synchronous": "1", "busy_timeout": "10000",
		},
	}
}

func settings(sql *config.SQL, p addresses) *config.Config {
	frontend := address(p[primitives.FrontendService])
	return &config.Config{
		Global: config.Global{
			Membership: config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: loopback},
		},
		Persistence: config.Persistence{
			DefaultStore:     sqliteplugin.PluginName,
			VisibilityStore:  sqliteplugin.PluginName,
			NumHistoryShards: historyShards,
			DataStores:       map[string]config.DataStore{sqliteplugin.PluginName: {SQL: sql}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services:            p.services(),
		Archival: config.Archival{
			History:    config.HistoryArchival{State: config.ArchivalDisabled},
			Visibility: config.VisibilityArchival{State: config.ArchivalDisabled},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: config.ArchivalDisabled},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: config.ArchivalDisabled},
		}},
		PublicClient: config.PublicClient{HostPort: frontend},
	}
}

// dynamic reads the file that ships for production, so that both run alike. A key that this server doesn't know is an
// error: a setting that silently does nothing costs weeks.
func dynamic() (dynamicconfig.StaticClient, error) {
	loaded := dynamicconfig.LoadYamlFile(deploy.DynamicConfig())
	if err := errors.Join(append(loaded.Errors, loaded.Warnings...)...); err != nil {
		return nil, fmt.Errorf("temporal's dynamic configuration: %w", err)
	}
	client := make(dynamicconfig.StaticClient, len(loaded.Map))
	for key, values := range loaded.Map {
		client[key] = values
	}
	return client, nil
}
