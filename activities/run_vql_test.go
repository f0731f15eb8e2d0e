package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/activities"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

func TestAQueriesTextIsConstant(t *testing.T) {
	t.Parallel()
	catalog, err := playbooks.NewCatalog(activities.Specs())
	require.NoError(t, err)
	compile := func(vql string) []playbooks.Diagnostic {
		doc, err := playbooks.Parse([]byte("name: x\ntrigger: {type: manual}\ninputs: {name: {type: string}}\nactions:\n  - id: one\n    type: run_vql\n    params:\n      vql: \"" +
			vql + "\"\n      env: {Name: \"${inputs.name}\"}\n"))
		require.NoError(t, err)
		_, said, err := playbooks.Compile(doc, playbooks.CompileOptions{Catalog: catalog})
		if len(said) == 0 {
			require.NoError(t, err)
		}
		return said
	}
	require.Empty(t, compile("SELECT * FROM clients(search=Name)"))
	said := compile("SELECT * FROM clients(search='${inputs.name}')")
	require.Len(t, said, 1)
	require.Contains(t, said[0].Message, "constant text")
}
