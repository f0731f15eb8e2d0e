import { autocompletion, closeBrackets } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { lintGutter, type Diagnostic as Mark, setDiagnostics } from '@codemirror/lint'
import { EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import type { Diagnostic } from '../../api/models'
import { nonce } from '../../app/nonce'

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--vc-brand)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--vc-ok)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--vc-running)' },
  { tag: tags.comment, color: 'var(--vc-muted)', fontStyle: 'italic' },
])

const look = EditorView.theme({
  '&': { fontSize: '12.5px', backgroundColor: 'var(--vc-surface)', color: 'var(--vc-text)', height: '100%' },
  '.cm-content': { fontFamily: 'var(--mantine-font-family-monospace)', caretColor: 'var(--vc-text)' },
  '.cm-scroller': { lineHeight: '1.55' },
  '.cm-gutters': { backgroundColor: 'var(--vc-sunken)', color: 'var(--vc-muted)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--vc-hover)' },
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--vc-selected)',
  },
  '.cm-tooltip': { backgroundColor: 'var(--vc-surface)', border: '1px solid var(--vc-border-strong)' },
  '.cm-cursor': { borderLeftColor: 'var(--vc-text)' },
})

interface EditorParams {
  parent: HTMLElement
  text: string
  label: string
  readOnly: boolean
  onChange: (text: string) => void
}

/** Makes an editor of YAML whose colours follow the theme. */
export function createEditor({ parent, text, label, readOnly, onChange }: EditorParams): EditorView {
  const editing: Extension[] = readOnly
    ? [EditorState.readOnly.of(true), EditorView.editable.of(false)]
    : [history(), closeBrackets(), autocompletion(), indentOnInput(), keymap.of([...historyKeymap, indentWithTab])]
  const extensions = [
    EditorView.cspNonce.of(nonce()),
    lineNumbers(),
    lintGutter(),
    drawSelection(),
    highlightActiveLine(),
    bracketMatching(),
    yaml(),
    syntaxHighlighting(colours),
    look,
    EditorState.tabSize.of(2),
    keymap.of(defaultKeymap),
    EditorView.contentAttributes.of({ 'aria-label': label, ...(readOnly ? { tabindex: '0' } : {}) }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString())
    }),
    ...editing,
  ]
  return new EditorView({ parent, state: EditorState.create({ doc: text, extensions }) })
}

/** Marks what the server found, each at its line and column; what has no place stands at the top. */
export function showDiagnostics(view: EditorView, diagnostics: Diagnostic[]): void {
  const { doc } = view.state
  const marks = diagnostics.map((diagnostic): Mark => {
    const line = doc.line(Math.min(Math.max(1, diagnostic.line ?? 1), doc.lines))
    const from = Math.min(line.to, line.from + Math.max(0, (diagnostic.column ?? 1) - 1))
    const { severity } = diagnostic
    return { from, to: line.to, severity, message: diagnostic.message }
  })
  view.dispatch(setDiagnostics(view.state, marks))
}

/** Moves the cursor to a line and shows it. */
export function goToLine(view: EditorView, line: number): void {
  const target = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines))
  view.dispatch({
    selection: { anchor: target.from },
    effects: EditorView.scrollIntoView(target.from, { y: 'center' }),
  })
  view.focus()
}
