import '@xyflow/react/dist/base.css'
import './graph.css'
import { useComputedColorScheme } from '@mantine/core'
import {
  Background,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from '@xyflow/react'
import { useMemo } from 'react'
import type { Step } from '../../api/models'
import { StatusText, toneOf } from '../../ui/StatusText'
import { type GraphStep, graphOf, lookFirst, placed } from './layout'
import css from './Runs.module.css'

type StepNode = Node<{ step: GraphStep; chosen: boolean }, 'step'>

interface StepGraphProps {
  steps: Step[]
  /** The playbook's steps, when its version is the run's. */
  actions: unknown
  selected: string | undefined
  onSelect: (key: string) => void
}

/** The run as a graph, top to bottom. */
export function StepGraph({ steps, actions, selected, onSelect }: StepGraphProps) {
  const scheme = useComputedColorScheme('dark')
  const { nodes, edges } = useMemo(() => graphOf(steps, actions), [steps, actions])
  const shape = nodes.map((node) => node.id).join(' ')
  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed status moves no node
  const places = useMemo(() => placed(nodes, edges), [shape])
  const flowNodes: StepNode[] = nodes.map((step) => ({
    id: step.id,
    type: 'step',
    position: places.get(step.id) ?? { x: 0, y: 0 },
    data: { step, chosen: step.key !== undefined && step.key === selected },
    ariaLabel: step.name,
  }))
  const flowEdges: Edge[] = edges.map((edge) => ({
    id: `${edge.from}-${edge.to}`,
    source: edge.from,
    target: edge.to,
    type: 'smoothstep',
    focusable: false,
    markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, color: 'var(--vc-border-strong)' },
  }))
  const first = lookFirst(nodes, places)
  return (
    <ReactFlow
      key={shape}
      nodes={flowNodes}
      edges={flowEdges}
      nodeTypes={nodeTypes}
      colorMode={scheme}
      fitView
      fitViewOptions={{ minZoom: 0.7, maxZoom: 1, padding: 0.08, nodes: first ? [first] : undefined }}
      minZoom={0.3}
      maxZoom={1.5}
      nodesDraggable={false}
      nodesConnectable={false}
      edgesFocusable={false}
      onNodeClick={(_event, node) => node.data.step.key && onSelect(node.data.step.key)}
      proOptions={{ hideAttribution: false }}
    >
      <Background gap={18} />
      <Controls showInteractive={false} />
    </ReactFlow>
  )
}

function StepBox({ data: { step, chosen } }: NodeProps<StepNode>) {
  return (
    <div className={css.node} data-tone={toneOf(step.status)} data-selected={chosen || undefined}>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <div className={`${css.nodeName} truncate`}>{step.name}</div>
      <div className={`${css.nodeType} truncate`}>{step.type}</div>
      {step.condition ? (
        <div className={`${css.nodeIf} truncate`} title={step.condition}>
          {`if ${step.condition}`}
        </div>
      ) : null}
      <StatusText status={step.status} />
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  )
}

const nodeTypes = { step: StepBox }
