/** The rooms of the project: each tsconfig.json gives the files that it names only the globals that these may use. */

import path from 'node:path'
import ts from 'typescript'
import { root } from '../paths'
import { Problem } from '../problem'
import { projectFiles } from './project-files'

/** The tsconfig.json of each room. An example is a project of its own, checked with what it installs itself. */
export const roomConfigs = (): string[] => projectFiles(['**/tsconfig.json', '!examples/**'])

/** @returns what a room's tsconfig.json includes, relative to the folder, with forward slashes */
export function filesOfRoom(config: string, folder: string = root): string[] {
  const file = path.join(folder, config)
  const { config: json, error } = ts.readConfigFile(file, ts.sys.readFile)
  if (error) throw new Problem(`${config}: ${ts.flattenDiagnosticMessageText(error.messageText, '\n')}`)
  const { fileNames } = ts.parseJsonConfigFileContent(json, ts.sys, path.dirname(file))
  return fileNames.map((name) => path.relative(folder, name).replaceAll('\\', '/'))
}
