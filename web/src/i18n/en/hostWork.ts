export const hostWork = {
  bulk: {
    addLabels: 'Add labels',
    removeLabels: 'Remove labels',
    addToCase: 'Add to case',
    runPlaybook: 'Run playbook',
    setCriticality: 'Set criticality',
    setOwner: 'Set owner',
    export: 'Export',
    format: 'Format',
    case: 'Case',
    ownerHint: 'Empty takes the owner away.',
    deleteWarning:
      'Their observations and their links to cases are deleted as well, for everybody in this tenant. This can’t be undone.',
  },
}
