import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePaths } from '../../app/me'
import { addCaseHost, addComment, createCase } from '../../resources/cases'
import { keys } from '../../resources/keys'
import { toastUndo } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { PutToast } from './PutToast'
import { commentOf, hostsOf, type Origin, type Row } from './rowText'

/** The most a comment holds. */
const room = 20_000

/** Into which case, and what is said of the rows. */
export interface Asked {
  /** Empty: a case of its own, with this title. */
  caseId: string
  title: string
  note: string
}

/** What putting rows into a case made, so that it can be taken back. */
export interface Put {
  caseId: number
  /** The case was made for them. */
  own: boolean
  comment: number
  /** The hosts that were no part of the case before. */
  hosts: number[]
}

/** Puts rows into a case: a comment with their values, and their hosts. It can be taken back for a while. */
export function usePutIntoCase(from: Origin, rows: Row[], onDone: (caseId: number) => void) {
  const { t } = useTranslation()
  const paths = usePaths()
  const refresh = useRefresh()
  // What went well is not done twice when the rest is tried again.
  const [made, setMade] = useState<number | null>(null)
  return useMutation({
    mutationFn: async ({ caseId, title, note }: Asked): Promise<Put> => {
      const id = Number(caseId) || made || (await createCase({ title: title.trim(), severity: 'medium' })).id
      if (!caseId) setMade(id)
      const hosts: number[] = []
      for (const host of hostsOf(rows)) if (await addCaseHost(id, host)) hosts.push(host)
      const address = `${window.location.origin}${paths[from.kind](from.id)}`
      const head = t(`hunts.toCase.head.${from.kind}`, { count: rows.length, id: from.id, address })
      const text = commentOf(rows, { head, note, rest: (count) => t('hunts.toCase.rest', { count }) }, room)
      const comment = await addComment(id, text)
      return { caseId: id, own: !caseId, comment: comment.id, hosts }
    },
    onSuccess: (put) => {
      void refresh(keys.cases, keys.dashboard)
      toastUndo((close) => (
        <PutToast
          put={put}
          to={paths.case(put.caseId)}
          text={t('hunts.toCase.done', { count: rows.length, id: put.caseId })}
          onUndone={() => {
            close()
            void refresh(keys.cases, keys.dashboard)
          }}
        />
      ))
      onDone(put.caseId)
    },
  })
}
