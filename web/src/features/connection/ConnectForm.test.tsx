import { fireEvent, screen } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import '../../i18n/connection'
import { http } from '../../api/http'
import { show } from '../../test/render'
import { ConnectForm } from './ConnectForm'

/** Roles take long to find on a busy machine. */
const slow = { timeout: 10_000 }

const check = (name: string, ok: boolean, message = '') => ({
  name,
  ok,
  optional: false,
  skipped: false,
  code: '',
  message,
  took_ms: 4,
})

it('shows every check of a file that does not hold, and saves nothing', async () => {
  const asked: string[] = []
  vi.spyOn(http, 'request').mockImplementation(({ url }) => {
    asked.push(String(url))
    const checks = [check('reach', true), check('tls', false, 'Another CA has signed it')]
    return Promise.resolve({ data: { ok: false, usable: false, checks, orgs: [] }, headers: {} })
  })
  show(<ConnectForm />)
  fireEvent.click(screen.getByRole('button', { name: 'Paste its text instead' }))
  fireEvent.change(screen.getByLabelText('Text of api_client.yaml'), { target: { value: 'name: vc' } })
  expect(screen.getByText(/lacks ca_certificate/)).toBeVisible()
  fireEvent.click(screen.getByRole('button', { name: 'Connect' }))
  expect(await screen.findByText('Another CA has signed it', {}, slow)).toBeVisible()
  expect(asked).toEqual(['/api/velociraptor/config/test'])
})
