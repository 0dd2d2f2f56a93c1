// Every call about the same resources that Tandem does not serve, on things that are there. A step
// is called as its call is, with what else there is to say behind it. What it prints: client.js.
'use strict'

const { run, step, tw } = require('./client')

async function begin () {
    const { person } = await tw.people.me()
    const company = await tw.companies.create({ company: { name: 'Absent' } })
    const project = await tw.projects.create({ project: { name: 'Absent' } })
    const { TASKLISTID: list } = await tw.tasklist.create(project.id, { 'todo-list': { name: 'Absent' } })
    const task = await tw.tasks.create(list, { 'todo-item': { content: 'Absent' } })
    const { pendingFile } = await tw.files.upload(__filename)
    const file = await tw.projects.createFile(project.id, { file: { pendingFileRef: pendingFile.ref } })
    const time = await tw.tasks.createTime(task.id, { 'time-entry': { date: '20140512', hours: 1 } })
    return {
        me: person.id, company: company.id, project: project.id, list, task: task.id, file: file.id,
        time: time.timeLogId
    }
}

// What each call is given, behind the resource it is a call of.
const given = ids => ({
    activity: { delete: [1] },
    companies: { getTags: [ids.company], updateTag: [ids.company, { tags: { content: 'a' } }] },
    files: {
        link: [ids.file],
        copy: [ids.file, { projectId: ids.project }],
        move: [ids.file, { projectId: ids.project }],
        getComments: [ids.file],
        createComment: [ids.file, { comment: { body: 'a' } }],
        getTags: [ids.file],
        updateTag: [ids.file, { tags: { content: 'a' } }]
    },
    people: {
        stats: [],
        apiKeys: [],
        status: [],
        loggedTime: [ids.me],
        getTags: [ids.me],
        updateTag: [ids.me, { tags: { content: 'a' } }]
    },
    projects: {
        getCompanies: [ids.project],
        getStarred: [],
        star: [ids.project],
        unStar: [ids.project],
        getRates: [ids.project],
        setRates: [ids.project, { rates: {} }],
        getEmailAddress: [ids.project],
        setEmailAddress: [ids.project, { emailaddress: { code: 'a' } }]
    },
    tasklist: { getTags: [ids.list], updateTag: [ids.list, { tags: { content: 'a' } }] },
    tasks: { audit: [ids.task] }
})

run(async () => {
    const ids = await begin()
    for (const [resource, calls] of Object.entries(given(ids))) {
        for (const [call, values] of Object.entries(calls)) {
            await step(`${resource}.${call}`, tw[resource][call.split(' ')[0]](...values))
        }
    }
    return ids
})
