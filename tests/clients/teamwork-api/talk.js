// What is said about tasks: comments, tags, reminders, activity, the trash can, search, webhooks.
// Every call of the package about them that Tandem serves. What it prints: client.js.
'use strict'

const { run, step, tw } = require('./client')

async function begin () {
    const { person } = await step('me', tw.people.me())
    const project = await step('project', tw.projects.create({ project: { name: 'Talk' } }))
    const { TASKLISTID: list } = await step('list', tw.tasklist.create(project.id, {
        'todo-list': { name: 'Topics' }
    }))
    const task = await step('task', tw.tasks.create(list, {
        'todo-item': { content: 'Lighthouse', 'due-date': '20140520' }
    }))
    const company = person['company-id']
    return { me: person.id, company, project: project.id, list, task: task.id }
}

async function comments ({ task }) {
    const add = (name, comment) => step(name, tw.tasks.createComment(task, { comment }))
    const first = await add('comment added', { body: 'Is it lit?', notify: '' })
    const second = await add('html added', {
        body: '<p>It <b>is</b>.</p>', 'content-type': 'HTML', notify: 'true'
    })
    await step('no body', tw.tasks.createComment(task, { comment: { notify: '' } }))
    await step('comment edited', tw.comments.update(first.id, { comment: { body: 'Is it lit now?' } }))
    await step('comment', tw.comments.get(first.id))
    await step('read', tw.comments.read(first.id))
    await step('comments', tw.tasks.getComments(task, { page: 1, pageSize: 1 }))
    await step('all comments', tw.tasks.getComments(task))
    await step('comment deleted', tw.comments.delete(second.id))
    await step('deleted comment', tw.comments.get(second.id))
    return { first: first.id, second: second.id }
}

async function tags ({ task, project, list, company, me }) {
    const tag = await step('tag added', tw.tags.create({ tag: { name: 'sea', color: '#27AE60' } }))
    await step('tag again', tw.tags.create({ tag: { name: 'Sea' } }))
    await step('tag edited', tw.tags.update(tag.id, { tag: { name: 'ocean', color: '#2F8DE4' } }))
    await step('tag', tw.tags.get({}, tag.id))
    await step('tags found', tw.tags.get({ searchTerm: 'ocea' }))
    await step('task tagged', tw.tasks.updateTag(task, { tags: { content: 'ocean,rock' } }))
    await step('tags of task', tw.tasks.getTags(task))
    await step('tag taken off', tw.tasks.updateTag(task, {
        tags: { content: 'rock' }, removeProvidedTags: 'true'
    }))
    await step('tags left', tw.tasks.getTags(task))
    await step('tags replaced', tw.tasks.updateTag(task, {
        tags: { content: 'light' }, replaceExistingTags: 'true'
    }))
    await step('tagged task', tw.tasks.get({}, task))
    await step('project tagged', tw.projects.updateTag(project, { tags: { content: 'ocean' } }))
    await step('tags of project', tw.projects.getTags(project))
    const body = { tags: { content: 'ocean,reef' } }
    await step('list tagged', tw.tasklist.updateTag(list, body))
    await step('tags of list', tw.tasklist.getTags(list))
    await step('tagged list', tw.tasklist.get({}, list))
    await step('company tagged', tw.companies.updateTag(company, body))
    await step('tags of company', tw.companies.getTags(company))
    await step('person tagged', tw.people.updateTag(me, body))
    await step('tags of person', tw.people.getTags(me))
    await step('tagged person', tw.people.get({}, me))
    await step('tag deleted', tw.tags.delete(tag.id))
    await step('tags of list now', tw.tasklist.getTags(list))
    await step('tags of project now', tw.projects.getTags(project))
    return { tag: tag.id }
}

async function reminders ({ task, me }) {
    const { id } = await step('reminder added', tw.taskReminders.create(task, {
        reminder: {
            'user-id': me, type: 'EMAIL', 'date-time-utc': '2014-05-19T08:00:00Z', note: 'Matches'
        }
    }))
    await step('reminders', tw.taskReminders.get(task))
    await step('reminder edited', tw.taskReminders.update(id, {
        reminder: { 'date-time-utc': '2014-05-19T09:30:00Z', note: 'Oil' }
    }))
    await step('reminders now', tw.taskReminders.get(task))
    await step('reminded task', tw.tasks.get({}, task))
    await step('reminder deleted', tw.taskReminders.delete(id))
    await step('no reminders', tw.taskReminders.get(task))
    return { reminder: id }
}

async function lookup ({ project, task, list }) {
    await step('found', tw.teamwork.search({ searchFor: 'tasks', searchTerm: 'lighthouse' }))
    await step('not found', tw.teamwork.search({ searchFor: 'tasks', searchTerm: 'darkhouse' }))
    const spare = await step('spare task', tw.tasks.create(list, { 'todo-item': { content: 'Fog' } }))
    await step('spare deleted', tw.tasks.delete(spare.id))
    await step('trash', tw.trashcan.get(project))
    await step('completed', tw.tasks.complete(task))
    await step('audit', tw.tasks.audit(task))
    await step('activity', tw.activity.latest())
    await step('activity of project', tw.projects.getActivity(project))
    return { spare: spare.id }
}

async function webhooks ({ project }) {
    const url = 'https://example.com/hook'
    await step('events', tw.webhooks.getEvents())
    const { id } = await step('webhook added', tw.webhooks.create({
        webhook: { event: 'TASK.CREATED', url, version: '2', token: 'secret', projectId: project }
    }))
    await step('unknown event', tw.webhooks.create({ webhook: { event: 'TASK.SUNG', url } }))
    await step('webhook edited', tw.webhooks.update(id, { webhook: { event: 'TASK.COMPLETED' } }))
    await step('webhook', tw.webhooks.get(id))
    await step('paused', tw.webhooks.pause(id))
    await step('paused webhook', tw.webhooks.get(id))
    await step('resumed', tw.webhooks.resume(id))
    await step('resumed webhook', tw.webhooks.get(id))
    await step('disabled', tw.webhooks.disable())
    await step('disabled webhooks', tw.webhooks.get())
    await step('enabled', tw.webhooks.enable())
    await step('enabled webhooks', tw.webhooks.get())
    await step('webhook deleted', tw.webhooks.delete(id))
    await step('no webhooks', tw.webhooks.get())
    return { webhook: id }
}

run(async () => {
    const ids = await begin()
    for (const part of [comments, tags, reminders, lookup, webhooks]) {
        Object.assign(ids, await part(ids))
    }
    return ids
})
