import { Modal } from '@mantine/core'
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Command, useCommands } from './commands'
import css from './Palette.module.css'

interface PaletteProps {
  opened: boolean
  onClose: () => void
}

/** Search and commands in one field: `>` actions, `@` hosts, `#` cases. */
export function Palette({ opened, onClose }: PaletteProps) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      centered={false}
      yOffset="10vh"
      size={580}
      padding={0}
      attributes={{ content: { 'aria-label': t('shell.search.button') } }}
    >
      <PaletteBody onClose={onClose} />
    </Modal>
  )
}

/** What is typed, what is offered, which is marked, and the keys. */
function usePalette(onClose: () => void) {
  const [typed, setTyped] = useState('')
  const { commands, awaiting } = useCommands(typed)
  const [wanted, setWanted] = useState(0)
  const active = Math.min(wanted, commands.length - 1)
  const list = useRef<HTMLDivElement>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the marked row has moved
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [active])

  const run = (command: Command | undefined) => {
    if (!command) return
    onClose()
    command.run()
  }
  // Enter before the answer is there means the answer, never what stood there before.
  const [promised, setPromised] = useState(false)
  const keepPromise = useEffectEvent(() => run(commands[0]))
  useEffect(() => {
    if (!promised || awaiting) return
    setPromised(false)
    keepPromise()
  }, [promised, awaiting])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setWanted(Math.min(commands.length - 1, active + 1))
    else if (event.key === 'ArrowUp') setWanted(Math.max(0, active - 1))
    else if (event.key === 'Enter' && awaiting) setPromised(true)
    else if (event.key === 'Enter') run(commands[active])
    else return
    event.preventDefault()
  }
  const retype = (value: string) => {
    setTyped(value)
    setWanted(0)
    setPromised(false)
  }
  return { typed, retype, commands, awaiting, active, mark: setWanted, list, run, onKeyDown }
}

function PaletteBody({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const id = useId()
  const { typed, retype, commands, awaiting, active, mark, list, run, onKeyDown } = usePalette(onClose)
  return (
    <>
      <input
        className={css.input}
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
        aria-label={t('shell.search.button')}
        placeholder={t('shell.search.placeholder')}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => retype(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div id={`${id}-list`} ref={list} className={css.list} role="listbox" aria-label={t('shell.search.button')}>
        {commands.map((command, index) => (
          <Option
            key={command.id}
            id={`${id}-${index}`}
            command={command}
            heads={commands[index - 1]?.group !== command.group}
            selected={index === active}
            onPoint={() => mark(index)}
            onRun={() => run(command)}
          />
        ))}
        {commands.length === 0 ? (
          <div className={css.nothing} role="option" aria-selected={false} aria-disabled tabIndex={-1}>
            {awaiting ? t('shell.search.searching') : t('shell.search.nothing')}
          </div>
        ) : null}
      </div>
    </>
  )
}

interface OptionProps {
  id: string
  command: Command
  /** The first of its group. */
  heads: boolean
  selected: boolean
  onPoint: () => void
  onRun: () => void
}

function Option({ id, command, heads, selected, onPoint, onRun }: OptionProps) {
  const { t } = useTranslation()
  const Icon = command.icon
  return (
    <>
      {heads ? (
        <div className={css.group} role="presentation">
          {t(`shell.search.${command.group}`)}
        </div>
      ) : null}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field handles the keys */}
      <div
        id={id}
        role="option"
        aria-selected={selected}
        tabIndex={-1}
        className={css.option}
        onMouseMove={onPoint}
        onClick={onRun}
      >
        <Icon size={16} aria-hidden />
        <span className={`${css.label} truncate`}>{command.label}</span>
        {command.detail ? <span className={css.detail}>{command.detail}</span> : null}
      </div>
    </>
  )
}
