/** The nonce of this page's content security policy, which every style element made by script must carry. */
export function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''
}
