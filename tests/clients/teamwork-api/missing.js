// Every call about the same resources that Tandem does not serve, on things that are there. A step
// is called as its call is, with what else there is to say behind it. What it prints: client.js.
'use strict'

const { run, step, tw } = require('./client')

async function begin () {
    const project = await tw.projects.create({ project: { name: 'Absent' } })
    const { pendingFile } = await tw.files.upload(__filename)
    const file = await tw.projects.createFile(project.id, { file: { pendingFileRef: pendingFile.ref } })
    return { project: project.id, file: file.id }
}

// What each call is given, behind the resource it is a call of.
const given = ids => ({
    activity: { delete: [1] },
    files: {
        link: [ids.file],
        getComments: [ids.file],
        createComment: [ids.file, { comment: { body: 'a' } }]
    },
    people: { stats: [], status: [] },
    projects: {
        getRates: [ids.project],
        setRates: [ids.project, { rates: {} }],
        getEmailAddress: [ids.project],
        setEmailAddress: [ids.project, { emailaddress: { code: 'a' } }]
    }
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
