package postgres

import "strconv"

// arguments is the server's command line. Settings stand here rather than in the cluster's files, so that a newer
// release of ours changes them for existing data too.
func arguments(dataDir string, port int) []string {
	args := []string{"-D", dataDir}
	for _, s := range [][2]string{
		{"listen_addresses", "127.0.0.1"},
		{"port", strconv.Itoa(port)},
		{"unix_socket_directories", ""},
		{"max_connections", "200"},
		{"shared_buffers", "256MB"},
		{"effective_cache_size", "1GB"},
		{"work_mem", "16MB"},
		{"maintenance_work_mem", "128MB"},
		{"fsync", "on"},
		{"synchronous_commit", "on"},
		{"full_page_writes", "on"},
		{"wal_compression", "on"},
		{"max_wal_size", "2GB"},
		{"checkpoint_timeout", "15min"},
		{"random_page_cost", "1.1"},
		{"jit", "off"},
		{"timezone", "UTC"},
		{"log_timezone", "UTC"},
		{"log_destination", "stderr"},
		{"logging_collector", "off"},
		{"log_line_prefix", "%m [%p] %u@%d "},
		{"cluster_name", "velocicompanion"},
	} {
		args = append(args, "-c", s[0]+"="+s[1])
	}
	return args
}
