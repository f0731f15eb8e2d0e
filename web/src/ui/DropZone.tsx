import { IconUpload } from '@tabler/icons-react'
import { type DragEvent, useId, useRef, useState } from 'react'
import css from './DropZone.module.css'

interface DropZoneProps {
  label: string
  hint?: string
  /** What the file dialog offers, as an input's `accept`. */
  accept?: string
  multiple?: boolean
  busy?: boolean
  disabled?: boolean
  onFiles: (files: File[]) => void
}

/** Takes files: dropped on it, or chosen after a click, Enter or the space bar. */
export function DropZone({ label, hint, accept, multiple, busy = false, disabled = false, onFiles }: DropZoneProps) {
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const take = (files: FileList | null) => {
    const all = [...(files ?? [])]
    if (all.length > 0) onFiles(multiple ? all : all.slice(0, 1))
    // Without this the same file could not be chosen twice.
    if (field.current) field.current.value = ''
  }
  const drag = (event: DragEvent, inside: boolean) => {
    event.preventDefault()
    if (!disabled) setOver(inside)
  }
  return (
    <>
      <button
        type="button"
        className={over ? `${css.zone} ${css.over}` : css.zone}
        disabled={disabled}
        aria-busy={busy}
        aria-describedby={hint ? id : undefined}
        onClick={() => field.current?.click()}
        onDragOver={(event) => drag(event, true)}
        onDragLeave={(event) => drag(event, false)}
        onDrop={(event) => {
          drag(event, false)
          if (!disabled) take(event.dataTransfer.files)
        }}
      >
        <IconUpload size={22} stroke={1.5} aria-hidden />
        <span className={css.label}>{label}</span>
        {hint ? (
          <span className={css.hint} id={id}>
            {hint}
          </span>
        ) : null}
      </button>
      <input
        ref={field}
        type="file"
        hidden
        aria-label={label}
        accept={accept}
        multiple={multiple}
        onChange={(event) => take(event.target.files)}
      />
    </>
  )
}
