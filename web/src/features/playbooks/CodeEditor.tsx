import type { EditorView } from '@codemirror/view'
import { type Ref, useEffect, useEffectEvent, useImperativeHandle, useRef } from 'react'
import type { Diagnostic } from '../../api/models'
import { createEditor, goToLine, showDiagnostics } from './codemirror'
import css from './Playbooks.module.css'

export interface CodeEditorHandle {
  goTo: (line: number) => void
  replace: (text: string) => void
}

interface CodeEditorProps {
  /** The text to start from; later changes are the editor's own. */
  text: string
  label: string
  readOnly: boolean
  diagnostics: Diagnostic[]
  onChange: (text: string) => void
  ref?: Ref<CodeEditorHandle>
}

/** The text of a playbook, with what is wrong marked in it. */
export function CodeEditor({ text, label, readOnly, diagnostics, onChange, ref }: CodeEditorProps) {
  const frame = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const changed = useEffectEvent(onChange)
  const start = useEffectEvent((parent: HTMLElement) =>
    createEditor({ parent, text, label, readOnly, onChange: (value) => changed(value) }),
  )

  // biome-ignore lint/correctness/useExhaustiveDependencies: being read-only is set when the editor is made
  useEffect(() => {
    if (!frame.current) return
    const editor = start(frame.current)
    view.current = editor
    return () => editor.destroy()
  }, [readOnly])

  useEffect(() => {
    if (view.current) showDiagnostics(view.current, diagnostics)
  }, [diagnostics])

  useImperativeHandle(ref, () => ({
    goTo: (line) => view.current && goToLine(view.current, line),
    replace: (value) =>
      view.current?.dispatch({ changes: { from: 0, to: view.current.state.doc.length, insert: value } }),
  }))

  return <div ref={frame} className={css.editor} />
}
