import { fireEvent, screen } from '@testing-library/react'
import { useState } from 'react'
import { expect, it, vi } from 'vitest'
import { http } from '../../api/http'
import { show } from '../../test/render'
import { ArtifactPicker } from './ArtifactPicker'
import type { ChosenArtifact } from './parameters'

const artifact = (name: string, rest: object = {}) => ({
  name,
  description: `What ${name} does.`,
  type: 'client',
  parameters: [],
  sources: [],
  required_permissions: [],
  needs_admin: false,
  allowed: true,
  ...rest,
})
const shell = artifact('Linux.Sys.Shell', { needs_admin: true, required_permissions: ['EXECVE'] })
const users = artifact('Linux.Sys.Users', {
  parameters: [
    { name: 'All', type: 'bool', default: 'N', description: 'Nobody too', choices: null },
    { name: 'Limit', type: 'int', default: '10', description: '', choices: null },
  ],
})

/** Roles take long to find on a busy machine. */
const slow = { timeout: 10_000 }

/** Answers as the server does. */
function serve() {
  vi.spyOn(http, 'request').mockImplementation(({ url }) => {
    const one = [shell, users].find(({ name }) => url?.endsWith(`/${name}`))
    return Promise.resolve({ data: one ?? [shell, users], headers: { 'x-total-count': '2' } })
  })
}

function Form({ onChange }: { onChange: (value: ChosenArtifact[]) => void }) {
  const [value, setValue] = useState<ChosenArtifact[]>([])
  return (
    <ArtifactPicker
      many
      value={value}
      onChange={(next) => {
        setValue(next)
        onChange(next)
      }}
    />
  )
}

it('picks an artifact and hands over the parameters that were changed', async () => {
  serve()
  const told = vi.fn()
  show(<Form onChange={told} />)
  fireEvent.click(screen.getByRole('combobox', { name: /Artifacts/ }))
  fireEvent.click(await screen.findByRole('option', { name: /Linux\.Sys\.Users/ }, slow))
  fireEvent.click(await screen.findByRole('switch', { name: /^All/ }, slow))
  expect(told).toHaveBeenLastCalledWith([{ name: 'Linux.Sys.Users', parameters: { All: 'Y' } }])
  fireEvent.change(screen.getByRole('textbox', { name: 'Limit' }), { target: { value: 'x' } })
  expect(screen.getByText('Give a number')).toBeVisible()
  fireEvent.click(screen.getByRole('button', { name: 'Back to the defaults' }))
  expect(told).toHaveBeenLastCalledWith([{ name: 'Linux.Sys.Users', parameters: {} }])
})

it('shows an analyst what only administrators may collect, without letting it be chosen', async () => {
  serve()
  const told = vi.fn()
  show(<Form onChange={told} />, { role: 'user' })
  fireEvent.click(screen.getByRole('combobox', { name: /Artifacts/ }))
  const option = await screen.findByRole('option', { name: /Linux\.Sys\.Shell/ }, slow)
  expect(option).toHaveTextContent('Only administrators may collect it')
  fireEvent.click(option)
  expect(told).not.toHaveBeenCalled()
})
