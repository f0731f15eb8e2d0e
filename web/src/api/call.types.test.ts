import { expect, it } from 'vitest'
import { call, list } from './call'

/* What must not compile. tsc checks this file: an expectation that finds no error is an error itself. */
function mustNotCompile(): void {
  // @ts-expect-error there is no such path
  void call('get', '/api/hosts/everything', {})
  // @ts-expect-error the path knows no such method
  void call('put', '/api/dashboard', {})
  // @ts-expect-error the id is missing
  void call('get', '/api/hosts/{id}', {})
  // @ts-expect-error an id is a number
  void call('get', '/api/hosts/{id}', { path: { id: 'seven' } })
  // @ts-expect-error there is no such filter
  void list('/api/hosts', { query: { colour: 'red' } })
  // @ts-expect-error there is no such field
  void call('post', '/api/hosts', { body: { hostname: 'a', colour: 'red' } })
  // @ts-expect-error a host has a name
  void call('post', '/api/hosts', { body: { os: 'Windows' } })
  // @ts-expect-error a host has no such field
  void call('get', '/api/hosts/{id}', { path: { id: 1 } }).then((host) => host.colour)
}

it('is checked by the compiler, not run', () => {
  expect(mustNotCompile).toBeTypeOf('function')
})
