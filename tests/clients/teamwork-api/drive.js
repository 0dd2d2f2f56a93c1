// A working day with tasks: account, people, project and list, then every call about tasks that the
// core of the API has. What it prints: client.js.
'use strict'

const { connect, run, step, tw } = require('./client')

const add = (list, item) => tw.tasks.create(list, { 'todo-item': item })

async function account () {
    await step('authenticate', tw.teamwork.authenticate())
    await step('wrong key', connect('not-a-key').people.me())
    const { person } = await step('me', tw.people.me())
    const { id } = await step('person added', tw.people.create({
        person: { 'first-name': 'Mia', 'last-name': 'Muster', 'email-address': 'mia@example.com' }
    }))
    await step('people', tw.people.get())
    await step('person', tw.people.get({}, id))
    await step('company added', tw.companies.create({ company: { name: 'Client Ltd' } }))
    await step('companies', tw.companies.get())
    return { me: person.id, mia: id }
}

async function structure ({ mia }) {
    const project = await step('project added', tw.projects.create({
        project: { name: 'A project', description: 'of a real client' }
    }))
    await step('project edited', tw.projects.update(project.id, { project: { name: 'demo' } }))
    await step('members', tw.projects.people(project.id, { add: { userIdList: mia } }))
    await step('people of project', tw.projects.getPeople(project.id))
    await step('projects', tw.projects.get())
    await step('project', tw.projects.get({}, project.id))
    const list = await step('list added', tw.tasklist.create(project.id, {
        'todo-list': { name: 'Todo' }
    }))
    await step('list edited', tw.tasklist.update(list.TASKLISTID, {
        'todo-list': { name: 'Todos' }
    }))
    await step('list', tw.tasklist.get({}, list.TASKLISTID))
    await step('lists of project', tw.projects.getTasklists(project.id))
    return { project: project.id, list: list.TASKLISTID }
}

async function tasks ({ project, list, mia }) {
    const first = await step('task added', add(list, {
        content: 'Ask for quotes', 'due-date': '20140514', priority: 'low', tags: 'api,documentation'
    }))
    const second = await step('dependent added', add(list, {
        content: 'Order',
        'due-date': '20140513',
        'responsible-party-id': mia,
        predecessors: [{ id: first.id, type: 'complete' }]
    }))
    const sub = await step('subtask added', tw.tasks.subtask(first.id, {
        'todo-item': { content: 'Compare' }
    }))
    await step('no content', add(list, { description: 'nameless' }))
    await step('all tasks', tw.tasks.get())
    await step('tasks of project', tw.projects.getTasks(project, { getSubTasks: 'no' }))
    await step('tasks of list', tw.tasklist.getTasks(list, { nestSubTasks: 'yes' }))
    await step('tomorrow', tw.tasks.get({ filter: 'tomorrow' }))
    await step('one task', tw.tasks.get({}, first.id))
    await step('task edited', tw.tasks.update(first.id, {
        'todo-item': { content: 'Ask for three quotes', progress: '20', 'estimated-minutes': '90' }
    }))
    await step('edited task', tw.tasks.get({}, first.id))
    return { first: first.id, second: second.id, sub: sub.id }
}

async function completion ({ first, second }) {
    await step('dependencies', tw.tasks.dependencies(first))
    await step('blocked', tw.tasks.complete(second))
    await step('completed', tw.tasks.complete(first))
    await step('completed tasks', tw.tasks.completed())
    await step('date rewritten', tw.tasks.completedDate(first, {
        'todo-item': { 'allow-update': true, 'completed-on': '20140510080000' }
    }))
    await step('rewritten task', tw.tasks.get({}, first))
    await step('uncompleted', tw.tasks.incomplete(first))
    await step('uncompleted task', tw.tasks.get({}, first))
}

async function followers ({ first, me, mia }) {
    await step('followers set', tw.tasks.setFollowers(first, {
        'todo-item': {
            'use-defaults': false, commentFollowerIds: `${me},${mia}`, changeFollowerIds: me
        }
    }))
    await step('followers', tw.tasks.getFollowers(first))
    await step('followers removed', tw.tasks.removeFollowers(first, {
        'todo-item': { 'use-defaults': false, commentFollowerIds: '', changeFollowerIds: '' }
    }))
    await step('no followers', tw.tasks.getFollowers(first))
}

async function order ({ list, first, second }) {
    const { taskIds } = await step('quickly added', tw.tasks.quickadd(list, {
        content: 'this is task one\nthis is task two\nthis is task three',
        tasklistId: list,
        'todo-item': { 'responsible-party-id': '0', 'start-date': '', 'due-date': '' }
    }))
    const ids = taskIds.split(',')
    await step('reordered', tw.tasks.reorder(list, {
        'todo-items': [ids[2], second].map(id => ({ 'todo-item': { id } }))
    }))
    await step('in order', tw.tasklist.getTasks(list, { sort: 'manual', getSubTasks: 'no' }))
    await step('deleted', tw.tasks.delete(ids[0]))
    await step('deleted task', tw.tasks.get({}, ids[0]))
    await step('after deleting', tw.tasklist.getTasks(list, { sort: 'manual', getSubTasks: 'no' }))
}

async function main () {
    const known = await account()
    Object.assign(known, await structure(known))
    Object.assign(known, await tasks(known))
    await completion(known)
    await followers(known)
    await order(known)
    return known
}

run(main)
