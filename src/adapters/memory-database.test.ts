import { databaseContract } from '../../test/support/core/database.contract'
import { queueContract } from '../../test/support/core/queue.contract'
import { memoryDatabase } from './memory-database'

databaseContract('the database in memory', memoryDatabase)
queueContract('the database in memory', memoryDatabase)
