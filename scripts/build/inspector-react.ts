/**
 * The entry `outlast/inspector/react`. It is written here because React is no dependency, so that no compiler of this
 * project knows what it adds to.
 */

import { writeFileSync } from 'node:fs'
import path from 'node:path'

const CODE = "import './inspector.js'\n"

/** React 18 and 19 both take the elements of JSX from here. */
const TYPES = `/**
 * Defines \`<outlast-inspector>\`, and makes it known to the JSX of React 18 and 19. React 19 hands on the property
 * \`client\`; in React 18 set it with a \`ref\`.
 *
 * @packageDocumentation
 */

import type { OutlastInspector } from './inspector.js'

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'outlast-inspector': DetailedHTMLProps<HTMLAttributes<OutlastInspector>, OutlastInspector> & {
        client?: OutlastInspector['client']
      }
    }
  }
}

export type { OutlastInspector }
`

/** @param folder where the files go */
export function writeInspectorForReact(folder: string): void {
  writeFileSync(path.join(folder, 'inspector-react.js'), CODE)
  writeFileSync(path.join(folder, 'inspector-react.d.ts'), TYPES)
}
