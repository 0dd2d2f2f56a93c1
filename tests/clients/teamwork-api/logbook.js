// Logged time, files, and the board of a project: every call of the package about them that Tandem
// serves. The file that is uploaded is this one. What it prints: client.js.
'use strict'

const { run, step, tw } = require('./client')

async function begin () {
    const { person } = await step('me', tw.people.me())
    const project = await step('project', tw.projects.create({ project: { name: 'Logbook' } }))
    const { TASKLISTID: list } = await step('list', tw.tasklist.create(project.id, {
        'todo-list': { name: 'Watches' }
    }))
    const add = (name, more) => step(name, tw.tasks.create(list, {
        'todo-item': { content: name, ...more }
    }))
    const task = await add('first watch', { 'estimated-minutes': '60' })
    const other = await add('second watch', {})
    return { me: person.id, project: project.id, list, task: task.id, other: other.id }
}

async function time ({ me, project, list, task }) {
    const entry = (minutes, more) => ({
        'time-entry': { 'person-id': me, date: '20140512', time: '09:05', hours: '0', minutes, ...more }
    })
    const first = await step('time on task', tw.tasks.createTime(task, entry('50', {
        description: 'Lookout', isbillable: '1', tags: 'night'
    })))
    const second = await step('time in project', tw.projects.createTime(project, entry('100', {
        description: 'Rounds', isbillable: false
    })))
    const spare = await step('spare time', tw.projects.createTime(project, entry(5)))
    await step('no duration', tw.tasks.createTime(task, { 'time-entry': { date: '20140512' } }))
    await step('time edited', tw.time.update(first.timeLogId, { 'time-entry': { minutes: '55' } }))
    await step('time tagged', tw.time.updateTag(first.timeLogId, { tags: { content: 'night' } }))
    await step('tags of time', tw.time.getTags(first.timeLogId))
    await step('time deleted', tw.time.delete(spare.timeLogId))
    await step('entry', tw.time.get({}, first.timeLogId))
    await step('deleted entry', tw.time.get({}, spare.timeLogId))
    await step('entries', tw.time.get({ projectId: project, sortby: 'time', sortorder: 'DESC' }))
    await step('entries of another day', tw.time.get({ fromdate: '20140513', projectId: project }))
    await step('entries of project', tw.projects.getTime(project))
    await step('entries of task', tw.tasks.getTimeEntries(task))
    await step('days', tw.people.loggedTime(me, { m: 5, y: 2014, projectId: project }))
    await step('total', tw.time.total({ projectId: project }))
    await step('total of project', tw.projects.totalTime({}, project))
    await step('total of list', tw.tasklist.totalTime(list))
    await step('total of task', tw.tasks.totalTime(task))
    return { first: first.timeLogId, second: second.timeLogId, spareEntry: spare.timeLogId }
}

async function upload (name) {
    const { pendingFile } = await step(name, tw.files.upload(__filename))
    return pendingFile.ref
}

async function files ({ project, task }) {
    const added = await step('file added', tw.projects.createFile(project, {
        file: { pendingFileRef: await upload('uploaded'), name: 'chart.txt', description: 'Deep' }
    }))
    const attached = await step('file attached', tw.tasks.createFile(task, {
        task: { pendingFileAttachments: [await upload('uploaded for task')] }
    }))
    await step('files of project', tw.projects.getFiles(project))
    await step('files of task', tw.tasks.getFiles(task))
    await step('version added', tw.files.version(added.id, {
        fileversion: { pendingFileRef: await upload('uploaded again') }
    }))
    await step('file', tw.files.get(added.id))
    await step('file deleted', tw.files.delete(attached.id))
    await step('deleted file', tw.files.get(attached.id))
    await step('files of task now', tw.tasks.getFiles(task))
    return { file: added.id, attached: attached.id }
}

// The file that others look at stays where it is: a copy of it goes about.
async function moves ({ file }) {
    const there = await step('other project', tw.projects.create({ project: { name: 'Archive' } }))
    const last = await step('last project', tw.projects.create({ project: { name: 'Cellar' } }))
    await step('file tagged', tw.files.updateTag(file, { tags: { content: 'sea' } }))
    await step('tags of file', tw.files.getTags(file))
    const { id } = await step('file copied', tw.files.copy(file, { projectId: there.id }))
    await step('copied file', tw.files.get(id))
    await step('file moved', tw.files.move(id, { projectId: last.id }))
    await step('files of archive', tw.projects.getFiles(there.id))
    await step('files of cellar', tw.projects.getFiles(last.id))
    return { copy: id, archive: there.id, cellar: last.id }
}

async function columns ({ project }) {
    const add = (name, color) => step(`column ${name}`, tw.boards.createColumn(project, {
        column: { name, color }
    }))
    const todo = await add('todo', '#FF0000')
    const done = await add('done', '#00FF00')
    const spare = await add('spare', '#0000FF')
    await step('column deleted', tw.boards.deleteColumn(spare.id))
    await step('columns', tw.boards.getColumns(project))
    return { todo: todo.id, done: done.id }
}

async function board (ids) {
    const { todo, done } = await columns(ids)
    const add = (name, taskId, positionAfterId) => step(name, tw.boards.addTaskToColumn(todo, {
        card: { taskId }, positionAfterId
    }))
    const card = (await add('card added', ids.task, 0)).cardId
    const other = (await add('other card added', ids.other, -1)).cardId
    await step('cards', tw.boards.getCards(todo))
    await step('card moved', tw.boards.moveCard(card, {
        cardId: card, columnId: done, positionAfterId: -1
    }))
    await step('cards done', tw.boards.getCards(done))
    await step('card edited', tw.boards.updateCard(card, { card: { columnId: todo, positionAfterId: other } }))
    await step('cards back', tw.boards.getCards(todo))
    await step('task on board', tw.tasks.get({}, ids.task))
    await step('card removed', tw.boards.deleteCard(card))
    await step('cards left', tw.boards.getCards(todo))
    await step('task off board', tw.tasks.get({}, ids.task))
    return { todo, done, card, otherCard: other }
}

run(async () => {
    const ids = await begin()
    for (const part of [time, files, moves, board]) {
        Object.assign(ids, await part(ids))
    }
    return ids
})
