import { databaseContract } from './database.contract'
import { memoryDatabase } from './memory-database'
import { queueContract } from './queue.contract'

databaseContract('the database in memory', memoryDatabase)
queueContract('the database in memory', memoryDatabase)
