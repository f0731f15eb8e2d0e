import dagre from '@dagrejs/dagre'
import type { Step } from '../../api/models'
import { stepsOf } from '../../documents/playbook'

export interface GraphStep {
  /** The step's id in the playbook. */
  id: string
  name: string
  type: string
  condition?: string
  /** The key of the step's row, once it has one. */
  key?: string
  status: string
}

interface GraphEdge {
  from: string
  to: string
}

const width = 220
const height = 73
const conditionHeight = 17
/** What a window shows of a graph before its words get too small to read. */
const tallest = 960

/** The steps of a run as a graph: those the playbook has, with how each stands; without the playbook, those that ran. */
export function graphOf(steps: Step[], actions: unknown): { nodes: GraphStep[]; edges: GraphEdge[] } {
  const rows = new Map(steps.map((step) => [step.id, step]))
  const specs = actions
    ? stepsOf(actions)
    : steps.map((step) => ({ id: step.id, name: step.id, type: step.type, condition: undefined, dependsOn: undefined }))
  const nodes = specs.map((spec) => {
    const row = rows.get(spec.id)
    const { id, name, type, condition } = spec
    return { id, name, type, condition, key: row?.key, status: row?.status ?? 'pending' }
  })
  const edges = specs.flatMap((spec, index) => {
    const before = spec.dependsOn ?? (index > 0 ? [specs[index - 1]?.id ?? ''] : [])
    return before.filter((id) => specs.some((other) => other.id === id)).map((id) => ({ from: id, to: spec.id }))
  })
  return { nodes, edges }
}

function heightOf(node: GraphStep): number {
  return node.condition ? height + conditionHeight : height
}

/** Where each step stands, top to bottom, in pixels of the graph. */
export function placed(nodes: GraphStep[], edges: GraphEdge[]): Map<string, { x: number; y: number }> {
  const graph = new dagre.graphlib.Graph()
  graph.setGraph({ rankdir: 'TB', nodesep: 32, ranksep: 34 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const node of nodes) graph.setNode(node.id, { width, height: heightOf(node) })
  for (const edge of edges) graph.setEdge(edge.from, edge.to)
  dagre.layout(graph)
  return new Map(
    nodes.map((node) => {
      const { x, y } = graph.node(node.id)
      return [node.id, { x: x - width / 2, y: y - heightOf(node) / 2 }]
    }),
  )
}

/** What of a long graph to show first: what needs a look, else its beginning; null when all of it can be shown. */
export function lookFirst(nodes: GraphStep[], places: Map<string, { y: number }>): GraphStep | null {
  const tall = nodes.some((node) => (places.get(node.id)?.y ?? 0) + heightOf(node) > tallest)
  if (!tall) return null
  const telling = ['failed', 'waiting', 'running']
  return nodes.find((node) => telling.includes(node.status)) ?? nodes[0] ?? null
}
